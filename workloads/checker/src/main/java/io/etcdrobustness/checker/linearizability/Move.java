package io.etcdrobustness.checker.linearizability;

import io.etcdrobustness.checker.model.Compares;
import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Request;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongFunction;

/** An open write of which it can be told what it would do to each key, if these are known. */
final class Move {

  private final Operation operation;

  /** What it does if it is executed, without what it only reads. */
  private final Request.InTxn request;

  private final Request.InTxn shape;
  private final List<Request.Put> puts = new ArrayList<>();
  private final Set<String> putKeys = new LinkedHashSet<>();
  private final Set<String> deletedKeys = new LinkedHashSet<>();
  private final Set<String> keys = new LinkedHashSet<>();
  private boolean taken;
  private long from = Long.MIN_VALUE;
  private long to = Long.MAX_VALUE;
  private boolean due;
  private final Set<String> seenKeys = new HashSet<>(0);
  private final Set<String> surePuts;
  private final Set<String> sureKeys;

  private Move(Operation operation, Request.InTxn request) {
    this.operation = operation;
    this.request = writing(request);
    shape = Lot.shape(this.request, put -> "");
    List<Request.DeleteRange> deletes = new ArrayList<>();
    Lot.writes(this.request, puts, deletes);
    puts.forEach(put -> putKeys.add(put.key()));
    deletes.forEach(delete -> deletedKeys.add(delete.key()));
    keys.addAll(putKeys);
    keys.addAll(deletedKeys);
    compared(this.request);
    boolean sure = !(this.request instanceof Request.Txn txn) || sure(txn);
    surePuts = sure ? putKeys : Set.of();
    sureKeys = sure && !plain() ? keys : Set.of();
  }

  /** Whether it has no conditions. */
  private static boolean sure(Request.Txn txn) {
    return txn.compares().isEmpty()
        && txn.failure().isEmpty()
        && txn.success().stream().noneMatch(Request.Txn.class::isInstance);
  }

  /**
   * Empty if what it does depends on more than single keys.
   *
   * @param leased the keys that may hang on each lease
   */
  static Optional<Move> of(Operation operation, LongFunction<Set<String>> leased) {
    return switch (operation.request()) {
      case Request.LeaseRevoke(long lease) -> {
        Set<String> hanging = leased.apply(lease);
        yield hanging.isEmpty()
            ? Optional.empty()
            : Optional.of(new Move(operation, end(lease, hanging)));
      }
      case Request.Unlock(String key) ->
          Optional.of(new Move(operation, Request.DeleteRange.of(key)));
      case Request.InTxn request when simple(request) -> Optional.of(new Move(operation, request));
      case Request other -> Optional.empty();
    };
  }

  /** The end of a lease: each key is deleted that hangs on it. */
  private static Request.InTxn end(long lease, Set<String> keys) {
    return new Request.Txn(
        List.of(),
        keys.stream()
            .<Request.InTxn>map(key ->
                new Request.Txn(
                    List.of(Compare.of(key, Compare.Relation.EQUAL, new Compare.Lease(lease))),
                    List.of(Request.DeleteRange.of(key)),
                    List.of()))
            .toList(),
        List.of());
  }

  private static boolean simple(Request.InTxn request) {
    return switch (request) {
      case Request.Range any -> true;
      case Request.Put put -> !put.ignoreValue() && !put.ignoreLease();
      case Request.DeleteRange delete -> delete.rangeEnd().isEmpty();
      case Request.Txn txn ->
          txn.compares().stream().allMatch(compare -> compare.rangeEnd().isEmpty())
              && txn.success().stream().allMatch(Move::simple)
              && txn.failure().stream().allMatch(Move::simple);
    };
  }

  /** Without its reads, and without a txn around it where one write without conditions is left. */
  private static Request.InTxn writing(Request.InTxn request) {
    if (!(request instanceof Request.Txn txn)) {
      return request;
    }
    List<Request.InTxn> success = writing(txn.success());
    return txn.compares().isEmpty() && success.size() == 1
        ? success.getFirst()
        : new Request.Txn(txn.compares(), success, writing(txn.failure()));
  }

  private static List<Request.InTxn> writing(List<Request.InTxn> branch) {
    return branch.stream()
        .filter(request -> !(request instanceof Request.Range))
        .map(Move::writing)
        .toList();
  }

  private void compared(Request.InTxn part) {
    if (part instanceof Request.Txn txn) {
      txn.compares().forEach(compare -> keys.add(compare.key()));
      txn.success().forEach(this::compared);
      txn.failure().forEach(this::compared);
    }
  }

  Operation operation() {
    return operation;
  }

  /** All puts that it may execute. */
  List<Request.Put> puts() {
    return puts;
  }

  /** What must hold for it to write anything, as far as that is certain. */
  List<Compare> conditions() {
    return request instanceof Request.Txn txn && txn.failure().isEmpty()
        ? txn.compares()
        : List.of();
  }

  /** The keys that it may put. */
  Set<String> putKeys() {
    return putKeys;
  }

  /** Whether it may have done what is told. */
  boolean mayBe(Clue clue) {
    if (!clue.put()) {
      return deletedKeys.contains(clue.key());
    }
    for (Request.Put put : puts) {
      if (put.key().equals(clue.key()) && clue.mayShow(put.value())) {
        return true;
      }
    }
    return false;
  }

  /** The keys that it may delete. */
  Set<String> deletedKeys() {
    return deletedKeys;
  }

  /** The keys that it may change or that decide what it does. */
  Set<String> keys() {
    return keys;
  }

  /** The keys that it changes if they are there, of a txn without conditions; else none. */
  Set<String> sureKeys() {
    return sureKeys;
  }

  /**
   * Whether it may change {@code key}, as far as its conditions tell.
   *
   * @param mod the mod revision of the key before {@code first}, {@link Sighting#UNKNOWN} if that
   *     is not known
   */
  boolean mayChange(String key, long mod, long first) {
    if (mod == Sighting.UNKNOWN
        || !(request instanceof Request.Txn txn)
        || changes(txn.failure(), key)) {
      return true;
    }
    for (Compare compare : txn.compares()) {
      if (compare.key().equals(key)
          && compare.relation() == Compare.Relation.EQUAL
          && compare.operand() instanceof Compare.ModRevision(long revision)
          && revision != mod
          && revision < first) {
        return false;
      }
    }
    return true;
  }

  private static boolean changes(List<Request.InTxn> branch, String key) {
    List<Request.Put> puts = new ArrayList<>();
    List<Request.DeleteRange> deletes = new ArrayList<>();
    branch.forEach(nested -> Lot.writes(nested, puts, deletes));
    return puts.stream().anyMatch(put -> put.key().equals(key))
        || deletes.stream().anyMatch(delete -> delete.key().equals(key));
  }

  /** What it does; those of which it is the same are alike, but for the values that they put. */
  Request.InTxn shape() {
    return shape;
  }

  /**
   * Whether it can have no effect any more, as its conditions ask for what will not be again.
   *
   * @param states how the keys are
   * @param done the last revision that was made
   */
  boolean tooLate(Function<String, KeyState> states, long done) {
    if (!(request instanceof Request.Txn txn) || !txn.failure().isEmpty()) {
      return false;
    }
    for (Compare compare : txn.compares()) {
      if (compare.relation() == Compare.Relation.EQUAL) {
        KeyState now = states.apply(compare.key());
        boolean over =
            switch (compare.operand()) {
              case Compare.ModRevision(long asked) ->
                  asked > 0 && asked <= done && now.mod() != asked;
              case Compare.CreateRevision(long asked) ->
                  asked > 0 && asked <= done && now.create() != asked;
              case Compare.Version any -> false;
              case Compare.Value any -> false;
              case Compare.Lease any -> false;
            };
        if (over) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether it does one thing to one key whatever that is. */
  boolean plain() {
    return !(request instanceof Request.Txn);
  }

  boolean taken() {
    return taken;
  }

  void take(boolean now) {
    taken = now;
  }

  /** It made {@code gap}, where {@code key} is seen to be put, and nothing else. */
  void pin(long gap, String key) {
    restrict(gap, gap);
    seenKeys.add(key);
  }

  /** It must make one of these revisions. */
  void restrict(long first, long last) {
    confine(first, last);
    due = true;
  }

  /** It can make none but these revisions. */
  void confine(long first, long last) {
    from = Math.max(from, first);
    to = Math.min(to, last);
  }

  /** Whether it must make one of the revisions that it may make. */
  boolean due() {
    return due;
  }

  /** Whether it may make one of these revisions. */
  boolean mayMake(long first, long last) {
    return from <= last && to >= first;
  }

  /** The first revision from {@code revision} on that it may make. */
  long first(long revision) {
    return Math.max(from, revision);
  }

  /** The last revision up to {@code revision} that it may make. */
  long last(long revision) {
    return Math.min(to, revision);
  }

  /** Whether it must make one of these revisions. */
  boolean mustMake(long first, long last) {
    return due && from >= first && to <= last;
  }

  /** Whether it may put {@code key} without being seen. */
  boolean supplies(String key) {
    return !seenKeys.contains(key);
  }

  /** Whether it puts {@code key} without being seen, whatever the state. */
  boolean surelySupplies(String key) {
    return surePuts.contains(key) && supplies(key);
  }

  /**
   * What it would do: the keys that it would put, with what it would put there, and those that it
   * would delete, with nothing. Empty if that cannot be told.
   */
  Optional<Map<String, Optional<Request.Put>>> effects(Function<String, KeyState> states) {
    Map<String, Optional<Request.Put>> effects = new HashMap<>(4);
    return effects(request, states, effects) ? Optional.of(effects) : Optional.empty();
  }

  private static boolean effects(
      Request.InTxn part,
      Function<String, KeyState> states,
      Map<String, Optional<Request.Put>> effects) {
    return switch (part) {
      case Request.Range any -> true;
      case Request.Put put -> {
        effects.put(put.key(), Optional.of(put));
        yield true;
      }
      case Request.DeleteRange delete ->
          switch (states.apply(delete.key()).kind()) {
            case PRESENT -> {
              effects.put(delete.key(), Optional.empty());
              yield true;
            }
            case ABSENT -> true;
            case ANY -> false;
          };
      case Request.Txn txn -> {
        boolean holds = true;
        boolean known = true;
        for (Compare compare : txn.compares()) {
          switch (Compares.one(compare, states.apply(compare.key()).keyValue(compare.key()))) {
            case HOLDS -> {}
            case FAILS -> holds = false;
            case UNDECIDED -> known = false;
          }
        }
        if (holds && !known) {
          yield false;
        }
        for (Request.InTxn nested : holds ? txn.success() : txn.failure()) {
          if (!effects(nested, states, effects)) {
            yield false;
          }
        }
        yield true;
      }
    };
  }
}
