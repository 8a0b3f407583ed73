package io.etcdrobustness.history.segment;

import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.Response;
import java.util.List;
import java.util.Optional;

/**
 * Answers: a tag, the header, then the fields. What most answers of a kind do not have has a tag of
 * its own.
 */
final class ResponseCodec {

  private static final int RANGED = 0;
  private static final int RANGED_PART = 1;
  private static final int PUT_DONE = 2;
  private static final int PUT_DONE_PREVIOUS = 3;
  private static final int DELETED = 4;
  private static final int DELETED_PREVIOUS = 5;
  private static final int TXN_THEN = 6;
  private static final int TXN_ELSE = 7;
  private static final int COMPACTED = 8;
  private static final int LEASE_GRANTED = 9;
  private static final int LEASE_REVOKED = 10;
  private static final int LEASE_KEPT_ALIVE = 11;
  private static final int LEASE_TTL = 12;
  private static final int LOCKED = 13;
  private static final int UNLOCKED = 14;
  private static final int MEMBER_STATUS = 15;
  private static final int KV_HASH = 16;
  private static final int DEFRAGMENTED = 17;
  private static final int ALARMS = 18;

  /** What every put in a txn is answered. */
  private static final Response.PutDone BARE_PUT_DONE =
      new Response.PutDone(BlockIn.NO_HEADER, Optional.empty());

  private ResponseCodec() {}

  /**
   * @param depth how many answers to txns it stands in
   */
  static void write(BlockOut out, Response response, int depth) {
    out.tag(tagOf(response));
    out.header(response.header());
    switch (response) {
      case Response.Ranged ranged -> {
        out.size(ranged.kvs().size());
        out.keyValues(ranged.kvs());
        if (isPart(ranged)) {
          out.number(ranged.count());
          out.tag(ranged.more() ? 1 : 0);
        }
      }
      case Response.PutDone put -> put.previous().ifPresent(out::keyValue);
      case Response.Deleted deleted -> {
        out.number(deleted.deleted());
        if (!deleted.previous().isEmpty()) {
          out.size(deleted.previous().size());
          out.keyValues(deleted.previous());
        }
      }
      case Response.TxnDone txn -> writeResponses(out, txn, depth);
      case Response.LeaseGranted granted -> {
        out.number(granted.id());
        out.number(granted.ttl());
      }
      case Response.LeaseKeptAlive kept -> {
        out.number(kept.id());
        out.number(kept.ttl());
      }
      case Response.LeaseTtl ttl -> {
        out.number(ttl.id());
        out.number(ttl.ttl());
        out.number(ttl.grantedTtl());
        out.strings(ttl.keys());
      }
      case Response.Locked locked -> out.string(locked.key());
      case Response.MemberStatus status -> writeStatus(out, status);
      case Response.KvHash hash -> {
        out.number(hash.hash());
        out.revision(hash.compactRevision());
        out.revision(hash.hashRevision());
      }
      case Response.Alarms alarms -> out.strings(alarms.alarms());
      case Response.Compacted bare -> {}
      case Response.LeaseRevoked bare -> {}
      case Response.Unlocked bare -> {}
      case Response.Defragmented bare -> {}
    }
  }

  static Response read(BlockIn in, int tag, int depth) {
    if (tag >= RANGED && tag <= TXN_ELSE) {
      return readInTxn(in, tag, depth);
    }
    Header header = in.header();
    return switch (tag) {
      case COMPACTED -> new Response.Compacted(header);
      case LEASE_GRANTED -> new Response.LeaseGranted(header, in.number(), in.number());
      case LEASE_REVOKED -> new Response.LeaseRevoked(header);
      case LEASE_KEPT_ALIVE -> new Response.LeaseKeptAlive(header, in.number(), in.number());
      case LEASE_TTL ->
          new Response.LeaseTtl(header, in.number(), in.number(), in.number(), in.strings());
      case LOCKED -> new Response.Locked(header, in.string());
      case UNLOCKED -> new Response.Unlocked(header);
      case MEMBER_STATUS -> readStatus(in, header);
      case KV_HASH -> new Response.KvHash(header, in.number(), in.revision(), in.revision());
      case DEFRAGMENTED -> new Response.Defragmented(header);
      case ALARMS -> new Response.Alarms(header, in.strings());
      default -> throw new IllegalArgumentException("there is no answer with tag " + tag);
    };
  }

  private static int tagOf(Response response) {
    return switch (response) {
      case Response.Ranged ranged -> isPart(ranged) ? RANGED_PART : RANGED;
      case Response.PutDone put -> put.previous().isPresent() ? PUT_DONE_PREVIOUS : PUT_DONE;
      case Response.Deleted deleted -> deleted.previous().isEmpty() ? DELETED : DELETED_PREVIOUS;
      case Response.TxnDone txn -> txn.succeeded() ? TXN_THEN : TXN_ELSE;
      case Response.Compacted compacted -> COMPACTED;
      case Response.LeaseGranted granted -> LEASE_GRANTED;
      case Response.LeaseRevoked revoked -> LEASE_REVOKED;
      case Response.LeaseKeptAlive kept -> LEASE_KEPT_ALIVE;
      case Response.LeaseTtl ttl -> LEASE_TTL;
      case Response.Locked locked -> LOCKED;
      case Response.Unlocked unlocked -> UNLOCKED;
      case Response.MemberStatus status -> MEMBER_STATUS;
      case Response.KvHash hash -> KV_HASH;
      case Response.Defragmented done -> DEFRAGMENTED;
      case Response.Alarms alarms -> ALARMS;
    };
  }

  /** Whether it says more than the keys that it holds. */
  private static boolean isPart(Response.Ranged ranged) {
    return ranged.more() || ranged.count() != ranged.kvs().size();
  }

  private static Response.InTxn readInTxn(BlockIn in, int tag, int depth) {
    Header header = in.header();
    return switch (tag) {
      case RANGED -> {
        int size = in.size();
        yield new Response.Ranged(header, in.keyValues(size), size, false);
      }
      case RANGED_PART ->
          new Response.Ranged(header, in.keyValues(in.size()), in.number(), in.tag() != 0);
      case PUT_DONE -> putDone(header);
      case PUT_DONE_PREVIOUS -> new Response.PutDone(header, Optional.of(in.keyValue()));
      case DELETED -> new Response.Deleted(header, in.number(), List.of());
      case DELETED_PREVIOUS -> new Response.Deleted(header, in.number(), in.keyValues(in.size()));
      case TXN_THEN -> new Response.TxnDone(header, true, readResponses(in, depth));
      case TXN_ELSE -> new Response.TxnDone(header, false, readResponses(in, depth));
      default -> throw new IllegalArgumentException("no answer of a txn has tag " + tag);
    };
  }

  @SuppressWarnings("ReferenceEquality") // Every missing header is this one.
  private static Response.PutDone putDone(Header header) {
    return header == BlockIn.NO_HEADER
        ? BARE_PUT_DONE
        : new Response.PutDone(header, Optional.empty());
  }

  private static void writeResponses(BlockOut out, Response.TxnDone txn, int depth) {
    if (depth == SegmentFolder.DEEPEST) {
      throw new IllegalArgumentException(
          "more than " + SegmentFolder.DEEPEST + " answers to txns stand within each other");
    }
    out.size(txn.responses().size());
    txn.responses().forEach(response -> write(out, response, depth + 1));
  }

  private static List<Response.InTxn> readResponses(BlockIn in, int depth) {
    if (depth == SegmentFolder.DEEPEST) {
      throw new IllegalArgumentException("too many answers to txns stand within each other");
    }
    int size = in.size();
    if (size == 0) {
      return List.of();
    }
    Response.InTxn[] responses = new Response.InTxn[size];
    for (int i = 0; i < size; i++) {
      responses[i] = readInTxn(in, in.tag(), depth + 1);
    }
    return List.of(responses);
  }

  private static void writeStatus(BlockOut out, Response.MemberStatus status) {
    out.string(status.version());
    out.number(status.dbSize());
    out.number(status.leader());
    out.number(status.raftIndex());
    out.number(status.raftTerm());
    out.number(status.raftAppliedIndex());
    out.tag(status.learner() ? 1 : 0);
    out.strings(status.errors());
  }

  private static Response.MemberStatus readStatus(BlockIn in, Header header) {
    return new Response.MemberStatus(
        header,
        in.string(),
        in.number(),
        in.number(),
        in.number(),
        in.number(),
        in.number(),
        in.tag() != 0,
        in.strings());
  }
}
