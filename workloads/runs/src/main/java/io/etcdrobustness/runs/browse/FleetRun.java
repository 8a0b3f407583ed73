package io.etcdrobustness.runs.browse;

import io.etcdrobustness.runs.report.ReportSummary;
import io.etcdrobustness.runs.report.ReportSummary.Broken;
import io.etcdrobustness.runs.report.RunProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A run, as far as it is known.
 *
 * @param path the pieces of its address: namespace and name, or the folder it lies in
 * @param test those of its test
 * @param why the mark is what it is, in a sentence; may be empty
 * @param live how far it is, while it goes on
 * @param report its size on disk, if its report is kept
 */
public record FleetRun(
    List<String> path,
    List<String> test,
    Mark mark,
    String why,
    Made made,
    Evidence evidence,
    Optional<Live> live,
    OptionalLong report) {

  public FleetRun {
    path = List.copyOf(path);
    test = List.copyOf(test);
  }

  /** What it is called among the runs of its test. */
  public String name() {
    return path.isEmpty() ? "this run" : path.getLast();
  }

  /**
   * What was run.
   *
   * @param took from its beginning to its end
   * @param versions releases of etcd that its members ran
   */
  public record Made(
      Optional<Instant> startedAt,
      Optional<Duration> took,
      OptionalLong seed,
      List<String> versions) {

    public Made {
      versions = List.copyOf(versions);
    }

    /** The releases in words; empty: none is known. */
    public String releases() {
      return String.join(", ", versions);
    }
  }

  /**
   * What there is to show for it.
   *
   * @param operations that were answered
   * @param planned faults
   * @param confirmed faults of these
   * @param violations the first of each property that is broken
   * @param properties how each stands; none where only the report tells
   * @param faults what became of each kind; likewise
   */
  public record Evidence(
      OptionalLong operations,
      OptionalLong planned,
      OptionalLong confirmed,
      List<Broken> violations,
      List<PropertyLine> properties,
      List<FaultLine> faults) {

    /** None. */
    public static final Evidence NONE =
        new Evidence(
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            List.of(),
            List.of(),
            List.of());

    public Evidence {
      violations = List.copyOf(violations);
      properties = List.copyOf(properties);
      faults = List.copyOf(faults);
    }

    /** Confirmed faults of planned ones; empty: unknown. */
    public String faultsInWords() {
      return planned.isEmpty() || confirmed.isEmpty()
          ? ""
          : confirmed.getAsLong() + " of " + planned.getAsLong();
    }
  }

  /** How a property stands: {@code status} in words. */
  public record PropertyLine(String name, String kind, String status, long hits, long violations) {}

  /** What became of a kind of fault. */
  public record FaultLine(
      String kind, long planned, long confirmed, long notObserved, long skipped, String why) {}

  /**
   * How far a run is.
   *
   * @param phase one word
   * @param elapsed seconds of the traffic's time
   * @param total likewise, of all; 0: not known yet
   * @param rates operations per second, the newest last; none: not known yet
   * @param faults in effect, in words
   * @param leader the member that leads; empty: unknown
   */
  public record Live(
      String phase,
      long elapsed,
      long total,
      List<Long> rates,
      List<String> faults,
      String leader) {

    public Live {
      rates = List.copyOf(rates);
      faults = List.copyOf(faults);
    }
  }

  /** What a summary tells of a run whose report lies in a folder. */
  public static FleetRun of(
      List<String> path, List<String> test, ReportSummary summary, OptionalLong bytes) {
    ReportSummary.Told told = summary.told();
    return new FleetRun(
        path,
        test,
        Mark.of(summary.verdict()),
        told.reasons(),
        new Made(
            Optional.of(summary.startedAt()),
            told.took(),
            OptionalLong.of(summary.seed()),
            summary.etcd()),
        new Evidence(
            told.operations(),
            told.planned(),
            told.confirmed(),
            told.violations(),
            List.of(),
            List.of()),
        Optional.empty(),
        bytes);
  }

  /** This run, which goes on and has told how far it is. */
  FleetRun going(RunProgress progress) {
    return new FleetRun(
        path,
        test,
        Mark.GOING,
        "",
        made,
        new Evidence(
            OptionalLong.of(progress.operations()),
            evidence.planned,
            evidence.confirmed,
            evidence.violations,
            evidence.properties,
            evidence.faults),
        Optional.of(
            new Live(
                progress.phase(),
                progress.elapsed(),
                progress.total(),
                progress.rates(),
                progress.faults(),
                progress.leader())),
        report);
  }
}
