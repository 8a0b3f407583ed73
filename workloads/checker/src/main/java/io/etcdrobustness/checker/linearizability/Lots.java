package io.etcdrobustness.checker.linearizability;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The candidates, sorted into {@linkplain Lot lots}, with an index of who can have written what.
 *
 * <p>Two open puts of one key whose values no answer and no condition ever mentions are
 * indistinguishable. A put whose value is seen at a revision and that nobody else can have issued
 * is <em>pinned</em> there: it happened at that revision, and at no other.
 */
final class Lots {

  private static final String UNSEEN = "\0 a value that nobody saw";

  private final List<Lot> all = new ArrayList<>();
  private final List<Lot> free = new ArrayList<>();
  private final Set<Lot> freeLots = new HashSet<>();
  private final Map<Long, List<Lot>> pinned = new HashMap<>();
  private final Map<String, List<Lot>> byKey = new HashMap<>();
  private final Map<KeyAndValue, Integer> issuers = new HashMap<>();
  private final Set<String> copied = new HashSet<>();
  private final Set<KeyAndValue> seen = new HashSet<>();
  private final boolean valuesAreOrdered;
  private final Budget budget;

  /**
   * @param budget when it is used up not all are sorted: who made this must ask it before relying
   *     on anything here
   */
  Lots(History history, List<Candidate> candidates, Budget budget) {
    this.budget = budget;
    Observed.keyValues(history, budget, kv -> seen.add(new KeyAndValue(kv.key(), kv.value())));
    boolean ordered = false;
    for (Operation operation : budget.lasting(history.operations())) {
      ordered |= ordersValues(operation.request());
      if (operation.outcome() instanceof Outcome.Ok(Response response)) {
        executed(operation.request(), response);
      }
    }
    valuesAreOrdered = ordered;
    Map<Integer, Integer> groupSizes = new HashMap<>();
    candidates.forEach(candidate -> groupSizes.merge(candidate.group(), 1, Integer::sum));
    Map<Object, Lot> lots = new LinkedHashMap<>();
    candidates.forEach(candidate -> issued(candidate.request()));
    for (Candidate candidate : budget.lasting(candidates)) {
      boolean alone = !candidate.open() || groupSizes.getOrDefault(candidate.group(), 0) > 1;
      Object likeness = alone ? candidate : normal(candidate.request());
      lots.computeIfAbsent(likeness, any -> new Lot(lots.size(), candidate.request()))
          .add(candidate);
    }
    lots.values().forEach(Lot::sort);
    all.addAll(lots.values());
  }

  /** Pins what can be pinned; ask the budget before relying on it. */
  void pin(Sightings sightings, long base) {
    Map<KeyAndValue, Long> places = new HashMap<>();
    for (Sighting sighting : budget.lasting(sightings.gapSightings())) {
      if (sighting.value().isPresent() && sighting.mod() > base) {
        places.putIfAbsent(new KeyAndValue(sighting.key(), sighting.value().get()), sighting.mod());
      }
    }
    for (Lot lot : budget.lasting(all)) {
      long place = Long.MAX_VALUE;
      for (Request.Put put : lot.puts()) {
        KeyAndValue written = new KeyAndValue(put.key(), put.value());
        byKey.computeIfAbsent(put.key(), any -> new ArrayList<>()).add(lot);
        if (!put.ignoreValue()
            && !copied.contains(put.key())
            && issuers.getOrDefault(written, 0) == 1) {
          place = Math.min(place, places.getOrDefault(written, Long.MAX_VALUE));
        }
      }
      if (place == Long.MAX_VALUE) {
        free.add(lot);
        freeLots.add(lot);
      } else {
        pinned.computeIfAbsent(place, any -> new ArrayList<>()).add(lot);
      }
    }
  }

  /** Those that may take any gap. */
  List<Lot> free() {
    return free;
  }

  /** Whether {@code lot} may take any gap. */
  boolean isFree(Lot lot) {
    return freeLots.contains(lot);
  }

  /** Those that can take one gap only, by that gap. */
  Map<Long, List<Lot>> pinned() {
    return pinned;
  }

  /** All lots. */
  List<Lot> all() {
    return all;
  }

  /** Those that may take {@code gap}, as far as can be told beforehand. */
  List<Lot> at(long gap, List<Sighting> sightings) {
    List<Lot> result = new ArrayList<>(pinned.getOrDefault(gap, List.of()));
    if (sightings.isEmpty()) {
      result.addAll(free);
      return result;
    }
    byKey.getOrDefault(sightings.getFirst().key(), List.of()).stream()
        .filter(freeLots::contains)
        .distinct()
        .forEach(result::add);
    result.removeIf(lot -> !sightings.stream().allMatch(lot::mayPut));
    return result;
  }

  private static boolean ordersValues(Request request) {
    return switch (request) {
      case Request.Range range -> range.sortTarget() == Request.SortTarget.VALUE;
      case Request.Txn txn ->
          txn.compares().stream()
                  .anyMatch(compare ->
                      compare.operand() instanceof Compare.Value
                          && (compare.relation() == Compare.Relation.GREATER
                              || compare.relation() == Compare.Relation.LESS
                              || !compare.rangeEnd().isEmpty()))
              || txn.success().stream().anyMatch(Lots::ordersValues)
              || txn.failure().stream().anyMatch(Lots::ordersValues);
      case Request other -> false;
    };
  }

  private void executed(Request request, Response response) {
    if (request instanceof Request.Put put) {
      issue(put);
    }
    if (request instanceof Request.Txn txn && response instanceof Response.TxnDone done) {
      compared(txn);
      List<Request.InTxn> branch = Effects.branch(txn, done);
      for (int i = 0; i < Math.min(branch.size(), done.responses().size()); i++) {
        executed(branch.get(i), done.responses().get(i));
      }
    }
  }

  private void issued(Request request) {
    List<Request.Put> puts = new ArrayList<>();
    Lot.writes(request, puts, new ArrayList<>());
    puts.forEach(this::issue);
    if (request instanceof Request.Txn txn) {
      compared(txn);
    }
  }

  private void issue(Request.Put put) {
    if (put.ignoreValue()) {
      copied.add(put.key());
    } else {
      issuers.merge(new KeyAndValue(put.key(), put.value()), 1, Integer::sum);
    }
  }

  private void compared(Request.Txn txn) {
    for (Compare compare : txn.compares()) {
      if (compare.operand() instanceof Compare.Value(String value)) {
        seen.add(new KeyAndValue(compare.key(), value));
      }
    }
    txn.success().forEach(this::compared);
    txn.failure().forEach(this::compared);
  }

  private void compared(Request.InTxn request) {
    if (request instanceof Request.Txn txn) {
      compared(txn);
    }
  }

  /** The request, without what nobody can observe of it. */
  private Request normal(Request request) {
    return switch (request) {
      case Request.InTxn write -> Lot.shape(write, this::visible);
      case Request other -> other;
    };
  }

  private String visible(Request.Put put) {
    return valuesAreOrdered || seen.contains(new KeyAndValue(put.key(), put.value()))
        ? put.value()
        : UNSEEN;
  }

  private record KeyAndValue(String key, String value) {}
}
