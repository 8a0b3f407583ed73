package io.etcdrobustness.operator.runner;

import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.faults.FaultInEffect;
import io.etcdrobustness.faults.FaultPlan;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.resource.Status.FaultCount;
import io.etcdrobustness.resource.Status.Windows;
import io.etcdrobustness.runs.PassingOn;
import io.etcdrobustness.runs.RunListener;
import io.etcdrobustness.runs.upgrade.StepResult;
import io.etcdrobustness.runs.windows.WindowRow;
import io.etcdrobustness.runs.windows.WindowStanding;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is known of a run while it goes, in bounded memory: told from the run's threads, asked by
 * the one that writes the status.
 */
final class RunTally implements PassingOn {

  private final Map<String, Counts> faults = new TreeMap<>();
  private final Map<String, String> versions = new TreeMap<>();
  private final RunListener next;
  private Optional<Phase.Name> phase = Optional.empty();
  private Optional<Progress> progress = Optional.empty();
  private Optional<String> upgrade = Optional.empty();
  private final boolean continuous;
  private final InstantSource clock;
  private Optional<WindowProgress> windows = Optional.empty();
  private WindowStanding standing;
  private List<Finding> found;
  private Optional<Instant> checked = Optional.empty();
  private boolean judging;
  private long answered;
  private long leaderChanges;

  private static final class Counts {
    long planned;
    long confirmed;
    long skipped;
    long notObserved;
    Optional<String> reason = Optional.empty();
  }

  /**
   * A tally of nothing.
   *
   * @param plan tells how many faults of each kind are to come
   * @param next is told everything, too
   */
  RunTally(FaultPlan plan, RunListener next) {
    this(false, List.of(), WindowStanding.NONE, InstantSource.system(), next);
    plan.injections().forEach(injection -> counts(injection.fault().type().name()).planned++);
  }

  private RunTally(
      boolean continuous,
      List<Finding> found,
      WindowStanding standing,
      InstantSource clock,
      RunListener next) {
    this.continuous = continuous;
    this.found = List.copyOf(found);
    this.standing = standing;
    this.clock = clock;
    this.next = next;
  }

  /**
   * A tally of a continuous run, of which nobody knows how many faults are to come.
   *
   * @param found of each property until now
   * @param standing of its windows until now
   * @param clock the date
   * @param next is told everything, too
   */
  static RunTally ofWindows(
      List<Finding> found, WindowStanding standing, InstantSource clock, RunListener next) {
    return new RunTally(true, found, standing, clock, next);
  }

  private Counts counts(String type) {
    return faults.computeIfAbsent(type, _ -> new Counts());
  }

  @Override
  public RunListener next() {
    return next;
  }

  @Override
  public void progress(Progress now) {
    synchronized (this) {
      progress = Optional.of(now);
    }
    next.progress(now);
  }

  @Override
  public void windows(WindowProgress now) {
    synchronized (this) {
      windows = Optional.of(now);
    }
    next.windows(now);
  }

  @Override
  public void found(List<Finding> inWindow, List<Finding> inRun) {
    synchronized (this) {
      found = List.copyOf(inRun);
    }
    next.found(inWindow, inRun);
  }

  @Override
  public void windowJudged(WindowRow window, WindowStanding now) {
    synchronized (this) {
      standing = now;
      checked = Optional.of(clock.instant());
    }
    next.windowJudged(window, now);
  }

  @Override
  public void upgraded(StepResult step, String sentence) {
    synchronized (this) {
      upgrade = Optional.of(sentence);
    }
    next.upgraded(step, sentence);
  }

  @Override
  public void judged(Finding finding) {
    synchronized (this) {
      judging = true;
    }
    next.judged(finding);
  }

  @Override
  public void recorded(Entry entry) {
    count(entry);
    next.recorded(entry);
  }

  private synchronized void count(Entry entry) {
    switch (entry) {
      // What a continuous run does at the end of a window is no phase of its own.
      case Phase entered -> phase = Optional.of(continuous ? Phase.Name.TRAFFIC : entered.name());
      case Operation operation -> {
        if (operation.outcome() instanceof Outcome.Ok) {
          answered++;
        }
      }
      case FaultWindow window -> count(window);
      case MemberEvent event -> {
        if (event.kind() == MemberEvent.Kind.LEADER) {
          leaderChanges++;
        } else if (event.kind() == MemberEvent.Kind.VERSION) {
          versions.put(event.member(), event.detail());
        }
      }
      default -> {}
    }
  }

  private void count(FaultWindow window) {
    Counts counts = counts(window.kind());
    counts.planned += continuous ? 1 : 0;
    switch (window.result()) {
      case CONFIRMED -> counts.confirmed++;
      case NOT_OBSERVED -> counts.notObserved++;
      case SKIPPED -> {
        counts.skipped++;
        counts.reason = Optional.of(window.proof());
      }
    }
  }

  /** The phase that the run is in; empty while its cluster starts. */
  synchronized Optional<Phase.Name> phase() {
    return phase;
  }

  /** Whether properties are being judged. */
  synchronized boolean judging() {
    return judging || phase.equals(Optional.of(Phase.Name.END));
  }

  /** How the windows stand; empty if the run has none. */
  synchronized Optional<Windows> windows() {
    return continuous
        ? Optional.of(
            new Windows(
                (long) standing.judged(),
                (long) standing.passed(),
                (long) standing.failed(),
                (long) standing.undecided(),
                (long) standing.resumed(),
                windows.map(now -> now.lag().toSeconds()).orElse(0L),
                checked.map(time -> time.truncatedTo(ChronoUnit.SECONDS).toString()).orElse(null)))
        : Optional.empty();
  }

  /** What was found of each property in the windows that are judged. */
  synchronized List<Finding> found() {
    return found;
  }

  /** Seconds of traffic that are over, of all. */
  synchronized Optional<String> progress() {
    return progress.map(now ->
        "%d/%d"
            .formatted(
                Math.min(seconds(now.elapsed()), seconds(now.total())), seconds(now.total())));
  }

  private static long seconds(Duration duration) {
    return duration.toSeconds();
  }

  /** The last step of the upgrade that is over, in a sentence; empty before the first. */
  synchronized Optional<String> upgrade() {
    return upgrade;
  }

  /** The releases that members are of now, each once; none while the cluster starts. */
  synchronized List<String> versions() {
    return versions.values().stream().distinct().sorted().toList();
  }

  synchronized List<FaultInEffect> faultsInEffect() {
    return progress.map(Progress::faults).orElse(List.of());
  }

  synchronized long answered() {
    return answered;
  }

  /** Elections after the first one. */
  synchronized long leaderChanges() {
    return Math.max(0, leaderChanges - 1);
  }

  /** Confirmed faults of planned ones. */
  synchronized String confirmed() {
    long confirmed = faults.values().stream().mapToLong(counts -> counts.confirmed).sum();
    long planned = faults.values().stream().mapToLong(counts -> counts.planned).sum();
    return confirmed + "/" + planned;
  }

  synchronized List<FaultCount> faults() {
    List<FaultCount> all = new ArrayList<>();
    faults.forEach((type, counts) ->
        all.add(
            new FaultCount(
                type,
                counts.planned,
                counts.confirmed,
                counts.skipped,
                counts.notObserved,
                counts.reason.orElse(null))));
    return all;
  }
}
