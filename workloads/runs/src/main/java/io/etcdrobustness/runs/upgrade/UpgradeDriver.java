package io.etcdrobustness.runs.upgrade;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.faults.FaultDriver;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Recorder;
import io.etcdrobustness.runs.upgrade.StepResult.State;
import io.etcdrobustness.runs.upgrade.UpgradeStep.AllowDowngrade;
import io.etcdrobustness.runs.upgrade.UpgradeStep.Change;
import io.etcdrobustness.runs.upgrade.UpgradeStep.Hold;
import io.etcdrobustness.runs.upgrade.UpgradeStep.Settle;
import io.etcdrobustness.spec.Release;
import io.etcdrobustness.traffic.EtcdVersions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Carries out an {@link UpgradePlan} while traffic and faults go on: one step after the other, one
 * member at a time.
 *
 * <pre>
 *   Change:  CLEARING ──the others serve, the fault driver lends the member──▶ CHANGING
 *            CHANGING ──started with the new release──▶ SERVING ──it answers──▶ next step
 *   Hold:    its time
 *   AllowDowngrade: ask until it is granted once, then until every member's data is ready
 *   Settle:  until every member tells that the cluster is of the new version as a whole
 * </pre>
 *
 * <p>What holds: no step begins on a member that a kill, a pause or a cut hits; a member that is
 * down for its change, and those that faults have away, are together never more than the cluster
 * can spare; a member under change is hit by no kill and no pause (see {@link
 * FaultDriver#reserve}). A step that is not over within its bound ends the upgrade there: the
 * cluster stays as it is, a member that did not come back counts as away to the end, the run goes
 * on, and {@link #unfinished} tells. What is asked in vain is asked again after a moment, and the
 * last answer is kept for that.
 *
 * <p>All of it runs on the scheduler's loop.
 */
public final class UpgradeDriver {

  private static final Duration AGAIN = Duration.ofMillis(200);

  /** A step of processes takes seconds; where images are pulled, and pods restarted, a minute. */
  private static final Duration STEP_MOST = Duration.ofMinutes(3);

  private final UpgradePlan plan;
  private final List<String> members;
  private final BiFunction<String, Release, CompletionStage<Void>> changes;
  private final EtcdVersions versions;
  private final FaultDriver faults;
  private final Scheduler scheduler;
  private final Recorder recorder;
  private final BiConsumer<StepResult, String> told;

  private final List<StepResult> over = new ArrayList<>();
  private final CompletableFuture<Void> quiet = new CompletableFuture<>();
  private Phase phase = Phase.NOT_BEGUN;
  private boolean held;
  private Optional<Runnable> parked = Optional.empty();
  private CompletableFuture<Void> atRest = CompletableFuture.completedFuture(null);
  private long begun;
  private long stepStart;
  private String lastAnswer = "";
  private boolean granted;

  private enum Phase {
    NOT_BEGUN,
    BETWEEN_STEPS,
    CLEARING,
    CHANGING,
    /** As {@link #CHANGING}, but the run has ended. */
    ABANDONED,
    WAITING,
    OVER
  }

  /**
   * A driver that has not begun.
   *
   * @param changes changes a member's version; completes when it was started, fails if the
   *     environment does not let it
   * @param told is told of each step that is over, with a sentence for people
   */
  public UpgradeDriver(
      UpgradePlan plan,
      List<String> members,
      BiFunction<String, Release, CompletionStage<Void>> changes,
      EtcdVersions versions,
      FaultDriver faults,
      Scheduler scheduler,
      Recorder recorder,
      BiConsumer<StepResult, String> told) {
    this.plan = plan;
    this.members = List.copyOf(members);
    this.changes = changes;
    this.versions = versions;
    this.faults = faults;
    this.scheduler = scheduler;
    this.recorder = recorder;
    this.told = told;
  }

  /** Begins: the plan's time counts from now. To be called on the loop. */
  public void start() {
    begun = scheduler.now();
    phase = Phase.BETWEEN_STEPS;
    scheduler.after(plan.at(), this::next);
  }

  /**
   * Begins no more steps. To be called on the loop.
   *
   * @return completes on the loop when no member is under change any more
   */
  public CompletionStage<Void> stop() {
    switch (phase) {
      case CHANGING -> {
        cutShort();
        phase = Phase.ABANDONED;
      }
      case ABANDONED -> {
        // It completes when the change does.
      }
      case NOT_BEGUN, BETWEEN_STEPS, CLEARING, WAITING, OVER -> {
        if (phase != Phase.OVER) {
          cutShort();
        }
        quiet.complete(null);
      }
    }
    return quiet;
  }

  /**
   * Takes no more members down until {@link #goOn}; steps that take none down go on. To be called
   * on the loop.
   *
   * @return completes on the loop when no member is under change any more
   */
  public CompletionStage<Void> hold() {
    held = true;
    atRest = new CompletableFuture<>();
    if (!isUnderChange()) {
      atRest.complete(null);
    }
    return atRest;
  }

  /** Goes on after {@link #hold}. To be called on the loop. */
  public void goOn() {
    held = false;
    Optional<Runnable> step = parked;
    parked = Optional.empty();
    step.ifPresent(Runnable::run);
  }

  private boolean isUnderChange() {
    return phase == Phase.CHANGING
        || phase == Phase.ABANDONED
        || (phase == Phase.WAITING && step() instanceof Change);
  }

  /** What became of each step so far; those that have not begun too. */
  public List<StepResult> results() {
    List<StepResult> results = new ArrayList<>(over);
    for (int i = over.size(); i < plan.steps().size(); i++) {
      results.add(new StepResult(plan.steps().get(i).inWords(), State.NOT_BEGUN, -1, -1, ""));
    }
    return results;
  }

  /** Why the upgrade was not carried out to its end, in a sentence; empty if it was. */
  public Optional<String> unfinished() {
    List<StepResult> results = results();
    for (int i = 0; i < results.size(); i++) {
      StepResult result = results.get(i);
      String what = "step %d of %d, %s,".formatted(i + 1, results.size(), result.step());
      switch (result.state()) {
        case DONE -> {}
        case FAILED -> {
          return Optional.of(
              "the upgrade did not come to its end: %s did not: %s"
                  .formatted(what, result.detail()));
        }
        case ERROR -> {
          return Optional.of(
              "the upgrade did not come to its end: %s could not be done: %s"
                  .formatted(what, result.detail()));
        }
        case CUT_SHORT -> {
          return Optional.of(
              "the upgrade did not come to its end: the time was over %.1f s after %s had begun%s; write a longer duration"
                  .formatted(
                      (result.end() - result.start()) / 1e9,
                      what,
                      result.detail().isEmpty() ? "" : " (" + result.detail() + ")"));
        }
        case NOT_BEGUN -> {
          return Optional.of(
              "the upgrade did not come to its end: the time was over before %s; write a longer duration"
                  .formatted(what));
        }
      }
    }
    return Optional.empty();
  }

  private void next() {
    if (phase == Phase.OVER) {
      return;
    }
    if (over.size() == plan.steps().size()) {
      phase = Phase.OVER;
      return;
    }
    if (held && step() instanceof Change) {
      parked = Optional.of(this::next);
      return;
    }
    stepStart = scheduler.now();
    lastAnswer = "";
    granted = false;
    switch (step()) {
      case Change change -> clear(change);
      case Hold hold -> {
        phase = Phase.WAITING;
        scheduler.after(hold.time(), () -> done(hold));
      }
      case AllowDowngrade way -> {
        phase = Phase.WAITING;
        awaitWayBack(way);
      }
      case Settle settle -> {
        phase = Phase.WAITING;
        await(settle, () -> all(members, member -> versions.hasSettledOn(member, settle.on())));
      }
    }
  }

  private UpgradeStep step() {
    return plan.steps().get(over.size());
  }

  private void clear(Change change) {
    phase = Phase.CLEARING;
    List<String> others = members.stream().filter(m -> !m.equals(change.member())).toList();
    ask(
        change,
        () -> all(others, versions::serves),
        () -> {
          if (held) {
            parked = Optional.of(this::next);
            return;
          }
          Optional<String> inTheWay =
              faults.reserve(
                  change.member(),
                  "%s is on its way from %s to %s"
                      .formatted(change.member(), change.from(), change.to()));
          if (inTheWay.isEmpty()) {
            change(change);
          } else {
            lastAnswer = inTheWay.get();
            again(change, () -> clear(change));
          }
        },
        () -> clear(change));
  }

  private void change(Change change) {
    phase = Phase.CHANGING;
    CompletionStage<Void> started;
    try {
      started = changes.apply(change.member(), change.to());
    } catch (RuntimeException failure) {
      started = CompletableFuture.failedFuture(failure);
    }
    lastAnswer = "it was not started again";
    var _ = started.whenComplete((_, failure) -> scheduler.execute(() -> changed(change, failure)));
    int step = over.size();
    scheduler.after(
        STEP_MOST,
        () -> {
          if (phase == Phase.CHANGING && over.size() == step) {
            ended(change, State.ERROR);
          }
        });
  }

  private void changed(Change change, @Nullable Throwable failure) {
    if (failure == null) {
      ran(change);
    }
    if (phase == Phase.ABANDONED) {
      if (failure != null) {
        StepResult cutShort = over.removeLast();
        over.add(
            new StepResult(
                cutShort.step(), State.ERROR, cutShort.start(), cutShort.end(), words(failure)));
      }
      phase = Phase.OVER;
      atRest.complete(null);
      quiet.complete(null);
    } else if (phase == Phase.CHANGING && failure != null) {
      lastAnswer = words(failure);
      ended(change, State.ERROR);
    } else if (phase == Phase.CHANGING) {
      phase = Phase.WAITING;
      await(change, () -> versions.serves(change.member()));
    }
  }

  private void ran(Change change) {
    recorder.record(
        new MemberEvent(
            change.member(),
            MemberEvent.Kind.VERSION,
            0,
            0,
            change.to().toString(),
            true,
            scheduler.now()));
  }

  /** Asks until it is granted; a grant whose answer was lost is seen in the members' data. */
  private void awaitWayBack(AllowDowngrade way) {
    ask(
        way,
        () -> all(members, member -> versions.keepsDataFor(member, way.to())),
        () -> done(way),
        () -> {
          if (granted) {
            awaitWayBack(way);
          } else {
            String notReady = lastAnswer;
            ask(
                way,
                () -> versions.allowDowngrade(members.getFirst(), way.to()),
                () -> {
                  granted = true;
                  lastAnswer = notReady;
                  again(way, () -> awaitWayBack(way));
                },
                () -> awaitWayBack(way));
          }
        });
  }

  private void await(UpgradeStep step, Supplier<CompletionStage<Void>> question) {
    ask(step, question, () -> done(step), () -> await(step, question));
  }

  /** Asks once; after a no, a moment later, {@code otherwise} unless the step's bound is over. */
  private void ask(
      UpgradeStep step,
      Supplier<CompletionStage<Void>> question,
      Runnable yes,
      Runnable otherwise) {
    var _ =
        question
            .get()
            .whenComplete((_, no) ->
                scheduler.execute(() -> {
                  if (phase == Phase.OVER) {
                    return;
                  }
                  if (no == null) {
                    yes.run();
                  } else {
                    lastAnswer = words(no);
                    again(step, otherwise);
                  }
                }));
  }

  private void again(UpgradeStep step, Runnable question) {
    if (scheduler.now() - stepStart >= STEP_MOST.toNanos()) {
      ended(step, State.FAILED);
    } else {
      scheduler.after(
          AGAIN,
          () -> {
            if (phase != Phase.OVER) {
              question.run();
            }
          });
    }
  }

  private static CompletionStage<Void> all(
      List<String> members, Function<String, CompletionStage<Void>> question) {
    return CompletableFuture.allOf(
        members.stream()
            .map(member -> question.apply(member).toCompletableFuture())
            .toArray(CompletableFuture<?>[]::new));
  }

  private void done(UpgradeStep step) {
    if (phase == Phase.OVER) {
      return;
    }
    if (step instanceof Change change) {
      faults.release(change.member());
    }
    long now = scheduler.now();
    StepResult done = new StepResult(step.inWords(), State.DONE, stepStart, now, "");
    over.add(done);
    phase = Phase.BETWEEN_STEPS;
    atRest.complete(null);
    told.accept(
        done,
        "upgrade, step %d of %d, at %.1f s: %s, done in %.1f s"
            .formatted(
                over.size(),
                plan.steps().size(),
                (now - begun) / 1e9,
                step.inWords(),
                (now - stepStart) / 1e9));
    next();
  }

  /** Ends the upgrade; a member that was taken down and did not come back stays reserved. */
  private void ended(UpgradeStep step, State how) {
    StepResult result = new StepResult(step.inWords(), how, stepStart, scheduler.now(), lastAnswer);
    over.add(result);
    phase = Phase.OVER;
    atRest.complete(null);
    told.accept(result, unfinished().orElseThrow());
  }

  /** The step that is under way, if there is one, ends with the run. */
  private void cutShort() {
    boolean underWay = phase != Phase.NOT_BEGUN && phase != Phase.BETWEEN_STEPS;
    if (underWay) {
      over.add(
          new StepResult(
              step().inWords(), State.CUT_SHORT, stepStart, scheduler.now(), lastAnswer));
    }
    phase = Phase.OVER;
  }

  private static String words(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    String message = cause.getMessage();
    return message == null ? cause.toString() : message;
  }
}
