package io.etcdrobustness.history.file;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.Watch;
import java.io.IOException;
import java.util.List;

/** The lists of a history, each of which is in the order of time, as one. */
final class EntriesByTime {

  /** In the order in which they come if they are of one time. */
  private final List<List<? extends Entry>> lists;

  private final int[] next;

  private EntriesByTime(List<List<? extends Entry>> lists) {
    this.lists = lists;
    this.next = new int[lists.size()];
  }

  static EntriesByTime of(History history) {
    return new EntriesByTime(
        List.of(
            history.phases(),
            history.memberEvents(),
            history.faults(),
            history.operations(),
            history.watches()));
  }

  void forEach(EntryVisitor visitor) throws IOException {
    for (int earliest = earliest(); earliest >= 0; earliest = earliest()) {
      visitor.visit(lists.get(earliest).get(next[earliest]++));
    }
  }

  /** The list whose next entry is the earliest of all; -1 if there is none left. */
  private int earliest() {
    int earliest = -1;
    long time = Long.MAX_VALUE;
    for (int i = 0; i < next.length; i++) {
      if (next[i] < lists.get(i).size()) {
        long own = time(lists.get(i).get(next[i]));
        if (earliest < 0 || own < time) {
          earliest = i;
          time = own;
        }
      }
    }
    return earliest;
  }

  private static long time(Entry entry) {
    return switch (entry) {
      case Operation operation -> operation.call();
      case Watch watch -> watch.time();
      case FaultWindow fault -> fault.start();
      case MemberEvent event -> event.time();
      case Phase phase -> phase.time();
    };
  }
}
