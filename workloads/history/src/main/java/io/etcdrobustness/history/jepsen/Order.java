package io.etcdrobustness.history.jepsen;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Steps, with what must come before what: some of it for the contents' sake, some for the clock's.
 *
 * <p>{@link #sorted} gives an order that respects everything if there is one (Kahn, "Topological
 * sorting of large networks", 1962). If there is none, it goes against the clock where it must, and
 * against the contents where it must still, as seldom as a step at a time allows: the judge then
 * finds what does not fit, close to where it happened.
 */
final class Order {

  private final List<List<Integer>> afterByContents = new ArrayList<>();
  private final List<List<Integer>> afterByClock = new ArrayList<>();
  private final List<Long> ends = new ArrayList<>();

  /** A step more, known by its number from 0; of those that may come next the least end does. */
  int add(long end) {
    afterByContents.add(new ArrayList<>());
    afterByClock.add(new ArrayList<>());
    ends.add(end);
    return ends.size() - 1;
  }

  /** {@code later} shows what {@code earlier} did, or does not show what came later. */
  void contents(int earlier, int later) {
    afterByContents.get(earlier).add(later);
  }

  /** {@code earlier} had ended when {@code later} began. */
  void clock(int earlier, int later) {
    afterByClock.get(earlier).add(later);
  }

  /** All steps. */
  List<Integer> sorted() {
    return new Sorting().all();
  }

  private final class Sorting {

    private final int[] contentsLeft = new int[ends.size()];
    private final int[] clockLeft = new int[ends.size()];
    private final boolean[] done = new boolean[ends.size()];
    private final PriorityQueue<Integer> ready = leastEndFirst();
    private final PriorityQueue<Integer> readyByContents = leastEndFirst();
    private final PriorityQueue<Integer> all = leastEndFirst();

    Sorting() {
      afterByContents.forEach(list -> list.forEach(later -> contentsLeft[later]++));
      afterByClock.forEach(list -> list.forEach(later -> clockLeft[later]++));
      for (int step = 0; step < ends.size(); step++) {
        all.add(step);
        offer(step);
      }
    }

    private PriorityQueue<Integer> leastEndFirst() {
      return new PriorityQueue<>(
          Comparator.<Integer, Long>comparing(ends::get).thenComparing(Comparator.naturalOrder()));
    }

    List<Integer> all() {
      List<Integer> sorted = new ArrayList<>(ends.size());
      while (sorted.size() < ends.size()) {
        int step = next();
        done[step] = true;
        sorted.add(step);
        for (int later : afterByContents.get(step)) {
          contentsLeft[later]--;
          offer(later);
        }
        for (int later : afterByClock.get(step)) {
          clockLeft[later]--;
          offer(later);
        }
      }
      return sorted;
    }

    /** May offer a step twice; what is done is skipped. */
    private void offer(int step) {
      if (contentsLeft[step] == 0) {
        readyByContents.add(step);
        if (clockLeft[step] == 0) {
          ready.add(step);
        }
      }
    }

    private int next() {
      for (PriorityQueue<Integer> queue : List.of(ready, readyByContents, all)) {
        while (!queue.isEmpty()) {
          int step = queue.remove();
          if (!done[step]) {
            return step;
          }
        }
      }
      throw new AssertionError("every step stands in the last queue");
    }
  }
}
