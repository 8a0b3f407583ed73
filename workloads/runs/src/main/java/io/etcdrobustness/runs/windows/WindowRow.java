package io.etcdrobustness.runs.windows;

import java.util.List;

/**
 * What is told of one window.
 *
 * @param window its number
 * @param from when it began, ns of the run's clock
 * @param to when its record was closed
 * @param verdict of the window by itself
 * @param reasons for that; none if it passed
 * @param settled whether the state at its end was known for certain
 * @param settlingMillis from the end of its time until the traffic was held
 * @param heldMillis from there until its record was closed
 * @param waitedMillis how long the traffic was held after that, until the judge had caught up
 * @param judgingMillis how long the judging took
 * @param lagMillis from its end until it was judged
 * @param pauses how much longer than planned clients paused between requests
 * @param heapBytes the most that was live after a garbage collection since the window before; 0 if
 *     there was none
 */
public record WindowRow(
    int window,
    long from,
    long to,
    long operations,
    long answered,
    long unknown,
    long faultsConfirmed,
    String verdict,
    List<String> reasons,
    boolean settled,
    long settlingMillis,
    long heldMillis,
    long waitedMillis,
    long judgingMillis,
    long lagMillis,
    double pauses,
    long heapBytes) {

  private static final int MOST_REASONS = 3;
  private static final int LONGEST_REASON = 240;

  public WindowRow {
    reasons =
        reasons.stream()
            .limit(MOST_REASONS)
            .map(reason ->
                reason.length() <= LONGEST_REASON
                    ? reason
                    : reason.substring(0, LONGEST_REASON) + "…")
            .toList();
  }
}
