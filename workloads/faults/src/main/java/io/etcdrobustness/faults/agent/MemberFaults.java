package io.etcdrobustness.faults.agent;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.faults.Agent.Proof;
import io.etcdrobustness.faults.process.Exit;
import io.etcdrobustness.faults.process.MemberProcess;
import io.etcdrobustness.faults.process.ProcessStatus;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Kills and pauses of one member, and how they compose.
 *
 * <p>What the member should be is a function of the faults that are in force: down while there is
 * any kill, stopped while there is any pause, running otherwise. So two pauses end with the later
 * one, and a member that is killed while paused is stopped again when it is started within the
 * pause. Everything here runs on the agent's loop.
 */
final class MemberFaults {

  private static final Duration SAMPLE = Duration.ofMillis(20);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(1);
  private static final int LOOKS = 2_000;

  private final Scheduler scheduler;
  private final MemberProcess process;
  private final Supplier<CompletionStage<Optional<ProcessStatus>>> restart;
  private final Set<OngoingFault> kills = new LinkedHashSet<>();
  private final Set<OngoingFault> pauses = new LinkedHashSet<>();

  /** Of a member that is to run whenever no fault keeps it down. */
  MemberFaults(Scheduler scheduler, MemberProcess process) {
    this.scheduler = scheduler;
    this.process = process;
    this.restart = () -> start().thenApply(Optional::of);
  }

  /**
   * Of a member that somebody else keeps.
   *
   * @param restart starts it at the end of a kill, by {@link #start}, or gives nothing if it is not
   *     to run any more
   */
  MemberFaults(
      Scheduler scheduler,
      MemberProcess process,
      Supplier<CompletionStage<Optional<ProcessStatus>>> restart) {
    this.scheduler = scheduler;
    this.process = process;
    this.restart = restart;
  }

  OngoingFault kill() {
    return new Killed();
  }

  OngoingFault pause() {
    return new Paused();
  }

  /** Whether the member is down because a fault wants it so. */
  boolean keepDown() {
    return !kills.isEmpty();
  }

  /** Starts the member, and stops it again if a pause is in force. */
  CompletionStage<ProcessStatus> start() {
    return onLoop(process.start())
        .thenCompose(started ->
            pauses.isEmpty()
                ? CompletableFuture.completedFuture(started)
                : onLoop(process.pause()));
  }

  private final class Killed implements OngoingFault {

    private Optional<Exit> exit = Optional.empty();

    @Override
    public CompletionStage<Void> begin() {
      boolean alreadyDown = keepDown();
      kills.add(this);
      return onLoop(process.kill())
          .handle((seen, failure) -> {
            if (failure == null) {
              exit = Optional.of(seen);
            } else if (!alreadyDown) {
              kills.remove(this);
              throw new IllegalStateException(failure.getMessage(), failure);
            }
            return null;
          });
    }

    @Override
    public CompletionStage<Proof> end() {
      kills.remove(this);
      if (keepDown()) {
        return CompletableFuture.completedFuture(
            new Proof(false, "another kill was in force before it and lasts longer"));
      }
      return onLoop(restart.get())
          .thenApply(started -> started.map(this::proof).orElseGet(this::proofOfOneThatStaysDown));
    }

    private Proof proofOfOneThatStaysDown() {
      return exit.map(seen ->
              new Proof(
                  seen.bySignal(Exit.KILL),
                  seen.inWords() + ", it was stopped meanwhile and stays down"))
          .orElseGet(
              () -> new Proof(false, process.member() + " was already down, by another kill"));
    }

    private Proof proof(ProcessStatus started) {
      if (exit.isEmpty()) {
        return new Proof(
            false, process.member() + " was already down, by another kill; it was started again");
      }
      Exit seen = exit.get();
      boolean another =
          started.pid() != seen.process().pid()
              || started.startTicks() != seen.process().startTicks();
      return new Proof(
          seen.bySignal(Exit.KILL) && another,
          "%s, started again as pid %d".formatted(seen.inWords(), started.pid()));
    }
  }

  private final class Paused implements OngoingFault {

    private Optional<ProcessStatus> lastSample = Optional.empty();
    private long lastSampleAt;
    private long stoppedFor;
    private long stoppedPid;
    private Scheduler.Timer sampling = () -> {};

    @Override
    public CompletionStage<Void> begin() {
      pauses.add(this);
      sample();
      if (keepDown() || process.status().filter(ProcessStatus::stopped).isPresent()) {
        return CompletableFuture.completedFuture(null);
      }
      return onLoop(process.pause())
          .thenCompose(sent -> awaitState(true))
          .handle((seen, failure) -> {
            if (failure != null) {
              pauses.remove(this);
              sampling.cancel();
              if (pauses.isEmpty()) {
                // A SIGSTOP that is only late must not outlive a fault that was given up; that
                // there may be nobody to continue is what the failure says.
                var _ = process.resume();
              }
              throw new IllegalStateException(failure.getMessage(), failure);
            }
            sampling.cancel();
            sample();
            return null;
          });
    }

    @Override
    public CompletionStage<Proof> end() {
      sampling.cancel();
      if (pauses.remove(this)) {
        takeSample();
      }
      boolean stopped = process.status().filter(ProcessStatus::stopped).isPresent();
      if (!pauses.isEmpty() || !stopped) {
        return CompletableFuture.completedFuture(proof());
      }
      return onLoop(process.resume())
          .thenCompose(sent -> awaitState(false))
          .thenApply(seen -> proof());
    }

    private Proof proof() {
      return stoppedFor > 0
          ? new Proof(
              true, "pid %d was in state T for %.3f s".formatted(stoppedPid, stoppedFor / 1e9))
          : new Proof(false, process.member() + " was never seen in state T");
    }

    /** Samples now and from time to time, so that only time between two sights of T counts. */
    private void sample() {
      takeSample();
      sampling = scheduler.after(SAMPLE, this::sample);
    }

    private void takeSample() {
      long now = scheduler.now();
      Optional<ProcessStatus> sample = process.status().filter(ProcessStatus::stopped);
      if (sample.isPresent() && sample.equals(lastSample)) {
        stoppedFor += now - lastSampleAt;
        stoppedPid = sample.get().pid();
      }
      lastSample = sample;
      lastSampleAt = now;
    }
  }

  /** Completes when the member is seen stopped, or not stopped (which includes gone). */
  private CompletionStage<Void> awaitState(boolean stopped) {
    CompletableFuture<Void> seen = new CompletableFuture<>();
    look(stopped, LOOKS, seen);
    return seen;
  }

  private void look(boolean stopped, int left, CompletableFuture<Void> seen) {
    if (process.status().filter(ProcessStatus::stopped).isPresent() == stopped) {
      seen.complete(null);
    } else if (left == 0) {
      seen.completeExceptionally(
          new IllegalStateException(
              "%s was sent SIG%s, but is %s in state T; process 1 of a container ignores SIGSTOP: it"
                      .formatted(
                          process.member(), stopped ? "STOP" : "CONT", stopped ? "not" : "still")
                  + " needs a shared process namespace"));
    } else {
      scheduler.after(LOOK_AGAIN, () -> look(stopped, left - 1, seen));
    }
  }

  private <T> CompletableFuture<T> onLoop(CompletionStage<T> stage) {
    return stage.toCompletableFuture().thenApplyAsync(value -> value, scheduler::execute);
  }
}
