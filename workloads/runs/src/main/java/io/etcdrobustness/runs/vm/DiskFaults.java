package io.etcdrobustness.runs.vm;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.faults.Agent.Proof;
import io.etcdrobustness.faults.agent.OngoingFault;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;

/** Faults of one member's disk. */
final class DiskFaults {

  /** An etcd that has met a full disk has ended by then. */
  private static final Duration SETTLES = Duration.ofMillis(500);

  private static final long MORE_THAN_FREE = 1L << 20;
  private static final int ENOUGH_PERCENT = 80;
  private static final Pattern FAILED = Pattern.compile("input/output error|SIGBUS");

  private final Guest guest;
  private final GuestMember member;
  private final MemberSignals signals;
  private final GuestDisk disk;
  private final Scheduler scheduler;
  private final InTurn turn;

  DiskFaults(
      Guest guest,
      GuestMember member,
      MemberSignals signals,
      GuestDisk disk,
      Scheduler scheduler,
      InTurn turn) {
    this.guest = guest;
    this.member = member;
    this.signals = signals;
    this.disk = disk;
    this.scheduler = scheduler;
    this.turn = turn;
  }

  OngoingFault powerLoss() {
    return new PowerLost();
  }

  OngoingFault full(long free) {
    return new Full(free);
  }

  OngoingFault slow(Duration latency) {
    return new Slow(latency);
  }

  OngoingFault failing(boolean reads) {
    return new Failing(reads);
  }

  private static String started(Optional<Integer> pid) {
    return pid.map(number -> "started again as pid " + number)
        .orElse("another fault keeps it down");
  }

  private final class PowerLost implements OngoingFault {
    private String end = "was down";
    private boolean had;
    private boolean gone;
    private long lost;

    @Override
    public CompletionStage<Void> begin() {
      // Asked before the moment, which would pass meanwhile.
      return disk.canLosePower()
          .thenCompose(_ -> disk.hasData())
          .thenAccept(there -> had = there)
          .thenCompose(_ ->
              signals.strike(() ->
                  member.isRunning() || signals.isKeptDown()
                      ? lose()
                      : CompletableFuture.failedFuture(
                          new IllegalStateException(member.name() + " was down, by itself"))));
    }

    private CompletionStage<Void> lose() {
      // In one turn of the guest: a process that is killed ends only when what it syncs is synced.
      CompletionStage<Long> unsynced = disk.unsynced();
      CompletionStage<Optional<Integer>> down = signals.down(this);
      CompletionStage<Void> cut = disk.cut();
      return cut.thenCompose(_ -> down)
          .thenCompose(status -> {
            end = status.map(GuestMember::inWords).orElse(end);
            // It may have come back since it was looked for: an etcd that runs has its data.
            had |= status.isPresent();
            return unsynced;
          })
          .thenCompose(before ->
              disk.losePower(this)
                  .thenCompose(_ -> disk.unsynced())
                  .thenAccept(after -> lost = Math.max(0, before - after)))
          .thenCompose(_ -> disk.hasData())
          .thenAccept(there -> gone = !there)
          .exceptionallyCompose(failure ->
              signals.up(this).thenCompose(_ -> CompletableFuture.failedFuture(failure)));
    }

    @Override
    public CompletionStage<Proof> end() {
      return turn.run(() ->
          disk.restorePower(this)
              .thenCompose(there ->
                  disk.hasData()
                      .thenCompose(
                          back -> signals.up(this).thenApply(pid -> proof(there, back, pid)))));
    }

    private Proof proof(boolean there, boolean back, Optional<Integer> pid) {
      return new Proof(
          had && gone && (back || !there),
          "%s, its data %s, %d KiB were not synced and lost, %s, %s"
              .formatted(
                  end,
                  had && gone ? "went" : "did not go",
                  lost,
                  back ? "the rest is back" : "it has no disk yet",
                  started(pid)));
    }
  }

  private final class Full implements OngoingFault {
    private final long free;
    private boolean full;

    Full(long free) {
      this.free = free;
    }

    @Override
    public CompletionStage<Void> begin() {
      return turn.run(() -> {
        member.excuse(this);
        return disk.fill(this, free)
            .thenCompose(_ ->
                member.hasDisk()
                    ? disk.isFull(MORE_THAN_FREE)
                    : CompletableFuture.completedFuture(false))
            .whenComplete((_, failure) -> {
              if (failure != null) {
                member.accuse(this);
              }
            })
            .thenAccept(seen -> full = seen);
      });
    }

    @Override
    public CompletionStage<Proof> end() {
      return turn.run(() ->
          disk.unfill(this)
              .thenCompose(_ -> settled())
              .thenCompose(_ -> {
                boolean ended = !member.isRunning() && !signals.isKeptDown();
                // One that is stopped may have met it without having been able to end.
                return (member.isRunning() && signals.isStopped()
                        ? signals.down(this)
                        : CompletableFuture.completedFuture(Optional.empty()))
                    .thenCompose(_ -> signals.up(this))
                    .thenApply(pid -> {
                      member.accuse(this);
                      return proof(ended, pid);
                    });
              }));
    }

    private CompletionStage<Void> settled() {
      CompletableFuture<Void> over = new CompletableFuture<>();
      scheduler.after(member.isRunning() ? SETTLES : Duration.ZERO, () -> over.complete(null));
      return over;
    }

    private Proof proof(boolean ended, Optional<Integer> pid) {
      return new Proof(
          full,
          "a write of %d KiB %s, %s"
              .formatted(
                  (free + MORE_THAN_FREE) >> 10,
                  full ? "found no space" : "was not seen to fail",
                  ended
                      ? "it ended by itself: %s, %s".formatted(member.lastEnd(), started(pid))
                      : "it went on"));
    }
  }

  private final class Slow implements OngoingFault {
    private final Duration latency;
    private GuestDisk.Requests before = new GuestDisk.Requests(0, 0);

    Slow(Duration latency) {
      this.latency = latency;
    }

    @Override
    public CompletionStage<Void> begin() {
      return turn.run(() ->
          disk.slowDown(this, latency.toNanos() / 1_000)
              .thenCompose(_ -> disk.requests())
              .thenAccept(counted -> before = counted));
    }

    @Override
    public CompletionStage<Proof> end() {
      return turn.run(() ->
          disk.requests().thenCompose(after -> disk.speedUp(this).thenApply(_ -> proof(after))));
    }

    private Proof proof(GuestDisk.Requests after) {
      long count = after.count() - before.count();
      long millis = after.millis() - before.millis();
      return new Proof(
          count > 0 && millis * 100 >= count * latency.toMillis() * ENOUGH_PERCENT,
          count == 0
              ? "nothing was read or written"
              : "%d reads and writes took %.1f ms each".formatted(count, millis / (double) count));
    }
  }

  private final class Failing implements OngoingFault {
    private final boolean reads;
    private long logBefore;

    Failing(boolean reads) {
      this.reads = reads;
    }

    @Override
    public CompletionStage<Void> begin() {
      return turn.run(() ->
          guest
              .file(member.log())
              .thenCompose(log -> {
                logBefore = log.length;
                member.excuse(this);
                return disk.fail(this, reads);
              })
              .whenComplete((_, failure) -> {
                if (failure != null) {
                  member.accuse(this);
                }
              }));
    }

    /**
     * Whoever has met an error and lives on is not to be trusted with the disk afterwards: its page
     * cache holds what the disk does not (fsync's error is told once, Rebello et al. 2020). So it
     * always ends, with the cache.
     */
    @Override
    public CompletionStage<Proof> end() {
      return turn.run(() -> {
        boolean ended = !member.isRunning() && !signals.isKeptDown();
        return guest
            .file(member.log(), logBefore)
            .thenCompose(log ->
                signals
                    .down(this)
                    .thenCompose(_ -> disk.recover(this))
                    .thenCompose(_ -> signals.up(this))
                    .thenApply(pid -> {
                      member.accuse(this);
                      return proof(errors(log), ended, pid);
                    }));
      });
    }

    private static long errors(byte[] log) {
      return new String(log, StandardCharsets.ISO_8859_1)
          .lines()
          .filter(line -> FAILED.matcher(line).find())
          .count();
    }

    private Proof proof(long errors, boolean ended, Optional<Integer> pid) {
      return new Proof(
          errors > 0,
          "%d lines of its log tell of errors, %s, %s"
              .formatted(
                  errors,
                  ended ? "it ended by itself: " + member.lastEnd() : "it was killed at the end",
                  started(pid)));
    }
  }
}
