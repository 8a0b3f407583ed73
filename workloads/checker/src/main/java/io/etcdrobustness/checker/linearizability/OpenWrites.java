package io.etcdrobustness.checker.linearizability;

import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Request;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Requests of unknown outcome that no revision was given to yet, by what they may do. */
final class OpenWrites {

  private final Map<Effect, List<Operation>> puts = new HashMap<>();

  /** Puts that keep the value, by key. */
  private final Map<String, List<Operation>> keeping = new HashMap<>();

  /** Deletes of one key. */
  private final Map<String, List<Operation>> deletes = new HashMap<>();

  /** Whatever else may delete. */
  private final List<Operation> others = new ArrayList<>();

  private record Effect(String key, String value) {}

  /** Adds a request; they come in the order of their calls. */
  void add(Operation operation) {
    addPuts(operation, operation.request());
    if (operation.request() instanceof Request.DeleteRange(String key, String end, boolean prevKv)
        && end.isEmpty()) {
      deletes.computeIfAbsent(key, any -> new ArrayList<>(1)).add(operation);
    } else if (mayDelete(operation.request())) {
      others.add(operation);
    }
  }

  /** No longer open. */
  void remove(Operation operation) {
    removePuts(operation, operation.request());
    if (operation.request() instanceof Request.DeleteRange delete) {
      deletes.computeIfPresent(delete.key(), (key, alike) -> without(operation, alike));
    }
    without(operation, others);
  }

  /** {@code sorted}, by call, of which {@code operation} is taken out; null if that was all. */
  private static @Nullable List<Operation> without(Operation operation, List<Operation> sorted) {
    int low = 0;
    int high = sorted.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted.get(middle).call() < operation.call()) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    while (low < sorted.size() && sorted.get(low).call() == operation.call()) {
      if (sorted.get(low).id() == operation.id()) {
        sorted.remove(low);
        break;
      }
      low++;
    }
    return sorted.isEmpty() ? null : sorted;
  }

  /** All that is open, by call, in a list of the caller's own. */
  List<Operation> all() {
    Map<Long, Operation> byId = new HashMap<>();
    puts.values().forEach(alike -> alike.forEach(each -> byId.put(each.id(), each)));
    keeping.values().forEach(alike -> alike.forEach(each -> byId.put(each.id(), each)));
    deletes.values().forEach(alike -> alike.forEach(each -> byId.put(each.id(), each)));
    others.forEach(each -> byId.put(each.id(), each));
    List<Operation> all = new ArrayList<>(byId.values());
    all.sort(Comparator.comparingLong(Operation::call).thenComparingLong(Operation::id));
    return all;
  }

  /** Those that may have caused {@code event}, by call; good until something is removed. */
  List<Operation> of(Event event) {
    String key = event.kv().key();
    if (event.type() == Event.Type.PUT) {
      return of(key, event.kv().value());
    }
    List<Operation> plain = deletes.getOrDefault(key, List.of());
    if (others.isEmpty()) {
      return plain;
    }
    List<Operation> all = new ArrayList<>(plain);
    others.stream().filter(operation -> mayDelete(operation.request(), key)).forEach(all::add);
    all.sort(Comparator.comparingLong(Operation::call));
    return all;
  }

  /** Those that may have put {@code value}, by call; then those that keep what was there. */
  List<Operation> of(String key, String value) {
    List<Operation> plain = puts.getOrDefault(new Effect(key, value), List.of());
    List<Operation> kept = keeping.getOrDefault(key, List.of());
    if (kept.isEmpty()) {
      return plain;
    }
    List<Operation> all = new ArrayList<>(plain);
    kept.stream().filter(operation -> !plain.contains(operation)).forEach(all::add);
    return all;
  }

  private void addPuts(Operation operation, Request request) {
    switch (request) {
      case Request.Put put -> {
        List<Operation> alike =
            put.ignoreValue()
                ? keeping.computeIfAbsent(put.key(), any -> new ArrayList<>(1))
                : puts.computeIfAbsent(effect(put), any -> new ArrayList<>(1));
        if (alike.isEmpty() || alike.getLast() != operation) {
          alike.add(operation);
        }
      }
      case Request.Txn txn -> {
        txn.success().forEach(nested -> addPuts(operation, nested));
        txn.failure().forEach(nested -> addPuts(operation, nested));
      }
      case Request other -> {}
    }
  }

  private void removePuts(Operation operation, Request request) {
    switch (request) {
      case Request.Put put -> {
        if (put.ignoreValue()) {
          keeping.computeIfPresent(put.key(), (key, alike) -> without(operation, alike));
        } else {
          puts.computeIfPresent(effect(put), (effect, alike) -> without(operation, alike));
        }
      }
      case Request.Txn txn -> {
        txn.success().forEach(nested -> removePuts(operation, nested));
        txn.failure().forEach(nested -> removePuts(operation, nested));
      }
      case Request other -> {}
    }
  }

  private static Effect effect(Request.Put put) {
    return new Effect(put.key(), put.value());
  }

  private static boolean mayDelete(Request request) {
    return switch (request) {
      case Request.DeleteRange delete -> true;
      case Request.LeaseRevoke revoke -> true;
      case Request.Unlock unlock -> true;
      case Request.Txn txn ->
          txn.success().stream().anyMatch(OpenWrites::mayDelete)
              || txn.failure().stream().anyMatch(OpenWrites::mayDelete);
      case Request other -> false;
    };
  }

  /** Which keys hang on a lease, only the store knows. */
  private static boolean mayDelete(Request request, String key) {
    return switch (request) {
      case Request.DeleteRange delete -> ByteStrings.inRange(key, delete.key(), delete.rangeEnd());
      case Request.LeaseRevoke revoke -> true;
      case Request.Unlock unlock -> unlock.key().equals(key);
      case Request.Txn txn ->
          txn.success().stream().anyMatch(nested -> mayDelete(nested, key))
              || txn.failure().stream().anyMatch(nested -> mayDelete(nested, key));
      case Request other -> false;
    };
  }
}
