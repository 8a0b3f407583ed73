package io.etcdrobustness.runs.browse;

import io.etcdrobustness.runs.browse.FleetRun.Evidence;
import io.etcdrobustness.runs.browse.FleetRun.FaultLine;
import io.etcdrobustness.runs.browse.FleetRun.Live;
import io.etcdrobustness.runs.browse.FleetRun.Made;
import io.etcdrobustness.runs.browse.FleetRun.PropertyLine;
import io.etcdrobustness.runs.report.ReportSummary.Broken;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Runs to look at. */
final class Runs {

  static final Instant FIRST = Instant.parse("2026-11-20T02:00:00Z");

  private Runs() {}

  /** The run of this number, an hour after the one before. */
  static FleetRun over(String namespace, String test, int number, Mark mark) {
    return over(
        namespace,
        test,
        number,
        mark,
        mark == Mark.FAILED
            ? List.of(
                new Broken(
                    "Linearizable",
                    "get(k7) by client 4 at 81.204 s returned revision 310 after put(k7,b) with revision 318 had been acknowledged"))
            : List.of());
  }

  static FleetRun over(
      String namespace, String test, int number, Mark mark, List<Broken> violations) {
    return new FleetRun(
        List.of(namespace, test + "-" + number),
        List.of(namespace, test),
        mark,
        switch (mark) {
          case PASSED -> "34 of 35 properties hold; none is violated";
          case FAILED -> "Linearizable is violated";
          case ERROR -> "the image cannot be pulled";
          case INCONCLUSIVE -> "only 2 faults were measured to take effect, and the test wants 5";
          case GOING, WAITING -> "";
        },
        new Made(
            Optional.of(FIRST.plus(Duration.ofHours(number))),
            Optional.of(Duration.ofSeconds(1800)),
            OptionalLong.of(4000 + number),
            List.of(number % 7 == 0 ? "v3.6.16" : "v3.7.3")),
        new Evidence(
            OptionalLong.of(812_345),
            OptionalLong.of(120),
            OptionalLong.of(118),
            violations,
            List.of(new PropertyLine("Linearizable", "Always", "Violated", 812_345, 3)),
            List.of(new FaultLine("Pause", 12, 11, 1, 0, ""))),
        Optional.empty(),
        OptionalLong.of(12_000_000));
  }

  /** One that goes on. */
  static FleetRun going(String namespace, String test, int number, long elapsed) {
    return new FleetRun(
        List.of(namespace, test + "-" + number),
        List.of(namespace, test),
        Mark.GOING,
        "",
        new Made(
            Optional.of(FIRST.plus(Duration.ofHours(number))),
            Optional.empty(),
            OptionalLong.of(42),
            List.of("v3.7.3")),
        new Evidence(
            OptionalLong.of(elapsed * 500),
            OptionalLong.of(12),
            OptionalLong.of(3),
            List.of(),
            List.of(),
            List.of(new FaultLine("Pause", 12, 3, 0, 0, ""))),
        Optional.of(
            new Live(
                "Running",
                elapsed,
                1800,
                List.of(480L, 510L, 505L, 220L, 490L, 512L),
                List.of("Pause m2", "Partition m0, m1 (One)"),
                "m0")),
        OptionalLong.empty());
  }
}
