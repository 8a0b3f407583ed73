package io.etcdrobustness.checker.reads;

import io.etcdrobustness.checker.log.AcknowledgedWrite;
import io.etcdrobustness.checker.log.RevisionLog;
import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which keys may have been deleted by when.
 *
 * <p>Deletes that are told with their key are in the {@link RevisionLog}. Here are the others:
 * those of unknown outcome, those whose answer does not tell the keys, and puts that may have hung
 * a key on a lease. Whoever asks must leave out keys whose own put did that.
 */
final class Deletions {

  private record OfRange(String key, String rangeEnd, long call) {}

  private final RevisionLog log;
  private final boolean anybody;
  private final Map<String, Long> firstCall = new HashMap<>();
  private final List<OfRange> ranges = new ArrayList<>();

  Deletions(History history, RevisionLog log) {
    this.log = log;
    this.anybody = history.facts().otherWriters();
    for (Operation operation : history.operations()) {
      if (notTold(operation)) {
        take(operation.request(), operation.call());
      }
    }
  }

  private static boolean notTold(Operation operation) {
    return switch (operation.outcome()) {
      case Outcome.Unknown ignored -> true;
      case Outcome.Failed ignored -> false;
      case Outcome.Ok(Response response) ->
          switch (operation.request()) {
            case Request.DeleteRange ignored ->
                AcknowledgedWrite.of(operation)
                    .map(write -> !write.complete())
                    .orElse(response.header().revision() <= 0);
            case Request.Txn txn ->
                AcknowledgedWrite.of(operation)
                    .map(write -> !write.complete())
                    .orElse(response.header().revision() <= 0 || !answersEach(txn, response));
            case Request.Unlock ignored -> true;
            case Request.Range ignored -> false;
            case Request.Put ignored -> false;
            case Request.Compact ignored -> false;
            case Request.LeaseGrant ignored -> false;
            case Request.LeaseRevoke ignored -> false;
            case Request.LeaseKeepAlive ignored -> false;
            case Request.LeaseTimeToLive ignored -> false;
            case Request.Lock ignored -> false;
            case Request.Status ignored -> false;
            case Request.HashKv ignored -> false;
            case Request.Defragment ignored -> false;
            case Request.AlarmList ignored -> false;
          };
    };
  }

  private static boolean answersEach(Request.Txn txn, Response response) {
    return response instanceof Response.TxnDone done
        && done.responses().size() == (done.succeeded() ? txn.success() : txn.failure()).size();
  }

  private void take(Request request, long call) {
    switch (request) {
      case Request.DeleteRange delete -> {
        if (delete.rangeEnd().isEmpty()) {
          firstCall.merge(delete.key(), call, Math::min);
        } else {
          ranges.add(new OfRange(delete.key(), delete.rangeEnd(), call));
        }
      }
      case Request.Unlock unlock -> firstCall.merge(unlock.key(), call, Math::min);
      case Request.Txn txn -> {
        txn.success().forEach(inner -> take(inner, call));
        txn.failure().forEach(inner -> take(inner, call));
      }
      case Request.Range ignored -> {}
      case Request.Put put -> {
        if (put.lease() != 0 || put.ignoreLease()) {
          firstCall.merge(put.key(), call, Math::min);
        }
      }
      case Request.Compact ignored -> {}
      case Request.LeaseGrant ignored -> {}
      case Request.LeaseRevoke ignored -> {}
      case Request.LeaseKeepAlive ignored -> {}
      case Request.LeaseTimeToLive ignored -> {}
      case Request.Lock ignored -> {}
      case Request.Status ignored -> {}
      case Request.HashKv ignored -> {}
      case Request.Defragment ignored -> {}
      case Request.AlarmList ignored -> {}
    }
  }

  /** Whether {@code key}, put at revision {@code put}, may be absent at {@code revision}. */
  boolean mayExplain(String key, long put, long revision, long time) {
    if (anybody || firstCall.getOrDefault(key, Long.MAX_VALUE) < time) {
      return true;
    }
    for (OfRange range : ranges) {
      if (range.call() < time && ByteStrings.inRange(key, range.key(), range.rangeEnd())) {
        return true;
      }
    }
    var changes = log.changesOf(key);
    for (int i = RevisionLog.firstAfter(changes, put);
        i < changes.size() && changes.get(i).revision() <= revision;
        i++) {
      // A later put may have hung the key on a lease, which took it away.
      if (changes.get(i).type() == Event.Type.DELETE || changes.get(i).lease() != 0) {
        return true;
      }
    }
    return false;
  }
}
