package io.etcdrobustness.runs.vm;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.faults.Agent.Proof;
import io.etcdrobustness.faults.agent.OngoingFault;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Faults of one member's process, as they compose: it is down while anything keeps it down, stopped
 * while anything stops it, and runs otherwise.
 */
final class MemberSignals {

  private static final Duration LOOK_AGAIN = Duration.ofMillis(1);
  private static final int LOOKS = 100;
  private static final int SHORTEST_BEAT = 20;
  private static final int LONGEST_BEAT = 100;

  private final GuestMember member;
  private final Scheduler scheduler;
  private final InTurn turn;
  private final Supplier<CompletionStage<Void>> moment;
  private final Set<Object> downs = new LinkedHashSet<>();
  private final Set<Object> stops = new LinkedHashSet<>();

  /**
   * Of a member that nothing troubles.
   *
   * @param moment completes when a kill is to strike, once it may
   */
  MemberSignals(
      GuestMember member,
      Scheduler scheduler,
      InTurn turn,
      Supplier<CompletionStage<Void>> moment) {
    this.member = member;
    this.scheduler = scheduler;
    this.turn = turn;
    this.moment = moment;
  }

  OngoingFault kill() {
    return new Killed();
  }

  OngoingFault pause() {
    return new Paused();
  }

  /**
   * Stops and continues in a rhythm.
   *
   * @param share percent of the time in which it runs
   */
  OngoingFault starve(int share, long draw) {
    return new Starved(share, draw);
  }

  /** Whether something keeps it down. */
  boolean isKeptDown() {
    return !downs.isEmpty();
  }

  /** Whether something stops it. */
  boolean isStopped() {
    return !stops.isEmpty();
  }

  /**
   * Does something in the moment in which what ends a member is to strike. It is waited for out of
   * turn, so that the fault before this one can end meanwhile.
   */
  <T> CompletionStage<T> strike(Supplier<CompletionStage<T>> step) {
    return moment.get().thenCompose(_ -> turn.run(step));
  }

  /**
   * Keeps it down from now on. To be called in turn.
   *
   * @return the status with which it ended; empty if it was down
   */
  CompletionStage<Optional<Integer>> down(Object who) {
    downs.add(who);
    if (!member.isRunning()) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    CompletionStage<Integer> ended = member.ended();
    return member
        .signal(GuestMember.KILL)
        .handle((_, failure) -> {
          // Whoever ended by itself in this very turn is told to be gone before it is told to end.
          boolean sent =
              failure == null
                  || RefusedException.errno(failure).equals(Optional.of(Errno.NO_PROCESS));
          return sent ? ended : CompletableFuture.<Integer>failedFuture(failure);
        })
        .thenCompose(status -> status)
        .handle((status, failure) -> {
          if (failure != null) {
            downs.remove(who);
            throw new IllegalStateException(failure.getMessage(), failure);
          }
          return Optional.of(status);
        });
  }

  /**
   * Keeps it down no longer, and starts it unless something else does. To be called in turn.
   *
   * @return the process's number; empty if it stays down
   */
  CompletionStage<Optional<Integer>> up(Object who) {
    downs.remove(who);
    if (!downs.isEmpty() || !member.hasDisk()) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    boolean running = member.isRunning();
    return member
        .start()
        .thenCompose(pid ->
            running || stops.isEmpty()
                ? CompletableFuture.completedFuture(Optional.of(pid))
                : member.signal(GuestMember.STOP).thenApply(_ -> Optional.of(pid)));
  }

  private CompletionStage<Void> stop(Object who) {
    stops.add(who);
    return sent(GuestMember.STOP)
        .whenComplete((_, failure) -> {
          if (failure != null) {
            stops.remove(who);
          }
        });
  }

  private CompletionStage<Void> resume(Object who) {
    return stops.remove(who) && stops.isEmpty()
        ? sent(GuestMember.CONT)
        : CompletableFuture.completedFuture(null);
  }

  /** A signal to whoever is there; one that has just ended need not hear it. */
  private CompletionStage<Void> sent(int signal) {
    if (!member.isRunning()) {
      return CompletableFuture.completedFuture(null);
    }
    return member
        .signal(signal)
        .exceptionallyCompose(failure ->
            RefusedException.errno(failure).equals(Optional.of(Errno.NO_PROCESS))
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.failedFuture(failure));
  }

  private CompletionStage<Boolean> seenStopped() {
    return member.proc("stat").thenApply(MemberSignals::stopped);
  }

  /** The state comes behind the name, which stands in parentheses and may hold any. */
  private static boolean stopped(String stat) {
    int name = stat.lastIndexOf(')');
    return name >= 0 && stat.startsWith(" T ", name + 1);
  }

  private CompletionStage<Void> after(Duration delay) {
    CompletableFuture<Void> over = new CompletableFuture<>();
    scheduler.after(delay, () -> over.complete(null));
    return over;
  }

  private final class Killed implements OngoingFault {
    private String seen = "";
    private boolean took;

    @Override
    public CompletionStage<Void> begin() {
      return strike(() -> {
        if (!member.isRunning() && downs.isEmpty()) {
          return CompletableFuture.failedFuture(
              new IllegalStateException(member.name() + " was down, by itself"));
        }
        return down(this)
            .thenAccept(status -> {
              took = status.filter(GuestMember::killed).isPresent();
              seen = status.map(GuestMember::inWords).orElse("");
            });
      });
    }

    @Override
    public CompletionStage<Proof> end() {
      return turn.run(() ->
          up(this)
              .thenApply(pid -> {
                if (pid.isEmpty()) {
                  return new Proof(false, "another fault kept it down for longer");
                }
                return took
                    ? new Proof(true, "%s, started again as pid %d".formatted(seen, pid.get()))
                    : new Proof(
                        false, member.name() + " was already down, by another fault " + seen);
              }));
    }
  }

  private final class Paused implements OngoingFault {
    private long since = -1;

    @Override
    public CompletionStage<Void> begin() {
      return turn.run(() ->
          stop(this)
              .thenCompose(_ -> awaitStopped(LOOKS))
              .thenAccept(stopped -> since = stopped ? scheduler.now() : -1));
    }

    /** Each of its threads has to have the processor once to stop. */
    private CompletionStage<Boolean> awaitStopped(int looks) {
      return seenStopped()
          .thenCompose(stopped ->
              stopped || looks == 0 || !member.isRunning()
                  ? CompletableFuture.completedFuture(stopped)
                  : after(LOOK_AGAIN).thenCompose(_ -> awaitStopped(looks - 1)));
    }

    @Override
    public CompletionStage<Proof> end() {
      return turn.run(() ->
          seenStopped()
              .thenCompose(stopped -> {
                Proof proof = proof(stopped);
                return resume(this).thenApply(_ -> proof);
              }));
    }

    private Proof proof(boolean stopped) {
      if (!member.isRunning()) {
        return new Proof(false, member.name() + " was down at the end of the pause");
      }
      return since >= 0 && stopped
          ? new Proof(
              true,
              "in state T at its begin and at its end, %.3f s later"
                  .formatted((scheduler.now() - since) / 1e9))
          : new Proof(false, member.name() + " was not seen in state T");
    }
  }

  private final class Starved implements OngoingFault {
    private final int share;
    private final RandomSource random;
    private Scheduler.Timer next = () -> {};
    private long stoppedAt;
    private long stoppedFor;
    private int beats;
    private int seen;
    private boolean over;

    Starved(int share, long draw) {
      this.share = share;
      this.random = new RandomSource(draw).fork(member.name());
    }

    @Override
    public CompletionStage<Void> begin() {
      return turn.run(() -> over ? CompletableFuture.completedFuture(null) : beat());
    }

    /** It sleeps first, and then runs, in each beat. */
    private CompletionStage<Void> beat() {
      Duration all = Duration.ofMillis(random.between(SHORTEST_BEAT, LONGEST_BEAT));
      Duration runs = all.multipliedBy(share).dividedBy(100);
      return stop(this)
          .thenAccept(_ -> {
            beats++;
            stoppedAt = scheduler.now();
            next =
                scheduler.after(
                    all.minus(runs),
                    () -> {
                      var _ = turn.run(() -> over ? nothing() : wake(runs));
                    });
          });
    }

    private CompletionStage<Void> wake(Duration runs) {
      return look()
          .thenAccept(_ -> {
            next =
                scheduler.after(
                    runs,
                    () -> {
                      var _ = turn.run(() -> over ? nothing() : beat());
                    });
          });
    }

    private CompletionStage<Void> look() {
      return seenStopped()
          .thenCompose(stopped -> {
            seen += stopped ? 1 : 0;
            stoppedFor += stopped ? scheduler.now() - stoppedAt : 0;
            return resume(this);
          });
    }

    private static CompletionStage<Void> nothing() {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Proof> end() {
      over = true;
      next.cancel();
      return turn.run(() ->
          (stops.contains(this) ? look() : nothing())
              .thenApply(_ ->
                  new Proof(
                      seen > 0,
                      "seen in state T in %d of %d stops, %.3f s in all"
                          .formatted(seen, beats, stoppedFor / 1e9))));
    }
  }
}
