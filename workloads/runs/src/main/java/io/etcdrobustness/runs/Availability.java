package io.etcdrobustness.runs;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Recorder;
import io.etcdrobustness.history.Request;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Listens to what is recorded and knows when the cluster, and each member to which it was sent,
 * last answered a linearizable request.
 */
final class Availability implements Recorder {

  private final Recorder next;
  private final AtomicLong lastAcknowledged = new AtomicLong(Long.MIN_VALUE);
  private final Map<String, Long> lastAnsweredCall = new ConcurrentHashMap<>();

  /** Passes everything on to {@code next}. */
  Availability(Recorder next) {
    this.next = next;
  }

  @Override
  public void record(Entry entry) {
    if (entry instanceof Operation operation
        && operation.outcome() instanceof Outcome.Ok
        && isLinearizable(operation.request())) {
      lastAcknowledged.accumulateAndGet(operation.end(), Math::max);
      if (!operation.member().isEmpty()) {
        lastAnsweredCall.merge(operation.member(), operation.call(), Math::max);
      }
    }
    next.record(entry);
  }

  /** When a linearizable request was last acknowledged, by whichever member; ns. */
  long lastAcknowledged() {
    return lastAcknowledged.get();
  }

  /** Whether {@code member} has answered a request that was called at {@code time} or later. */
  boolean answeredSince(String member, long time) {
    return lastAnsweredCall.getOrDefault(member, Long.MIN_VALUE) >= time;
  }

  private static boolean isLinearizable(Request request) {
    return switch (request) {
      case Request.Range range -> !range.serializable();
      case Request.Put _, Request.DeleteRange _, Request.Txn _ -> true;
      case Request.Compact _,
          Request.LeaseGrant _,
          Request.LeaseRevoke _,
          Request.LeaseKeepAlive _,
          Request.LeaseTimeToLive _,
          Request.Lock _,
          Request.Unlock _,
          Request.Status _,
          Request.HashKv _,
          Request.Defragment _,
          Request.AlarmList _ ->
          false;
    };
  }
}
