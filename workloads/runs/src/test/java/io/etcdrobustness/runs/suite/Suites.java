package io.etcdrobustness.runs.suite;

import io.etcdrobustness.checker.Assessment;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.Verdict;
import io.etcdrobustness.checker.Violation;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.History;
import io.etcdrobustness.runs.report.Report;
import io.etcdrobustness.runs.report.ReportFolder;
import io.etcdrobustness.spec.Combination;
import io.etcdrobustness.spec.SpecException;
import io.etcdrobustness.spec.SuiteDocument;
import io.etcdrobustness.spec.SuiteReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Suites and reports of runs that nobody has carried out. */
public final class Suites {

  private Suites() {}

  /** The suite with this {@code spec}. */
  public static SuiteDocument of(String spec) {
    try {
      return new SuiteReader(Set.of())
          .read(
              "suite",
              """
              apiVersion: etcdrobustness.io/v1alpha1
              kind: RobustnessSuite
              metadata: {name: made-up}
              spec:
              """
                  + spec.indent(2));
    } catch (SpecException wrong) {
      throw new IllegalArgumentException(wrong);
    }
  }

  /** The report of a run of {@code combination} with this verdict. */
  public static Report report(Combination combination, long seed, Verdict verdict) {
    return report(combination, seed, verdict, verdict == Verdict.PASSED ? "" : "a reason");
  }

  /** The same, with this text wherever a run has something to say. */
  public static Report report(Combination combination, long seed, Verdict verdict, String text) {
    History history =
        History.of(
            History.Facts.OWN_CLUSTER,
            List.of(
                new FaultWindow(
                    "f01-kill",
                    "Kill",
                    "Leader",
                    List.of("m0"),
                    "",
                    1_000_000_000L,
                    2_000_000_000L,
                    FaultWindow.Result.CONFIRMED,
                    "m0: " + text)));
    List<Violation> broken =
        verdict == Verdict.FAILED
            ? List.of(
                new Violation(
                    "Linearizable", text, 5, List.of(1L, 2L), List.of(), List.of("m0"), 7))
            : List.of();
    Finding first =
        new Finding(
            "Linearizable",
            Property.Kind.ALWAYS,
            broken.isEmpty() ? Finding.Status.HOLDS : Finding.Status.VIOLATED,
            300,
            broken,
            broken.size(),
            text);
    Finding second =
        new Finding(
            "LeaderChanged",
            Property.Kind.SOMETIMES,
            Finding.Status.NOT_EXERCISED,
            0,
            List.of(),
            0,
            "one leader was seen");
    return new Report(
        "made-up",
        combination.spec(),
        seed,
        "processes",
        Instant.parse("2026-11-22T02:00:00Z"),
        Map.of("m0", combination.spec().cluster().version()),
        List.of(),
        Map.of(),
        history,
        new Assessment(
            verdict, verdict == Verdict.PASSED ? List.of() : List.of(text), List.of(first, second)),
        Duration.ofSeconds(1),
        "robustness run made-up.yaml --seed " + seed);
  }

  /** Writes {@code report} as a run does. */
  public static Report written(Path directory, Report report) throws IOException {
    ReportFolder folder = ReportFolder.create(directory);
    folder.begun(report);
    folder.ended(report, List.of());
    return report;
  }
}
