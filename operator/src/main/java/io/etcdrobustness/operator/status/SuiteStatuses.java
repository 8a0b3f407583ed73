package io.etcdrobustness.operator.status;

import io.etcdrobustness.operator.status.Conditions.Times;
import io.etcdrobustness.resource.RobustnessSuite;
import io.etcdrobustness.resource.Status.ConditionType;
import io.etcdrobustness.resource.Status.Phase;
import io.etcdrobustness.resource.Status.Verdict;
import io.etcdrobustness.resource.SuiteStatus;
import io.etcdrobustness.resource.SuiteStatus.Cell;
import io.etcdrobustness.resource.SuiteStatus.Counts;
import io.etcdrobustness.resource.SuiteStatus.NotPassed;
import io.etcdrobustness.resource.SuiteStatus.Round;
import io.etcdrobustness.resource.SuiteStatus.Row;
import io.etcdrobustness.resource.SuiteStatus.Table;
import io.etcdrobustness.resource.TestStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The status of a suite, from its tests and from what it said before.
 *
 * <ul>
 *   <li>A round is what is made of one spec: all combinations with the same tests. Another spec, or
 *       a restart, begins another round and takes back the verdict; tests that stay the same keep
 *       theirs.
 *   <li>The verdict is the worst of the tests'. Failed is told as soon as one has failed, as
 *       nothing can take it back; anything else when all are over.
 *   <li>What was never run, because the suite ended early, makes it Inconclusive at best.
 * </ul>
 */
public final class SuiteStatuses {

  /** A test's name belongs to somebody else. */
  public static final String NAME_TAKEN = "NameTaken";

  /** The worst last. */
  private static final List<Verdict> BY_SEVERITY =
      List.of(Verdict.Passed, Verdict.Inconclusive, Verdict.Error, Verdict.Failed);

  private static final int MOST_NAMES = 3;

  private final RobustnessSuite suite;
  private final SuiteStatus before;
  private final SuiteTests tests;
  private final Optional<Refusal> refusal;
  private final Optional<SuiteTest> failure;
  private final Set<String> taken;
  private final Instant now;
  private final Map<Cell, Integer> cells = new EnumMap<>(Cell.class);
  private final boolean sameRound;
  private final boolean complete;

  private SuiteStatuses(Seen seen) {
    this.suite = seen.suite;
    this.before = before(seen.suite);
    this.tests = seen.tests;
    this.refusal = seen.refusal;
    this.failure = seen.failure;
    this.taken = seen.taken;
    this.now = seen.now;
    for (Cell cell : Cell.values()) {
      cells.put(cell, 0);
    }
    tests.all().forEach(test -> cells.merge(cell(test), 1, Integer::sum));
    this.sameRound = tests.digest().equals(before.digest());
    this.complete = count(Cell.UnderWay) + count(Cell.Waiting) == 0;
  }

  /**
   * What there is to see.
   *
   * @param refusal why no test begins, if that is so
   * @param failure what ends the suite early, if something does
   * @param taken names of its tests that belong to somebody else
   */
  public record Seen(
      RobustnessSuite suite,
      SuiteTests tests,
      Optional<Refusal> refusal,
      Optional<SuiteTest> failure,
      Set<String> taken,
      Instant now) {
    public Seen {
      taken = Set.copyOf(taken);
    }
  }

  /** The status of which nothing is known. */
  public static SuiteStatus before(RobustnessSuite suite) {
    return suite.getStatus() == null
        ? new SuiteStatus(
            null, null, null, null, null, null, null, null, null, null, null, List.of(), null,
            List.of(), List.of())
        : suite.getStatus();
  }

  /** The status that this makes. */
  public static SuiteStatus of(Seen seen) {
    return new SuiteStatuses(seen).status();
  }

  /** The status of a suite that does not keep to the rules: nothing is known of its tests. */
  public static SuiteStatus refused(RobustnessSuite suite, Refusal why, Instant now) {
    SuiteStatus before = before(suite);
    Conditions conditions =
        new Conditions(before.conditions(), now, suite.getMetadata().getGeneration())
            .isFalse(ConditionType.Running, why.reason(), why.message())
            .isFalse(ConditionType.Complete, why.reason(), why.message())
            .isUnknown(ConditionType.Passed, why.reason(), why.message())
            .isTrue(ConditionType.Stalled, why.reason(), why.message());
    return new SuiteStatus(
        suite.getMetadata().getGeneration(),
        null,
        Phase.Pending,
        why.reason(),
        cut(why.message()),
        null,
        null,
        null,
        null,
        null,
        null,
        conditions.all(),
        null,
        List.of(),
        before.history());
  }

  /** How a test stands. */
  private Cell cell(SuiteTest test) {
    Optional<Verdict> verdict = test.verdict();
    if (verdict.isPresent()) {
      return switch (verdict.get()) {
        case Passed -> Cell.Passed;
        case Failed -> Cell.Failed;
        case Inconclusive -> Cell.Inconclusive;
        case Error -> Cell.Error;
      };
    }
    if (test.isUnderWay()) {
      return Cell.UnderWay;
    }
    return failure.isPresent() ? Cell.NotRun : Cell.Waiting;
  }

  private int count(Cell cell) {
    return cells.getOrDefault(cell, 0);
  }

  private SuiteStatus status() {
    Optional<Verdict> verdict = verdict();
    Phase phase = phase();
    List<NotPassed> notPassed = notPassed();
    String reason = reason(verdict, phase);
    String message = message(phase, notPassed);
    Counts counts = counts();
    String startTime = startTime();
    String completionTime = completionTime();
    return new SuiteStatus(
        suite.getMetadata().getGeneration(),
        verdict.orElse(null),
        phase,
        reason,
        cut(message),
        "%d/%d".formatted(over(), tests.all().size()),
        counts,
        seed(),
        tests.digest(),
        startTime,
        completionTime,
        conditions(verdict, phase, reason, message),
        table(),
        notPassed,
        history(verdict, counts, startTime, completionTime));
  }

  private int over() {
    return count(Cell.Passed) + count(Cell.Failed) + count(Cell.Inconclusive) + count(Cell.Error);
  }

  private Optional<Verdict> verdict() {
    List<Verdict> verdicts = new ArrayList<>();
    tests.all().forEach(test -> test.verdict().ifPresent(verdicts::add));
    if (count(Cell.NotRun) > 0) {
      verdicts.add(Verdict.Inconclusive);
    }
    return verdicts.stream()
        .max(Comparator.comparingInt(BY_SEVERITY::indexOf))
        .filter(worst -> complete || worst == Verdict.Failed);
  }

  private Phase phase() {
    if (complete) {
      return Phase.Complete;
    }
    if (count(Cell.UnderWay) > 0) {
      return Phase.Running;
    }
    return suite.getSpec().suspend() ? Phase.Suspended : Phase.Pending;
  }

  private String reason(Optional<Verdict> verdict, Phase phase) {
    if (refusal.isPresent()) {
      return refusal.get().reason();
    }
    if (!taken.isEmpty()) {
      return NAME_TAKEN;
    }
    if (verdict.isPresent()) {
      return switch (verdict.get()) {
        case Passed -> "AllPassed";
        case Failed -> "TestFailed";
        case Error -> "TestInError";
        case Inconclusive -> "TestInconclusive";
      };
    }
    return phase == Phase.Running ? "UnderWay" : phase.name();
  }

  private String message(Phase phase, List<NotPassed> notPassed) {
    if (refusal.isPresent()) {
      return refusal.get().message();
    }
    if (!taken.isEmpty()) {
      List<String> some = taken.stream().sorted().map(name -> "rt/" + name).toList();
      return "%s%s: of that name there is a test that is not this suite's; delete it, or give the suite another name"
          .formatted(
              String.join(", ", some.subList(0, Math.min(MOST_NAMES, some.size()))),
              some.size() > MOST_NAMES ? " and " + (some.size() - MOST_NAMES) + " more" : "");
    }
    String how =
        complete
            ? "%d of %d tests passed".formatted(count(Cell.Passed), tests.all().size())
            : "%d of %d tests are over, %d under way"
                .formatted(over(), tests.all().size(), count(Cell.UnderWay));
    if (phase == Phase.Suspended) {
      how += "; suspend is true, so none begins";
    }
    if (failure.isPresent()) {
      how += "; failFast: %s ended the others".formatted(failure.get().combination().inWords());
    }
    return notPassed.isEmpty()
        ? how
        : how + "; %s is %s".formatted(notPassed.getFirst().combination(), inWords(notPassed));
  }

  private static String inWords(List<NotPassed> notPassed) {
    NotPassed worst = notPassed.getFirst();
    return worst.message() == null
        ? worst.verdict().name()
        : worst.verdict() + ": " + worst.message();
  }

  private Counts counts() {
    return new Counts(
        count(Cell.Passed),
        count(Cell.Failed),
        count(Cell.Inconclusive),
        count(Cell.Error),
        count(Cell.UnderWay),
        count(Cell.Waiting),
        count(Cell.NotRun));
  }

  /** The one that all tests have which have none of their own. */
  private @Nullable Long seed() {
    return tests.all().stream()
        .filter(test -> test.combination().spec().seed() == null)
        .findFirst()
        .map(test -> test.wanted().getSpec().seed())
        .orElse(null);
  }

  private @Nullable String startTime() {
    if (sameRound && before.startTime() != null) {
      return before.startTime();
    }
    return count(Cell.Waiting) < tests.all().size() ? Times.text(now) : null;
  }

  private @Nullable String completionTime() {
    if (!complete) {
      return null;
    }
    return sameRound && before.completionTime() != null ? before.completionTime() : Times.text(now);
  }

  private List<io.etcdrobustness.resource.Status.Condition> conditions(
      Optional<Verdict> verdict, Phase phase, String reason, String message) {
    Conditions conditions =
        new Conditions(before.conditions(), now, suite.getMetadata().getGeneration());
    int underWay = count(Cell.UnderWay);
    if (underWay > 0) {
      conditions.isTrue(ConditionType.Running, "UnderWay", underWay + " tests are under way");
    } else {
      conditions.isFalse(ConditionType.Running, "NothingUnderWay", "no test is under way");
    }
    if (complete) {
      conditions.isTrue(ConditionType.Complete, "TestsCompleted", "all tests are over");
    } else {
      conditions.isFalse(ConditionType.Complete, phase.name(), "not all tests are over");
    }
    conditions.with(
        ConditionType.Passed, RunStatuses.passed(verdict.orElse(null)), reason, message);
    if (refusal.filter(Refusal::stalled).isPresent() || !taken.isEmpty()) {
      conditions.isTrue(ConditionType.Stalled, reason, message);
    }
    return conditions.all();
  }

  private Table table() {
    List<Row> rows = new ArrayList<>();
    Map<String, Map<String, Cell>> byPlace = new HashMap<>();
    for (SuiteTest test : tests.all()) {
      byPlace
          .computeIfAbsent(test.combination().etcd(), _ -> new HashMap<>())
          .put(test.combination().others(), cell(test));
    }
    for (String etcd : tests.rows()) {
      Map<String, Cell> row = byPlace.getOrDefault(etcd, Map.of());
      rows.add(
          new Row(
              etcd,
              tests.columns().stream()
                  .map(column -> row.getOrDefault(column, Cell.Excluded))
                  .toList()));
    }
    return new Table(
        tests.columns().stream().map(column -> column.isEmpty() ? "verdict" : column).toList(),
        rows);
  }

  /** The worst first, and among the same in the order of the combinations. */
  private List<NotPassed> notPassed() {
    Map<String, NotPassed> known = new HashMap<>();
    if (sameRound) {
      before.notPassed().forEach(one -> known.put(one.test(), one));
    }
    List<NotPassed> all = new ArrayList<>();
    for (SuiteTest test : tests.all()) {
      Optional<Verdict> verdict = test.verdict();
      if (verdict.isPresent() && verdict.get() != Verdict.Passed) {
        Optional<TestStatus> status = test.there().map(there -> there.getStatus());
        all.add(
            status
                .map(now ->
                    new NotPassed(
                        test.name(),
                        test.combination().inWords(),
                        verdict.get(),
                        now.currentRun(),
                        now.message()))
                // The test is gone; what was told of it stays.
                .or(() -> Optional.ofNullable(known.get(test.name())))
                .orElseGet(() ->
                    new NotPassed(
                        test.name(),
                        test.combination().inWords(),
                        verdict.get(),
                        null,
                        "the test is gone")));
      }
    }
    all.sort(
        Collections.reverseOrder(
            Comparator.comparingInt(one -> BY_SEVERITY.indexOf(one.verdict()))));
    return all;
  }

  private List<Round> history(
      Optional<Verdict> verdict,
      Counts counts,
      @Nullable String startTime,
      @Nullable String completionTime) {
    List<Round> history = new ArrayList<>(before.history());
    if (!complete || verdict.isEmpty()) {
      return history;
    }
    // A test that was restarted by itself ends the same round once more.
    if (!history.isEmpty() && history.getLast().digest().equals(tests.digest())) {
      history.removeLast();
    }
    history.add(new Round(tests.digest(), verdict.get(), counts, startTime, completionTime));
    return history;
  }

  private static String cut(String text) {
    int most = io.etcdrobustness.resource.Status.MOST_TEXT;
    return text.length() <= most ? text : text.substring(0, most - 1) + "…";
  }
}
