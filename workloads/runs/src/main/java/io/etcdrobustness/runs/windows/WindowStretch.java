package io.etcdrobustness.runs.windows;

import io.etcdrobustness.checker.Verdict;

/**
 * What is told of several windows in a row of which each by itself is too old to be told.
 *
 * @param heapBytes the most of all of them, as {@code longestLagMillis} is
 */
public record WindowStretch(
    int first,
    int last,
    long from,
    long to,
    long operations,
    long unknown,
    long faultsConfirmed,
    int passed,
    int failed,
    int undecided,
    long heldMillis,
    long longestLagMillis,
    long heapBytes) {

  static WindowStretch of(WindowRow row) {
    boolean passed = row.verdict().equals(Verdict.PASSED.label());
    boolean failed = row.verdict().equals(Verdict.FAILED.label());
    return new WindowStretch(
        row.window(),
        row.window(),
        row.from(),
        row.to(),
        row.operations(),
        row.unknown(),
        row.faultsConfirmed(),
        passed ? 1 : 0,
        failed ? 1 : 0,
        passed || failed ? 0 : 1,
        row.heldMillis() + row.waitedMillis(),
        row.lagMillis(),
        row.heapBytes());
  }

  /** This one and the one behind it. */
  WindowStretch and(WindowStretch next) {
    return new WindowStretch(
        first,
        next.last,
        from,
        next.to,
        operations + next.operations,
        unknown + next.unknown,
        faultsConfirmed + next.faultsConfirmed,
        passed + next.passed,
        failed + next.failed,
        undecided + next.undecided,
        heldMillis + next.heldMillis,
        Math.max(longestLagMillis, next.longestLagMillis),
        Math.max(heapBytes, next.heapBytes));
  }
}
