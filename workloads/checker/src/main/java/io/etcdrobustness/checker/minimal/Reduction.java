package io.etcdrobustness.checker.minimal;

import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A history of which some is left out, so that what remains claims less than the whole.
 *
 * <p>To leave out a write and nothing else would claim more: that a revision has no owner, that a
 * value came from nowhere. So either others may have written too, or the write stays and only its
 * answer is forgotten. A watch may also be cut short, as if the record of it ended there. Faults,
 * events of members and phases are circumstances that may excuse something; all of them stay.
 */
final class Reduction {

  /** How what is left out is accounted for. */
  enum World {
    /** Others may have written: an operation that is left out may have been theirs. */
    OPEN,
    /** Nobody else wrote: of a write that is left out only the answer is forgotten. */
    CLOSED
  }

  private static final Failure FORGOTTEN =
      new Failure(Failure.Kind.OTHER, "", "the answer was left out");

  private final History whole;
  private final World world;
  private final Set<Long> writes = new HashSet<>();
  private final Map<Long, Integer> lengths = new HashMap<>();

  Reduction(History whole, World world) {
    this.whole = whole;
    this.world = world;
    for (Operation operation : whole.operations()) {
      if (!without(operation).isEmpty()) {
        writes.add(operation.id());
      }
    }
  }

  /** Everything that can be left out, in the order of time. */
  List<Part> parts() {
    record Timed(long time, Part part) {}
    List<Timed> parts = new ArrayList<>();
    for (Operation operation : whole.operations()) {
      if (world == World.OPEN || !without(operation).equals(List.of(operation))) {
        parts.add(new Timed(operation.call(), new Part.OfOperation(operation.id())));
      }
    }
    Set<Long> seen = new HashSet<>();
    for (Watch message : whole.watches()) {
      if (seen.add(message.watch())) {
        parts.add(new Timed(message.time(), new Part.OfWatch(message.watch())));
      }
    }
    parts.sort(Comparator.comparingLong(Timed::time));
    return parts.stream().map(Timed::part).toList();
  }

  /** Whether nothing remains of the part when it is left out. */
  boolean spareable(Part part) {
    return switch (part) {
      case Part.OfWatch _ -> true;
      case Part.OfOperation(long id) -> world == World.OPEN || !writes.contains(id);
    };
  }

  /** When the last of these operations ended; {@code otherwise} if there is none. */
  long lastEnd(List<Long> operations, long otherwise) {
    return whole.operations().stream()
        .filter(operation -> operations.contains(operation.id()))
        .mapToLong(Operation::end)
        .max()
        .orElse(otherwise);
  }

  /** The same, as if the record had been made until {@code time}. */
  Reduction until(long time) {
    List<Operation> operations = new ArrayList<>();
    for (Operation operation : whole.operations()) {
      if (operation.call() <= time) {
        if (operation.end() <= time) {
          operations.add(operation);
        } else {
          operations.addAll(without(operation));
        }
      }
    }
    return new Reduction(
        new History(
            whole.facts(),
            operations,
            whole.watches().stream().filter(message -> message.time() <= time).toList(),
            whole.faults(),
            whole.memberEvents(),
            whole.phases()),
        world);
  }

  /** From now on the watch has only its first {@code length} messages. */
  void cut(long watch, int length) {
    lengths.put(watch, length);
  }

  /** How many messages the watch has. */
  int length(long watch) {
    return lengths.computeIfAbsent(
        watch, any -> (int) whole.watches().stream().filter(each -> each.watch() == watch).count());
  }

  /** The history with these parts alone. */
  History with(Set<Part> kept) {
    List<Operation> operations = new ArrayList<>();
    for (Operation operation : whole.operations()) {
      if (kept.contains(new Part.OfOperation(operation.id()))) {
        operations.add(operation);
      } else if (world == World.CLOSED) {
        operations.addAll(without(operation));
      }
    }
    Map<Long, Integer> taken = new HashMap<>();
    List<Watch> watches = new ArrayList<>();
    for (Watch message : whole.watches()) {
      long watch = message.watch();
      if (kept.contains(new Part.OfWatch(watch))
          && taken.merge(watch, 1, Integer::sum)
              <= lengths.getOrDefault(watch, Integer.MAX_VALUE)) {
        watches.add(message);
      }
    }
    return new History(
        world == World.OPEN ? whole.facts().amongOthers() : whole.facts(),
        operations,
        watches,
        whole.faults(),
        whole.memberEvents(),
        whole.phases());
  }

  /** What remains of an operation that is left out where nobody else writes. */
  private static List<Operation> without(Operation operation) {
    if (operation.outcome() instanceof Outcome.Failed || !changes(operation.request())) {
      return List.of();
    }
    return List.of(
        operation.outcome() instanceof Outcome.Unknown
            ? operation
            : operation.withOutcome(new Outcome.Unknown(FORGOTTEN)));
  }

  /** Whether the request may change what others are told. */
  private static boolean changes(Request request) {
    return switch (request) {
      case Request.Put _,
          Request.DeleteRange _,
          Request.Txn _,
          Request.Compact _,
          Request.LeaseGrant _,
          Request.LeaseRevoke _,
          Request.LeaseKeepAlive _,
          Request.Lock _,
          Request.Unlock _,
          Request.Defragment _ ->
          true;
      case Request.Range _,
          Request.LeaseTimeToLive _,
          Request.Status _,
          Request.HashKv _,
          Request.AlarmList _ ->
          false;
    };
  }
}
