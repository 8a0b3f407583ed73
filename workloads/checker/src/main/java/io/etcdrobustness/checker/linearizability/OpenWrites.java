package io.etcdrobustness.checker.linearizability;

import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Request;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Requests of unknown outcome that no revision was given to yet, by what they may do. */
final class OpenWrites {

  /** Stands for any value: a put that keeps it. */
  private static final Effect NOTHING = new Effect("", "");

  private final Map<Effect, List<Operation>> puts = new HashMap<>();
  private final List<Operation> deletes = new ArrayList<>();

  private record Effect(String key, String value) {}

  /** Adds a request; they come in the order of their calls. */
  void add(Operation operation) {
    addPuts(operation, operation.request());
    if (mayDelete(operation.request())) {
      deletes.add(operation);
    }
  }

  /** No longer open. */
  void remove(Operation operation) {
    removePuts(operation, operation.request());
    deletes.remove(operation);
  }

  /** Those that may have caused {@code event}, by call. */
  List<Operation> of(Event event) {
    return switch (event.type()) {
      case PUT -> of(event.kv().key(), event.kv().value());
      case DELETE ->
          deletes.stream()
              .filter(operation -> mayDelete(operation.request(), event.kv().key()))
              .toList();
    };
  }

  /** Those that may have put {@code value}, by call; then those that keep what was there. */
  List<Operation> of(String key, String value) {
    List<Operation> all = new ArrayList<>(puts.getOrDefault(new Effect(key, value), List.of()));
    puts.getOrDefault(NOTHING, List.of()).stream()
        .filter(operation -> !all.contains(operation))
        .forEach(all::add);
    return all;
  }

  private void addPuts(Operation operation, Request request) {
    switch (request) {
      case Request.Put put -> {
        List<Operation> alike = puts.computeIfAbsent(effect(put), any -> new ArrayList<>(1));
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
      case Request.Put put ->
          puts.computeIfPresent(
              effect(put),
              (effect, alike) -> alike.remove(operation) && alike.isEmpty() ? null : alike);
      case Request.Txn txn -> {
        txn.success().forEach(nested -> removePuts(operation, nested));
        txn.failure().forEach(nested -> removePuts(operation, nested));
      }
      case Request other -> {}
    }
  }

  private static Effect effect(Request.Put put) {
    return put.ignoreValue() ? NOTHING : new Effect(put.key(), put.value());
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
