package io.etcdrobustness.history.segment;

import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Phase;

/** What happened around the traffic. */
final class HappeningCodec {

  private HappeningCodec() {}

  static void write(BlockOut out, FaultWindow fault) {
    out.string(fault.id());
    out.string(fault.kind());
    out.string(fault.target());
    out.strings(fault.members());
    out.string(fault.detail());
    out.time(fault.start());
    out.end(fault.start(), fault.end());
    out.constant(fault.result());
    out.string(fault.proof());
  }

  static FaultWindow readFault(BlockIn in) {
    String id = in.string();
    String kind = in.string();
    String target = in.string();
    var members = in.strings();
    String detail = in.string();
    long start = in.time();
    return new FaultWindow(
        id,
        kind,
        target,
        members,
        detail,
        start,
        in.end(start),
        in.constant(FaultWindow.Result.class),
        in.string());
  }

  static void write(BlockOut out, MemberEvent event) {
    out.string(event.member());
    out.constant(event.kind());
    out.number(event.memberId());
    out.number(event.raftTerm());
    out.string(event.detail());
    out.tag(event.expected() ? 1 : 0);
    out.time(event.time());
  }

  static MemberEvent readMember(BlockIn in) {
    return new MemberEvent(
        in.string(),
        in.constant(MemberEvent.Kind.class),
        in.number(),
        in.number(),
        in.string(),
        in.tag() != 0,
        in.time());
  }

  static void write(BlockOut out, Phase phase) {
    out.constant(phase.name());
    out.time(phase.time());
  }

  static Phase readPhase(BlockIn in) {
    return new Phase(in.constant(Phase.Name.class), in.time());
  }
}
