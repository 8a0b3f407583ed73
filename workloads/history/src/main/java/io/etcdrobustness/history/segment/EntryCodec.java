package io.etcdrobustness.history.segment;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Watch;

/**
 * Entries: a tag that tells the kind, and what it has. The tag of an operation is its request's.
 */
final class EntryCodec {

  // Requests have the tags below, see RequestCodec; watches those between.
  private static final int FAULT = 48;
  private static final int MEMBER = 49;
  private static final int PHASE = 50;

  // Answers have the tags below, see ResponseCodec.
  private static final int FAILED = 32;
  private static final int UNKNOWN = 33;

  private EntryCodec() {}

  static void write(BlockOut out, Entry entry) {
    switch (entry) {
      case Operation operation -> writeOperation(out, operation);
      case Watch watch -> WatchCodec.write(out, watch);
      case FaultWindow fault -> {
        out.tag(FAULT);
        HappeningCodec.write(out, fault);
      }
      case MemberEvent event -> {
        out.tag(MEMBER);
        HappeningCodec.write(out, event);
      }
      case Phase phase -> {
        out.tag(PHASE);
        HappeningCodec.write(out, phase);
      }
    }
  }

  static Entry read(BlockIn in) {
    int tag = in.tag();
    if (tag < WatchCodec.FIRST) {
      return readOperation(in, tag);
    }
    return switch (tag) {
      case FAULT -> HappeningCodec.readFault(in);
      case MEMBER -> HappeningCodec.readMember(in);
      case PHASE -> HappeningCodec.readPhase(in);
      default -> WatchCodec.read(in, tag);
    };
  }

  private static void writeOperation(BlockOut out, Operation operation) {
    RequestCodec.write(out, operation.request(), 0);
    out.id(operation.id());
    out.client(operation.client());
    out.string(operation.member());
    out.time(operation.call());
    out.end(operation.call(), operation.end());
    switch (operation.outcome()) {
      case Outcome.Ok ok -> ResponseCodec.write(out, ok.response(), 0);
      case Outcome.Failed failed -> {
        out.tag(FAILED);
        out.failure(failed.failure());
      }
      case Outcome.Unknown unknown -> {
        out.tag(UNKNOWN);
        out.failure(unknown.failure());
      }
    }
  }

  private static Operation readOperation(BlockIn in, int tag) {
    Request request = RequestCodec.read(in, tag, 0);
    long id = in.id();
    int client = in.client();
    String member = in.string();
    long call = in.time();
    long end = in.end(call);
    return new Operation(id, client, member, request, call, end, readOutcome(in));
  }

  private static Outcome readOutcome(BlockIn in) {
    int tag = in.tag();
    return switch (tag) {
      case FAILED -> new Outcome.Failed(in.failure());
      case UNKNOWN -> new Outcome.Unknown(in.failure());
      default -> new Outcome.Ok(ResponseCodec.read(in, tag, 0));
    };
  }
}
