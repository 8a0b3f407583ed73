package io.etcdrobustness.spec;

import java.util.List;

/** Rules about the traffic. */
final class WorkloadRules {

  private static final int HIGHEST_RATE = 20_000;

  private WorkloadRules() {}

  static List<Rule> all() {
    return List.of(
        Rule.over("workload.rate", WorkloadRules::rateIsPossible),
        Durations.range(
            "workload.requestTimeout", spec -> spec.workload().requestTimeout(), "10ms", "1m"),
        Rule.over("workload.requestTimeout duration", WorkloadRules::requestsEndWithinTheRun));
  }

  private static void rateIsPossible(TestSpec spec, Rule.Report report) {
    double rate = spec.workload().requestsPerSecond();
    if (rate < 1 || rate > HIGHEST_RATE) {
      report.problem(
          "workload.rate",
          spec.workload().rate() + " is out of range; write 1/s to " + HIGHEST_RATE + "/s");
    }
  }

  private static void requestsEndWithinTheRun(TestSpec spec, Rule.Report report) {
    if (spec.workload().timeout().compareTo(spec.trafficTime()) > 0) {
      report.problem(
          "workload.requestTimeout",
          "%s is longer than the run of %s; write a shorter one, or a longer duration"
              .formatted(spec.workload().requestTimeout(), spec.duration()));
    }
  }
}
