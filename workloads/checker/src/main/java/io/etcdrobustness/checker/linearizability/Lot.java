package io.etcdrobustness.checker.linearizability;

import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Request;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Candidates that no observation can tell apart, such as the deletes of one key. Whoever needs one
 * takes the one that was called first: those called later are as good at any later revision.
 */
final class Lot {

  private final int number;
  private final List<Candidate> members = new ArrayList<>();
  private final List<Request.Put> puts = new ArrayList<>();
  private final List<Request.DeleteRange> deletes = new ArrayList<>();
  private final boolean revokes;
  private final int mostKeys;
  private final int mostPuts;
  private int used;

  Lot(int number, Request request) {
    this.number = number;
    this.revokes = request instanceof Request.LeaseRevoke || request instanceof Request.Unlock;
    collect(request, puts, deletes);
    boolean bounded = !revokes && deletes.stream().allMatch(del -> del.rangeEnd().isEmpty());
    mostPuts = puts(request);
    Set<String> keys = new HashSet<>();
    puts.forEach(put -> keys.add(put.key()));
    deletes.forEach(delete -> keys.add(delete.key()));
    mostKeys = bounded ? keys.size() : Integer.MAX_VALUE;
  }

  void add(Candidate candidate) {
    members.add(candidate);
  }

  void sort() {
    members.sort(Comparator.comparingLong(Candidate::from));
  }

  int number() {
    return number;
  }

  List<Candidate> members() {
    return members;
  }

  boolean exhausted() {
    return used == members.size();
  }

  /** The one to take next. */
  Candidate next() {
    return members.get(used);
  }

  int used() {
    return used;
  }

  void take() {
    used++;
  }

  void giveBack() {
    used--;
  }

  /** All puts that it may execute. */
  List<Request.Put> puts() {
    return puts;
  }

  /** All deletes that it may execute, but for those of a lease's keys. */
  List<Request.DeleteRange> deletes() {
    return deletes;
  }

  /** The most keys that it can put in one step. */
  int mostPuts() {
    return mostPuts;
  }

  /** The most keys that it can change in one step. */
  int mostKeys() {
    return mostKeys;
  }

  /** Whether it may write what was seen. */
  boolean mayPut(Sighting sighting) {
    return puts.stream()
        .anyMatch(put ->
            put.key().equals(sighting.key())
                && (put.ignoreValue() || sighting.mayShow(put.value())));
  }

  /** Whether it may put {@code kv}'s key with its value. */
  boolean mayPut(KeyValue kv) {
    return puts.stream()
        .anyMatch(put ->
            put.key().equals(kv.key())
                && (put.ignoreValue() || Sighting.alike(kv.value(), put.value())));
  }

  /** Whether it may delete {@code key}; a lease's keys are not known beforehand. */
  boolean mayDelete(String key) {
    return revokes
        || deletes.stream()
            .anyMatch(delete -> ByteStrings.inRange(key, delete.key(), delete.rangeEnd()));
  }

  private static int puts(Request request) {
    return switch (request) {
      case Request.Put put -> 1;
      case Request.Txn txn ->
          Math.max(
              txn.success().stream().mapToInt(Lot::puts).sum(),
              txn.failure().stream().mapToInt(Lot::puts).sum());
      case Request other -> 0;
    };
  }

  private static void collect(
      Request request, List<Request.Put> puts, List<Request.DeleteRange> deletes) {
    switch (request) {
      case Request.Put put -> puts.add(put);
      case Request.DeleteRange delete -> deletes.add(delete);
      case Request.Txn txn -> {
        txn.success().forEach(nested -> collect(nested, puts, deletes));
        txn.failure().forEach(nested -> collect(nested, puts, deletes));
      }
      case Request other -> {}
    }
  }

  /**
   * The same for all that do the same to the same keys.
   *
   * @param value what stands for the value of a put
   */
  static Request.InTxn shape(Request.InTxn request, Function<Request.Put, String> value) {
    return switch (request) {
      case Request.Put put ->
          new Request.Put(
              put.key(),
              value.apply(put),
              put.lease(),
              false,
              put.ignoreValue(),
              put.ignoreLease());
      case Request.DeleteRange delete ->
          new Request.DeleteRange(delete.key(), delete.rangeEnd(), false);
      case Request.Txn txn ->
          new Request.Txn(
              txn.compares(),
              txn.success().stream().map(each -> shape(each, value)).toList(),
              txn.failure().stream().map(each -> shape(each, value)).toList());
      case Request.Range range -> range;
    };
  }

  /** All puts and deletes that {@code request} may execute. */
  static void writes(Request request, List<Request.Put> puts, List<Request.DeleteRange> deletes) {
    collect(request, puts, deletes);
  }
}
