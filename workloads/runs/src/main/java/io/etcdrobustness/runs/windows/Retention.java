package io.etcdrobustness.runs.windows;

import io.etcdrobustness.checker.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Which windows' records are kept: the last ones, and of those that did not pass the first ones,
 * which tell what began it.
 */
public final class Retention {

  private static final int LATEST = 3;
  private static final int UNDECIDED = 3;

  private final int mostFailed;
  private final TreeSet<Integer> failed = new TreeSet<>();
  private final TreeSet<Integer> undecided = new TreeSet<>();
  private final TreeSet<Integer> latest = new TreeSet<>();

  /**
   * @param mostFailed how many violated windows are kept
   */
  public Retention(int mostFailed) {
    this.mostFailed = mostFailed;
  }

  /**
   * Takes note of a window that was judged.
   *
   * @return those whose records are not kept any more
   */
  public List<Integer> judged(int window, Verdict verdict) {
    switch (verdict) {
      case PASSED -> {}
      case FAILED -> add(failed, window, mostFailed);
      case INCONCLUSIVE, ERROR -> add(undecided, window, UNDECIDED);
    }
    latest.add(window);
    List<Integer> dropped = new ArrayList<>();
    while (latest.size() > LATEST) {
      int oldest = latest.removeFirst();
      if (!failed.contains(oldest) && !undecided.contains(oldest)) {
        dropped.add(oldest);
      }
    }
    return dropped;
  }

  private static void add(TreeSet<Integer> kept, int window, int most) {
    if (kept.size() < most) {
      kept.add(window);
    }
  }

  /** The windows that are kept. */
  public List<Integer> kept() {
    TreeSet<Integer> all = new TreeSet<>(failed);
    all.addAll(undecided);
    all.addAll(latest);
    return List.copyOf(all);
  }

  /** The violated windows that are kept. */
  public List<Integer> failed() {
    return List.copyOf(failed);
  }

  /** Goes on where another one was: from the windows that it kept, with their verdicts. */
  public void resume(List<Integer> keptFailed, List<Integer> keptUndecided, List<Integer> last) {
    failed.addAll(keptFailed);
    undecided.addAll(keptUndecided);
    latest.addAll(last);
  }

  /** The undecided windows that are kept. */
  public List<Integer> undecided() {
    return List.copyOf(undecided);
  }

  /** The last windows. */
  public List<Integer> latest() {
    return List.copyOf(latest);
  }
}
