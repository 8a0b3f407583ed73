package io.etcdrobustness.runs.windows;

import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.file.HistoryFormatException;
import io.etcdrobustness.history.file.Loaded;
import io.etcdrobustness.history.segment.SegmentReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Where a continuous run is gone on with: what was judged before, what is to be judged still, and
 * what nobody can judge any more.
 *
 * @param standing as it was kept last
 * @param found of each property until then
 * @param unjudged windows whose records are complete
 * @param lost what was under way when the runner was lost
 * @param nextWindow the number of the window that is begun next
 */
public record Resumption(
    WindowStanding standing,
    List<Finding> found,
    List<Unjudged> unjudged,
    List<NotJudged> lost,
    int nextWindow) {

  private static final double SECOND = 1e9;

  /** A window whose record is complete, and that was not judged. */
  public record Unjudged(int window, long from, long to, WindowCounts counts) {}

  /** A run that begins. */
  public static final Resumption BEGINNING =
      new Resumption(WindowStanding.NONE, List.of(), List.of(), List.of(), 1);

  public Resumption {
    found = List.copyOf(found);
    unjudged = List.copyOf(unjudged);
    lost = List.copyOf(lost);
  }

  /** Whether there was something before. */
  public boolean isResumed() {
    return nextWindow > 1;
  }

  /**
   * The run of which {@code folders} hold what is left.
   *
   * @throws IOException if the folders cannot be read
   */
  public static Resumption of(WindowStanding standing, List<Finding> found, WindowFolders folders)
      throws IOException {
    List<Unjudged> unjudged = new ArrayList<>();
    List<NotJudged> lost = new ArrayList<>();
    int last = standing.lastWindow();
    for (int window : folders.present()) {
      if (window > standing.lastWindow()) {
        look(window, folders, unjudged, lost);
        last = Math.max(last, window);
      }
    }
    return new Resumption(
        standing.resumedWithout(lost), found, unjudged, lost, Math.max(2, last + 1));
  }

  private static void look(
      int window, WindowFolders folders, List<Unjudged> unjudged, List<NotJudged> lost)
      throws IOException {
    try {
      Loaded loaded = SegmentReader.read(folders.of(window));
      History history = loaded.history();
      OptionalLong end = time(history, Phase.Name.END);
      long from = time(history, Phase.Name.TRAFFIC).orElse(Long.MAX_VALUE);
      List<Operation> own =
          history.operations().stream().filter(operation -> operation.call() >= from).toList();
      if (end.isPresent() && loaded.notes().isEmpty()) {
        Counting counting = new Counting();
        own.forEach(counting::record);
        history.watches().forEach(counting::record);
        history.faults().forEach(counting::record);
        unjudged.add(new Unjudged(window, from, end.getAsLong(), counting.counts()));
      } else {
        long to = own.stream().mapToLong(Operation::end).max().orElse(from);
        lost.add(
            new NotJudged(
                window,
                (to - from) / SECOND,
                own.size(),
                "its runner was lost, and what was under way then is not recorded"));
      }
    } catch (HistoryFormatException torn) {
      lost.add(new NotJudged(window, 0, 0, "its runner was lost before it was recorded"));
    }
  }

  private static OptionalLong time(History history, Phase.Name name) {
    return history.phases().stream()
        .filter(phase -> phase.name() == name)
        .mapToLong(Phase::time)
        .findFirst();
  }
}
