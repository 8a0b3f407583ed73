package io.etcdrobustness.runs.windows;

import java.util.List;
import java.util.TreeSet;

/**
 * How a continuous run stands: all that a report keeps of it besides what was found, and all that a
 * run needs to be gone on with. Its size does not depend on the age of the run.
 *
 * @param judged windows that were judged: these passed, failed, or could not be decided
 * @param firstFailed the first violated window; 0 for none
 * @param runNanos how long windows went on, edges and waits included
 * @param counts over all windows that were judged
 * @param waits how often the traffic had to wait for the judge
 * @param longestHeldMillis the longest time that an edge held the traffic
 * @param resumed how often the run was gone on with after its runner was lost
 * @param notJudged what could not be judged; of many the last ones
 * @param kept windows whose records are kept
 */
public record WindowStanding(
    int judged,
    int passed,
    int failed,
    int undecided,
    int firstFailed,
    long runNanos,
    WindowCounts counts,
    long heldMillis,
    int waits,
    long waitedMillis,
    long longestHeldMillis,
    long longestLagMillis,
    int resumed,
    List<NotJudged> notJudged,
    Kept kept,
    WindowTable table) {

  private static final int MOST_NOT_JUDGED = 50;

  /** Windows whose records are kept, by the reason. */
  public record Kept(List<Integer> failed, List<Integer> undecided, List<Integer> latest) {
    /** None. */
    public static final Kept NONE = new Kept(List.of(), List.of(), List.of());

    public Kept {
      failed = List.copyOf(failed);
      undecided = List.copyOf(undecided);
      latest = List.copyOf(latest);
    }

    /** All of them, in their order. */
    public List<Integer> all() {
      TreeSet<Integer> all = new TreeSet<>(failed);
      all.addAll(undecided);
      all.addAll(latest);
      return List.copyOf(all);
    }
  }

  /** Before the first window. */
  public static final WindowStanding NONE =
      new WindowStanding(
          0,
          0,
          0,
          0,
          0,
          0,
          WindowCounts.NONE,
          0,
          0,
          0,
          0,
          0,
          0,
          List.of(),
          Kept.NONE,
          WindowTable.NONE);

  public WindowStanding {
    notJudged = List.copyOf(notJudged);
  }

  /** With one judged window more. */
  WindowStanding with(
      WindowRow row, WindowCounts more, boolean didPass, boolean didFail, Kept now) {
    return new WindowStanding(
        judged + 1,
        passed + (didPass ? 1 : 0),
        failed + (didFail ? 1 : 0),
        undecided + (didPass || didFail ? 0 : 1),
        didFail && firstFailed == 0 ? row.window() : firstFailed,
        Math.max(runNanos, row.to()),
        counts.plus(more),
        heldMillis + row.heldMillis(),
        waits + (row.waitedMillis() > 0 ? 1 : 0),
        waitedMillis + row.waitedMillis(),
        Math.max(longestHeldMillis, row.heldMillis()),
        Math.max(longestLagMillis, row.lagMillis()),
        resumed,
        notJudged,
        now,
        table.with(row));
  }

  /** Gone on with once more, without what could not be judged. */
  public WindowStanding resumedWithout(List<NotJudged> lost) {
    List<NotJudged> all = new java.util.ArrayList<>(notJudged);
    all.addAll(lost);
    return new WindowStanding(
        judged,
        passed,
        failed,
        undecided,
        firstFailed,
        runNanos,
        counts,
        heldMillis,
        waits,
        waitedMillis,
        longestHeldMillis,
        longestLagMillis,
        resumed + 1,
        all.subList(Math.max(0, all.size() - MOST_NOT_JUDGED), all.size()),
        kept,
        table);
  }

  /** The number of the last window that was begun and is told of; 0 for none. */
  public int lastWindow() {
    int last = table.last().isEmpty() ? 0 : table.last().getLast().window();
    return Math.max(last, notJudged.stream().mapToInt(NotJudged::window).max().orElse(0));
  }
}
