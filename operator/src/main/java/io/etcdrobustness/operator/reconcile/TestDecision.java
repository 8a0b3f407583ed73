package io.etcdrobustness.operator.reconcile;

import io.etcdrobustness.operator.model.Labels;
import io.etcdrobustness.operator.status.Refusal;
import io.etcdrobustness.operator.status.SpecDigest;
import io.etcdrobustness.operator.status.TestRuns;
import io.etcdrobustness.operator.status.TestStatuses;
import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.RobustnessTest;
import io.etcdrobustness.resource.RunStatus;
import io.etcdrobustness.resource.Status.Verdict;
import io.etcdrobustness.resource.TestStatus;
import io.etcdrobustness.spec.CronSchedule;
import io.etcdrobustness.spec.TestSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What to do for a test now: a pure function of the test, its runs and the time.
 *
 * <ul>
 *   <li>Once: a run for each spec; a changed spec has another one, when the one before is over.
 *   <li>Continuous: a run whenever none is under way; after runs that ended in Error it waits,
 *       longer each time, since a broken environment is not mended by trying harder.
 *   <li>Scheduled: a run at each time of the schedule. Of times that were missed only the last
 *       counts.
 * </ul>
 *
 * @param begin the number of the run to begin
 * @param scheduledAt the time of the schedule that it is for
 * @param halt runs to be told to end
 * @param skipped why the schedule's time passes without a run
 * @param lastSchedule the last time of the schedule that is dealt with
 * @param next when to look again, if nothing happens before
 */
record TestDecision(
    Optional<Long> begin,
    Optional<Instant> scheduledAt,
    List<RobustnessRun> halt,
    Optional<String> skipped,
    Optional<Instant> lastSchedule,
    Optional<Instant> next) {

  private static final Duration FIRST_WAIT = Duration.ofSeconds(10);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

  /** How far to look back for the last time of a schedule; each is enough for schedules so rare. */
  private static final List<Duration> LOOKS_BACK =
      List.of(
          Duration.ofHours(1), Duration.ofDays(1), Duration.ofDays(35), Duration.ofDays(4 * 366));

  /** The decision. */
  static TestDecision of(
      RobustnessTest test, TestRuns runs, Optional<Refusal> refusal, Instant now) {
    TestSpec spec = test.getSpec();
    List<RobustnessRun> halt = isHalted(test) ? notHalted(runs) : List.of();
    boolean may = refusal.isEmpty() && !spec.suspend();
    return switch (spec.mode()) {
      case Once -> once(test, runs, may, halt);
      case Continuous -> continuous(test, runs, may, halt, now);
      case Scheduled -> scheduled(test, runs, may, halt, now);
    };
  }

  /** Whether someone asked for this test to end what it does. */
  static boolean isHalted(RobustnessTest test) {
    return isTrue(test.getMetadata().getAnnotations(), Labels.HALT);
  }

  /** Whether someone asked for this run to end. */
  static boolean isHalted(RobustnessRun run) {
    return isTrue(run.getMetadata().getAnnotations(), Labels.HALT);
  }

  private static boolean isTrue(@Nullable Map<String, String> annotations, String name) {
    return annotations != null && "true".equals(annotations.get(name));
  }

  private static List<RobustnessRun> notHalted(TestRuns runs) {
    return runs.underWay().stream().filter(run -> !isHalted(run)).toList();
  }

  private static TestDecision once(
      RobustnessTest test, TestRuns runs, boolean may, List<RobustnessRun> halt) {
    String digest = SpecDigest.of(test);
    boolean made = runs.wasMadeOf(digest) || digest.equals(TestStatuses.before(test).specDigest());
    boolean begin = may && !made && runs.underWay().isEmpty();
    return new TestDecision(
        begin ? Optional.of(number(test, runs)) : Optional.empty(),
        Optional.empty(),
        halt,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static TestDecision continuous(
      RobustnessTest test, TestRuns runs, boolean may, List<RobustnessRun> halt, Instant now) {
    boolean free = may && runs.underWay().isEmpty();
    Optional<Instant> wait = free ? waitAfterErrors(runs) : Optional.empty();
    boolean begin = free && wait.filter(time -> time.isAfter(now)).isEmpty();
    return new TestDecision(
        begin ? Optional.of(number(test, runs)) : Optional.empty(),
        Optional.empty(),
        halt,
        Optional.empty(),
        Optional.empty(),
        begin ? Optional.empty() : wait);
  }

  /** Until when to wait, after the runs at the end that ended in Error. */
  private static Optional<Instant> waitAfterErrors(TestRuns runs) {
    List<RobustnessRun> complete = runs.complete();
    int errors = 0;
    for (int i = complete.size() - 1; i >= 0; i--) {
      RunStatus status = complete.get(i).getStatus();
      if (status == null || status.verdict() != Verdict.Error) {
        break;
      }
      errors++;
    }
    if (errors == 0) {
      return Optional.empty();
    }
    Duration wait = FIRST_WAIT.multipliedBy(1L << Math.min(errors - 1, 10));
    Duration bounded = wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
    return Optional.ofNullable(complete.getLast().getStatus())
        .map(RunStatus::completionTime)
        .flatMap(TestDecision::instant)
        .map(time -> time.plus(bounded));
  }

  private static TestDecision scheduled(
      RobustnessTest test, TestRuns runs, boolean may, List<RobustnessRun> halt, Instant now) {
    TestSpec spec = test.getSpec();
    if (spec.schedule() == null) {
      return new TestDecision(
          Optional.empty(),
          Optional.empty(),
          halt,
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }
    CronSchedule schedule = CronSchedule.parse(spec.schedule());
    ZoneId zone = ZoneId.of(spec.timeZone() == null ? "Etc/UTC" : spec.timeZone());
    Instant last = lastSchedule(test, runs);
    Optional<Instant> due = lastDue(schedule, zone, last, now);
    Optional<Instant> next =
        schedule.next(ZonedDateTime.ofInstant(now, zone)).map(ZonedDateTime::toInstant);
    if (due.isEmpty()) {
      return new TestDecision(
          Optional.empty(), Optional.empty(), halt, Optional.empty(), known(test, runs), next);
    }
    if (!may) {
      return new TestDecision(
          Optional.empty(), Optional.empty(), halt, Optional.empty(), due, next);
    }
    List<RobustnessRun> underWay = runs.underWay();
    if (!underWay.isEmpty()) {
      switch (spec.concurrencyPolicy()) {
        case Forbid -> {
          return new TestDecision(
              Optional.empty(),
              Optional.empty(),
              halt,
              Optional.of(
                  "no run for %s: %s is still under way, and concurrencyPolicy is Forbid"
                      .formatted(due.get(), underWay.getLast().getMetadata().getName())),
              due,
              next);
        }
        case Allow -> {}
        case Replace -> halt = notHalted(runs);
      }
    }
    return new TestDecision(
        Optional.of(number(test, runs)), due, halt, Optional.empty(), due, next);
  }

  /** The last time that was dealt with, or when the test was made. */
  private static Instant lastSchedule(RobustnessTest test, TestRuns runs) {
    return known(test, runs)
        .or(() -> instant(test.getMetadata().getCreationTimestamp()))
        .orElse(Instant.EPOCH);
  }

  /** From the status, and from the runs in case the status could not be written. */
  private static Optional<Instant> known(RobustnessTest test, TestRuns runs) {
    return Stream.concat(
            runs.all().stream()
                .map(run -> run.getMetadata().getAnnotations())
                .filter(annotations -> annotations != null)
                .map(annotations -> annotations.get(Labels.SCHEDULED_AT)),
            Stream.of(TestStatuses.before(test).lastScheduleTime()))
        .flatMap(text -> instant(text).stream())
        .max(Instant::compareTo);
  }

  /** The last time of the schedule behind {@code last} that is not behind {@code now}. */
  private static Optional<Instant> lastDue(
      CronSchedule schedule, ZoneId zone, Instant last, Instant now) {
    for (Duration back : LOOKS_BACK) {
      Instant from = now.minus(back).isAfter(last) ? now.minus(back) : last;
      Optional<ZonedDateTime> found = Optional.empty();
      Optional<ZonedDateTime> time = schedule.next(ZonedDateTime.ofInstant(from, zone));
      while (time.isPresent() && !time.get().toInstant().isAfter(now)) {
        found = time;
        time = schedule.next(time.get());
      }
      if (found.isPresent() || from.equals(last)) {
        return found.map(ZonedDateTime::toInstant);
      }
    }
    return Optional.empty();
  }

  private static long number(RobustnessTest test, TestRuns runs) {
    TestStatus before = TestStatuses.before(test);
    return Math.max(before.runs() == null ? 0 : before.runs(), runs.highest()) + 1;
  }

  private static Optional<Instant> instant(@Nullable String text) {
    try {
      return text == null ? Optional.empty() : Optional.of(Instant.parse(text));
    } catch (DateTimeParseException notOurs) {
      return Optional.empty();
    }
  }
}
