package io.etcdrobustness.spec;

import io.etcdrobustness.spec.TestSpec.Mode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Rules about when runs are made and how long they last. */
final class RunRules {

  private static final Duration SHORTEST_OUTAGE = Duration.ofSeconds(1);

  private RunRules() {}

  static List<Rule> all() {
    return List.of(
        Durations.range("duration", TestSpec::duration, "1s", "7d"),
        Durations.range("window", TestSpec::window, "1s", "1h"),
        Rule.over("mode window duration", RunRules::windowFitsIntoTheRun),
        Rule.over("mode onViolation", RunRules::onViolationGoesWithItsMode),
        Rule.over("mode schedule timeZone", RunRules::scheduleGoesWithItsMode),
        Rule.over("schedule", RunRules::scheduleIsCron),
        Rule.over("safety.stopConditions", RunRules::stopConditionsAreSome),
        Rule.over("timeZone", RunRules::timeZoneExists),
        Rule.over(
            "knownIssues", (spec, report) -> distinct("knownIssues", spec.knownIssues(), report)));
  }

  private static void windowFitsIntoTheRun(TestSpec spec, Rule.Report report) {
    if (spec.mode() == Mode.Continuous && spec.windowTime().compareTo(spec.trafficTime()) > 0) {
      report.problem(
          "window",
          "a window of %s is longer than a run of %s; write window: %s or less"
              .formatted(spec.window(), spec.duration(), spec.duration()));
    }
  }

  private static void onViolationGoesWithItsMode(TestSpec spec, Rule.Report report) {
    if (spec.onViolation() != null && spec.mode() != Mode.Continuous) {
      report.problem(
          "onViolation",
          "a run of mode "
              + spec.mode()
              + " ends by itself; write mode: Continuous, or leave onViolation away");
    }
  }

  private static void scheduleGoesWithItsMode(TestSpec spec, Rule.Report report) {
    if (spec.mode() == Mode.Scheduled && spec.schedule() == null) {
      report.problem("schedule", "is missing in mode Scheduled; write schedule: \"0 2 * * *\"");
    }
    if (spec.mode() != Mode.Scheduled && spec.schedule() != null) {
      report.problem(
          "schedule",
          "a schedule means nothing in mode "
              + spec.mode()
              + "; write mode: Scheduled, or leave it away");
    }
    if (spec.timeZone() != null && spec.schedule() == null) {
      report.problem(
          "timeZone", "a time zone means nothing without a schedule; leave it away, or write one");
    }
  }

  private static void stopConditionsAreSome(TestSpec spec, Rule.Report report) {
    List<String> conditions = spec.safety().stopConditions();
    for (int i = 0; i < conditions.size(); i++) {
      try {
        if (StopCondition.parse(conditions.get(i)) instanceof StopCondition.Unavailable(var bound)
            && bound.compareTo(SHORTEST_OUTAGE) < 0) {
          report.problem(
              "safety.stopConditions[%d]".formatted(i),
              "an election alone takes longer than %s; write unavailable > 1s, or more"
                  .formatted(conditions.get(i).substring("unavailable > ".length())));
        }
      } catch (IllegalArgumentException wrong) {
        report.problem(
            "safety.stopConditions[%d]".formatted(i), String.valueOf(wrong.getMessage()));
      }
    }
  }

  private static void scheduleIsCron(TestSpec spec, Rule.Report report) {
    String schedule = spec.schedule();
    if (schedule != null) {
      try {
        var _ = CronSchedule.parse(schedule);
      } catch (IllegalArgumentException wrong) {
        report.problem("schedule", String.valueOf(wrong.getMessage()));
      }
    }
  }

  private static void timeZoneExists(TestSpec spec, Rule.Report report) {
    String zone = spec.timeZone();
    if (zone == null) {
      return;
    }
    Set<String> zones = ZoneId.getAvailableZoneIds();
    try {
      var _ = ZoneId.of(zone);
    } catch (DateTimeException unknown) {
      report.problem(
          "timeZone",
          Quoted.of(zone)
              + " is not a time zone; "
              + Nearest.to(zone, zones)
                  .map(near -> "did you mean " + near + "?")
                  .orElse("write one such as Europe/Berlin or Etc/UTC"));
    }
  }

  /** Reports items that a list names twice. */
  static void distinct(String field, List<?> items, Rule.Report report) {
    Set<Object> seen = new HashSet<>();
    for (int i = 0; i < items.size(); i++) {
      if (!seen.add(items.get(i))) {
        report.problem(
            field + "[" + i + "]",
            Quoted.of(items.get(i).toString()) + " stands here twice; leave one of them away");
      }
    }
  }
}
