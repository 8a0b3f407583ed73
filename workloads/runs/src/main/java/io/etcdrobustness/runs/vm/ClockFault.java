package io.etcdrobustness.runs.vm;

import io.etcdrobustness.faults.Agent.Proof;
import io.etcdrobustness.faults.agent.OngoingFault;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A member whose monotonic clock is ahead of the others'. A process has one such clock for all its
 * life, so it is started anew at both ends. Several add up.
 */
final class ClockFault {

  private final GuestMember member;
  private final MemberSignals signals;
  private final InTurn turn;
  private final Map<Object, Duration> offsets = new LinkedHashMap<>();

  ClockFault(GuestMember member, MemberSignals signals, InTurn turn) {
    this.member = member;
    this.signals = signals;
    this.turn = turn;
  }

  OngoingFault ahead(Duration offset) {
    return new Shifted(offset);
  }

  private Duration all() {
    return offsets.values().stream().reduce(Duration.ZERO, Duration::plus);
  }

  /** Starts it anew, so that it goes by the clock as it is to be now. */
  private CompletionStage<Optional<Integer>> startAnew(Object who) {
    member.shiftClock(all().toNanos());
    return member.isRunning()
        ? signals.down(who).thenCompose(_ -> signals.up(who))
        : CompletableFuture.completedFuture(Optional.empty());
  }

  /** By how much its clock is ahead, s; what the kernel tells of it. */
  private CompletionStage<Optional<Long>> measured() {
    return member.proc("timens_offsets").thenApply(ClockFault::monotonic);
  }

  private static Optional<Long> monotonic(String offsets) {
    return offsets
        .lines()
        .map(line -> line.strip().split("\\s+"))
        .filter(fields -> fields.length == 3 && fields[0].equals("monotonic"))
        .map(fields -> Long.parseLong(fields[1]))
        .findFirst();
  }

  private final class Shifted implements OngoingFault {
    private final Duration offset;
    private Optional<Long> seen = Optional.empty();
    private boolean took;

    Shifted(Duration offset) {
      this.offset = offset;
    }

    @Override
    public CompletionStage<Void> begin() {
      return turn.run(() -> {
        if (!member.isRunning() && !signals.isKeptDown()) {
          return CompletableFuture.failedFuture(
              new IllegalStateException(member.name() + " was down, by itself"));
        }
        offsets.put(this, offset);
        return startAnew(this)
            .thenCompose(_ -> look())
            .exceptionallyCompose(failure -> {
              offsets.remove(this);
              member.shiftClock(all().toNanos());
              return signals.up(this).thenCompose(_ -> CompletableFuture.failedFuture(failure));
            });
      });
    }

    private CompletionStage<Void> look() {
      return measured()
          .thenAccept(shown -> {
            seen = shown.or(() -> seen);
            took |= shown.equals(Optional.of(all().toSeconds()));
          });
    }

    @Override
    public CompletionStage<Proof> end() {
      return turn.run(() ->
          look()
              .thenCompose(_ -> {
                offsets.remove(this);
                return startAnew(this);
              })
              .thenCompose(pid ->
                  measured()
                      .thenApply(after ->
                          new Proof(
                              took,
                              "its clock was ahead by %s s, and by %s s at the end%s"
                                  .formatted(
                                      inWords(seen),
                                      inWords(after),
                                      pid.map(number -> ", as pid " + number).orElse(""))))));
    }

    private static String inWords(Optional<Long> seconds) {
      return seconds.map(String::valueOf).orElse("?");
    }
  }
}
