package io.etcdrobustness.runs.vm;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.faults.Agent.Proof;
import io.etcdrobustness.faults.agent.OngoingFault;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Kills and pauses of one member, as they compose: it is down while there is any kill, stopped
 * while there is any pause, and runs otherwise.
 */
final class MemberSignals {

  private static final Duration LOOK_AGAIN = Duration.ofMillis(1);
  private static final int LOOKS = 100;

  private final GuestMember member;
  private final Scheduler scheduler;
  private final Supplier<CompletionStage<Void>> moment;
  private final Set<OngoingFault> kills = new LinkedHashSet<>();
  private final Set<OngoingFault> pauses = new LinkedHashSet<>();

  /**
   * Of a member that nothing troubles.
   *
   * @param moment completes when a kill is to strike, once it may
   */
  MemberSignals(GuestMember member, Scheduler scheduler, Supplier<CompletionStage<Void>> moment) {
    this.member = member;
    this.scheduler = scheduler;
    this.moment = moment;
  }

  OngoingFault kill() {
    return new Killed();
  }

  OngoingFault pause() {
    return new Paused();
  }

  private CompletionStage<Integer> start() {
    return member
        .start()
        .thenCompose(pid ->
            pauses.isEmpty()
                ? CompletableFuture.completedFuture(pid)
                : member.signal(GuestMember.STOP).thenApply(_ -> pid));
  }

  private final class Killed implements OngoingFault {
    private String seen = "";
    private boolean took;

    @Override
    public CompletionStage<Void> begin() {
      boolean alreadyDown = !kills.isEmpty();
      kills.add(this);
      if (alreadyDown && !member.isRunning()) {
        return CompletableFuture.completedFuture(null);
      }
      return moment
          .get()
          .thenCompose(_ -> {
            CompletionStage<Integer> ended = member.ended();
            return member.signal(GuestMember.KILL).thenCompose(_ -> ended);
          })
          .handle((status, failure) -> {
            if (failure != null) {
              kills.remove(this);
              throw new IllegalStateException(failure.getMessage(), failure);
            }
            took = GuestMember.killed(status);
            seen = GuestMember.inWords(status);
            return null;
          });
    }

    @Override
    public CompletionStage<Proof> end() {
      kills.remove(this);
      if (!kills.isEmpty()) {
        return CompletableFuture.completedFuture(
            new Proof(false, "another kill was in force before it and lasts longer"));
      }
      return start()
          .thenApply(pid ->
              took
                  ? new Proof(true, "%s, started again as pid %d".formatted(seen, pid))
                  : new Proof(false, member.name() + " was already down, by another kill " + seen));
    }
  }

  private final class Paused implements OngoingFault {
    private long since = -1;

    @Override
    public CompletionStage<Void> begin() {
      pauses.add(this);
      if (!member.isRunning()) {
        return CompletableFuture.completedFuture(null);
      }
      return member
          .signal(GuestMember.STOP)
          .thenCompose(_ -> awaitStopped(LOOKS))
          .handle((stopped, failure) -> {
            if (failure != null) {
              pauses.remove(this);
              throw new IllegalStateException(failure.getMessage(), failure);
            }
            since = stopped ? scheduler.now() : -1;
            return null;
          });
    }

    /** Each of its threads has to have the processor once to stop. */
    private CompletionStage<Boolean> awaitStopped(int looks) {
      return member
          .proc("stat")
          .thenCompose(stat -> {
            if (stopped(stat) || looks == 0) {
              return CompletableFuture.completedFuture(stopped(stat));
            }
            CompletableFuture<Void> again = new CompletableFuture<>();
            scheduler.after(LOOK_AGAIN, () -> again.complete(null));
            return again.thenCompose(_ -> awaitStopped(looks - 1));
          });
    }

    @Override
    public CompletionStage<Proof> end() {
      if (!member.isRunning()) {
        pauses.remove(this);
        return CompletableFuture.completedFuture(
            new Proof(false, member.name() + " was down at the end of the pause"));
      }
      return member
          .proc("stat")
          .thenCompose(stat -> {
            pauses.remove(this);
            boolean took = since >= 0 && stopped(stat);
            Proof proof =
                took
                    ? new Proof(
                        true,
                        "in state T at its begin and at its end, %.3f s later"
                            .formatted((scheduler.now() - since) / 1e9))
                    : new Proof(false, member.name() + " was not seen in state T");
            return pauses.isEmpty()
                ? member.signal(GuestMember.CONT).thenApply(_ -> proof)
                : CompletableFuture.completedFuture(proof);
          });
    }

    /** The state comes behind the name, which stands in parentheses and may hold any. */
    private static boolean stopped(String stat) {
      int name = stat.lastIndexOf(')');
      return name >= 0 && stat.startsWith(" T ", name + 1);
    }
  }
}
