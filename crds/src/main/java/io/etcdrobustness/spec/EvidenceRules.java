package io.etcdrobustness.spec;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Rules about the judging: evidence that a run could never bring would make it Inconclusive. */
final class EvidenceRules {

  private EvidenceRules() {}

  static List<Rule> all(Set<String> known) {
    return List.of(
        Durations.range("checks.timeout", spec -> spec.checks().timeout(), "1s", "1d"),
        Rule.over("checks.memoryLimit", EvidenceRules::memorySuffices),
        Rule.over(
            "checks.exclude",
            (spec, report) -> names("checks.exclude", spec.checks().exclude(), known, report)),
        Rule.over(
            "pass.requireSometimes",
            (spec, report) ->
                names("pass.requireSometimes", spec.pass().requireSometimes(), known, report)),
        Rule.over("pass.requireSometimes checks.exclude", EvidenceRules::requiredIsJudged),
        Rule.over("pass.minOperations workload.rate duration", EvidenceRules::operationsCanBeMade),
        Rule.over("pass.minFaultsConfirmed faults duration", EvidenceRules::faultsArePlanned),
        Durations.range(
            "pass.availableWithin", spec -> spec.pass().availableWithin(), "10ms", "1h"),
        Rule.over(
            "pass.availableWithin cluster.options.electionTimeout", EvidenceRules::electionFitsIn));
  }

  private static void memorySuffices(TestSpec spec, Rule.Report report) {
    if (spec.checks().memoryBytes() < Quantities.bytes("64Mi")) {
      report.problem(
          "checks.memoryLimit",
          spec.checks().memoryLimit() + " does not suffice to judge a run; write 64Mi or more");
    }
  }

  private static void names(
      String field, List<String> names, Set<String> known, Rule.Report report) {
    RunRules.distinct(field, names, report);
    for (int i = 0; i < names.size() && !known.isEmpty(); i++) {
      String name = names.get(i);
      if (!known.contains(name)) {
        report.problem(
            field + "[" + i + "]",
            Quoted.of(name)
                + " is not a property; "
                + Nearest.to(name, known)
                    .map(near -> "did you mean " + near + "?")
                    .orElse("'robustness properties' lists them"));
      }
    }
  }

  private static void requiredIsJudged(TestSpec spec, Rule.Report report) {
    List<String> required = spec.pass().requireSometimes();
    for (int i = 0; i < required.size(); i++) {
      if (spec.checks().exclude().contains(required.get(i))) {
        report.problem(
            "pass.requireSometimes[" + i + "]",
            Quoted.of(required.get(i))
                + " stands in checks.exclude too, so it is never seen; leave it in one of them");
      }
    }
  }

  private static void operationsCanBeMade(TestSpec spec, Rule.Report report) {
    double most = spec.workload().requestsPerSecond() * seconds(spec.trafficTime());
    if (spec.pass().minOperations() > most) {
      report.problem(
          "pass.minOperations",
          "needs %d operations, %s for %s make %d at most; write no more than that, or a higher rate or duration"
              .formatted(
                  spec.pass().minOperations(),
                  spec.workload().rate(),
                  spec.duration(),
                  (long) most));
    }
  }

  private static void faultsArePlanned(TestSpec spec, Rule.Report report) {
    FaultsSpec faults = spec.faults();
    long most =
        FaultRules.isRandom(faults)
            ? (long) (seconds(spec.trafficTime()) / seconds(faults.every()))
            : faults.steps().size();
    if (spec.pass().minFaultsConfirmed() > most) {
      report.problem(
          "pass.minFaultsConfirmed",
          "needs "
              + spec.pass().minFaultsConfirmed()
              + " faults, "
              + (FaultRules.isRandom(faults)
                  ? "one fault in %s makes %d at most in %s"
                      .formatted(faults.interval(), most, spec.duration())
                  : most + " are planned")
              + "; write no more than that, or plan more faults");
    }
  }

  private static void electionFitsIn(TestSpec spec, Rule.Report report) {
    // A follower stands for election after one to two timeouts (raft's randomized timeout).
    if (spec.pass()
            .availabilityDeadline()
            .compareTo(spec.cluster().options().election().multipliedBy(2))
        < 0) {
      report.problem(
          "pass.availableWithin",
          "%s is less than two election timeouts of %s, a correct etcd may take that long; write a longer time"
              .formatted(
                  spec.pass().availableWithin(), spec.cluster().options().electionTimeout()));
    }
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
