package io.etcdrobustness.traffic.driver;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/** Counts what the traffic does while it runs. May be read at any time, from any thread. */
public final class TrafficStats {

  private static final long SECOND = 1_000_000_000L;

  private final Scheduler scheduler;
  private final LongSupplier revision;
  private final SortedMap<String, Long> byKind = new TreeMap<>();
  private final Map<Failure.Kind, Long> failures = new EnumMap<>(Failure.Kind.class);
  private final Latencies latencies = new Latencies();
  private final Deque<Long> lastSecond = new ArrayDeque<>();
  private long ok;
  private long failed;
  private long unknown;
  private long events;
  private int openStreams;
  private long highestRevision;

  /**
   * Counts from zero.
   *
   * @param revision the highest revision seen; is asked on the loop only
   */
  TrafficStats(Scheduler scheduler, LongSupplier revision) {
    this.scheduler = scheduler;
    this.revision = revision;
  }

  /**
   * How the traffic stands.
   *
   * @param operations that have ended: {@code ok}, {@code failed} and {@code unknown} together
   * @param byKind operations by the name of their request, such as {@code Txn}
   * @param failures operations without an answer by what etcd or the connection said instead
   * @param perSecond operations that ended within the last second
   * @param revision the highest revision seen
   * @param events events of all watches
   * @param openStreams watch streams that are open
   * @param latency of operations with an answer
   */
  public record Snapshot(
      long operations,
      long ok,
      long failed,
      long unknown,
      SortedMap<String, Long> byKind,
      Map<Failure.Kind, Long> failures,
      double perSecond,
      long revision,
      long events,
      int openStreams,
      Latency latency) {}

  /** Times from call to answer, ns, each at most an eighth too high. */
  public record Latency(long median, long p90, long p99, long highest) {}

  /** How the traffic stands now. */
  public synchronized Snapshot snapshot() {
    forgetOld();
    return new Snapshot(
        ok + failed + unknown,
        ok,
        failed,
        unknown,
        new TreeMap<>(byKind),
        Map.copyOf(failures),
        lastSecond.size(),
        highestRevision,
        events,
        openStreams,
        new Latency(
            latencies.quantile(0.5),
            latencies.quantile(0.9),
            latencies.quantile(0.99),
            latencies.quantile(1)));
  }

  synchronized void ended(Operation operation) {
    byKind.merge(operation.request().getClass().getSimpleName(), 1L, Long::sum);
    switch (operation.outcome()) {
      case Outcome.Ok _ -> {
        ok++;
        latencies.add(operation.end() - operation.call());
      }
      case Outcome.Failed(Failure failure) -> {
        failed++;
        failures.merge(failure.kind(), 1L, Long::sum);
      }
      case Outcome.Unknown(Failure failure) -> {
        unknown++;
        failures.merge(failure.kind(), 1L, Long::sum);
      }
    }
    highestRevision = revision.getAsLong();
    lastSecond.addLast(scheduler.now());
    forgetOld();
  }

  synchronized void events(int count) {
    events += count;
    highestRevision = revision.getAsLong();
  }

  synchronized void streamOpened() {
    openStreams++;
  }

  synchronized void streamClosed() {
    openStreams--;
  }

  private void forgetOld() {
    long from = scheduler.now() - SECOND;
    while (!lastSecond.isEmpty() && lastSecond.getFirst() <= from) {
      lastSecond.removeFirst();
    }
  }
}
