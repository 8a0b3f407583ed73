package io.etcdrobustness.checker.linearizability;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Request;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which gaps may put or delete a key, whatever else happened: at least one candidate that can do it
 * had been called in time. Forgets that a candidate happens at most once, so it only ever allows
 * too much.
 */
final class Touches {

  private static final long NEVER = Long.MAX_VALUE;

  private final Placement placement;
  private final RealTime realTime;
  private final Lots lots;
  private final Sightings sightings;
  private final Map<String, Long> putFrom = new HashMap<>();
  private final Map<String, Long> deleteFrom = new HashMap<>();
  private final Map<String, Set<Long>> leasesOf = new HashMap<>();
  private final Map<String, Boolean> touched = new HashMap<>();
  private final Map<Long, List<Lot>> atGap = new HashMap<>();
  private final List<Request> perhapsOwners;
  private final List<Lot> deleting = new ArrayList<>();

  /**
   * @param budget when it is used up some are missing: who made this must ask it before ruling
   *     anything out
   */
  Touches(
      History history,
      Placement placement,
      RealTime realTime,
      Lots lots,
      Sightings sightings,
      Budget budget) {
    this.placement = placement;
    this.realTime = realTime;
    this.lots = lots;
    this.sightings = sightings;
    for (Operation operation : budget.lasting(history.operations())) {
      hang(operation.request());
    }
    for (Candidate candidate : budget.lasting(placement.candidates())) {
      hang(candidate.request());
    }
    Observed.keyValues(history, budget, this::hang);
    perhapsOwners =
        placement.slots().values().stream()
            .flatMap(slot -> slot.perhapsOwners().stream())
            .map(Operation::request)
            .toList();
    for (Lot lot : budget.lasting(lots.free())) {
      lot.puts().forEach(put -> putFrom.merge(put.key(), from(lot), Math::min));
      if (!lot.deletes().isEmpty()
          || lot.members().getFirst().request() instanceof Request.LeaseRevoke) {
        deleting.add(lot);
      }
    }
  }

  /** Whether any candidate may change {@code key} at all. */
  boolean may(String key) {
    return touched.computeIfAbsent(
        key,
        any ->
            lots.all().stream()
                    .anyMatch(lot ->
                        lot.puts().stream().anyMatch(put -> put.key().equals(key))
                            || mayDelete(lot, key))
                || perhapsOwners.stream().anyMatch(request -> mayDelete(request, key)));
  }

  /** Whether {@code key} may be put at {@code gap}. */
  boolean puts(String key, long gap) {
    List<Sighting> seen = sightings.atGap(gap);
    long deadline = realTime.deadline(gap);
    if (seen.isEmpty()) {
      return putFrom.getOrDefault(key, NEVER) <= deadline;
    }
    return there(gap, seen).stream()
        .anyMatch(lot ->
            from(lot) <= deadline && lot.puts().stream().anyMatch(put -> put.key().equals(key)));
  }

  /** Whether {@code key} may be deleted at {@code gap}. */
  boolean deletes(String key, long gap) {
    Slot slot = placement.slots().get(gap);
    if (slot != null
        && slot.perhapsOwners().stream()
            .anyMatch(operation -> mayDelete(operation.request(), key))) {
      return true;
    }
    List<Sighting> seen = sightings.atGap(gap);
    long deadline = realTime.deadline(gap);
    if (seen.isEmpty()) {
      return deleteFrom.computeIfAbsent(key, this::firstDelete) <= deadline;
    }
    return there(gap, seen).stream().anyMatch(lot -> from(lot) <= deadline && mayDelete(lot, key));
  }

  private List<Lot> there(long gap, List<Sighting> seen) {
    return atGap.computeIfAbsent(gap, any -> lots.at(gap, seen));
  }

  private long firstDelete(String key) {
    return deleting.stream()
        .filter(lot -> mayDelete(lot, key))
        .mapToLong(Touches::from)
        .min()
        .orElse(NEVER);
  }

  private boolean mayDelete(Lot lot, String key) {
    Request request = lot.members().getFirst().request();
    return request instanceof Request.LeaseRevoke ? mayDelete(request, key) : lot.mayDelete(key);
  }

  private boolean mayDelete(Request request, String key) {
    return switch (request) {
      case Request.LeaseRevoke(long lease) ->
          !placement.certain() || leasesOf.getOrDefault(key, Set.of()).contains(lease);
      case Request.Unlock(String unlocked) -> unlocked.equals(key);
      case Request other -> true;
    };
  }

  /** Members of a lot are sorted by their call. */
  private static long from(Lot lot) {
    return lot.members().getFirst().from();
  }

  private void hang(Request request) {
    List<Request.Put> puts = new ArrayList<>();
    Lot.writes(request, puts, new ArrayList<>());
    for (Request.Put put : puts) {
      hang(put.key(), put.lease());
    }
  }

  private void hang(KeyValue kv) {
    hang(kv.key(), kv.lease());
  }

  private void hang(String key, long lease) {
    if (lease != 0) {
      leasesOf.computeIfAbsent(key, any -> new HashSet<>()).add(lease);
    }
  }
}
