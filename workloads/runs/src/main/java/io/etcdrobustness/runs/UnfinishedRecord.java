package io.etcdrobustness.runs;

import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Phase;
import java.util.List;

/**
 * The record of a run whose runner was killed: what had happened when it was killed is there, what
 * was under way is not.
 *
 * <p>An operation is recorded when it ends, so a write that etcd carried out, and that reads and
 * watches saw, may be missing: to the record it is the write of somebody else. A fault is recorded
 * when it has healed, so one that explains a silence may be missing.
 */
final class UnfinishedRecord {

  /** Why such a record proves nothing, however much of it there is. */
  static final String REASON =
      "the record has no end, as after the runner was killed: what was under way then is not in it";

  private UnfinishedRecord() {}

  /** Whether {@code history} is one; histories of other tools know no phases and no members. */
  static boolean is(History history) {
    boolean ours = !history.phases().isEmpty() || !history.memberEvents().isEmpty();
    return ours && history.phases().stream().noneMatch(phase -> phase.name() == Phase.Name.END);
  }

  /** The same history, as one in which others may have written. */
  static History withoutCertainty(History history) {
    return new History(
        history.facts().amongOthers(),
        history.operations(),
        history.watches(),
        history.faults(),
        history.memberEvents(),
        history.phases());
  }

  /** {@code finding}, which proves no violation: what the record lacks may explain it. */
  static Finding undecided(Finding finding) {
    return finding.status() != Finding.Status.VIOLATED
        ? finding
        : new Finding(
            finding.property(),
            finding.kind(),
            Finding.Status.UNDECIDED,
            finding.hits(),
            List.of(),
            0,
            "what the record lacks may explain it: "
                + (finding.violations().isEmpty()
                    ? finding.note()
                    : finding.violations().getFirst().summary()));
  }
}
