package io.etcdrobustness.runs.browse;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A test and its runs.
 *
 * @param path the pieces of its address: namespace and name, or the name alone
 * @param mark its verdict; while it has none, that of its newest run
 * @param why the mark is what it is, in a sentence; may be empty
 * @param runs the newest first
 */
public record FleetTest(List<String> path, Mark mark, String why, List<FleetRun> runs) {

  /** The newest run first; those of which no time is known have not begun. */
  private static final Comparator<FleetRun> NEWEST_FIRST =
      Comparator.comparing(
              (FleetRun run) -> run.made().startedAt(),
              Comparator.comparing(start -> start.orElse(Instant.MAX), Comparator.reverseOrder()))
          .thenComparing(FleetRun::name, Comparator.reverseOrder());

  public FleetTest {
    path = List.copyOf(path);
    runs = runs.stream().sorted(NEWEST_FIRST).toList();
  }

  /** A test of which its runs alone are known: the last one that is over tells how it stands. */
  public static FleetTest of(List<String> path, List<FleetRun> runs) {
    FleetTest unjudged = new FleetTest(path, Mark.WAITING, "", runs);
    Optional<FleetRun> last =
        unjudged.runs.stream().filter(run -> run.mark().isVerdict()).findFirst();
    Mark mark =
        last.map(FleetRun::mark)
            .orElse(runs.isEmpty() ? Mark.WAITING : unjudged.runs.getFirst().mark());
    return new FleetTest(path, mark, last.map(FleetRun::why).orElse(""), runs);
  }

  /** What it is called: {@code NAMESPACE/NAME}, or the name alone. */
  public String name() {
    return String.join("/", path);
  }

  /** Releases that its runs ran, those of the newest first. */
  public List<String> versions() {
    Set<String> versions = new LinkedHashSet<>();
    runs.forEach(run -> versions.addAll(run.made().versions()));
    return new ArrayList<>(versions);
  }

  /** The runs that go on. */
  public List<FleetRun> going() {
    return runs.stream().filter(run -> run.mark() == Mark.GOING).toList();
  }

  /** The newest run that failed. */
  public Optional<FleetRun> lastFailed() {
    return runs.stream().filter(run -> run.mark() == Mark.FAILED).findFirst();
  }
}
