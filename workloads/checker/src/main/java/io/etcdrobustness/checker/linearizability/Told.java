package io.etcdrobustness.checker.linearizability;

import io.etcdrobustness.checker.linearizability.RealTime.Placed;
import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/** Reads out of answers what they tell of single keys. */
final class Told {

  private final Listener listener;

  Told(Listener listener) {
    this.listener = listener;
  }

  /** Who wants to know. */
  interface Listener {

    /** The keys of which absence is of interest, where it is told by leaving them out. */
    NavigableSet<String> keys();

    /** So a key was. */
    void see(Sighting sighting);

    /** So many keys of {@code range} were there, of which not all are told. */
    default void counted(long at, Request.Range range, long count, Operation by) {}

    /** A step put a key. */
    void put(Request.Put put, Placed step);

    /** A step deleted at least one key, and left none of {@code delete}. */
    void deleted(Request.DeleteRange delete, Placed step);

    /** All of the step to a revision has been told; what was found then comes next. */
    void stepped();
  }

  /** Tells all of a place, the owner first. */
  void place(long revision, Place place) {
    List<Operation> owners = place.owner().map(List::of).orElse(List.of());
    step(revision, owners);
    for (Operation member : place.members()) {
      operation(member, new From(member, revision, Long.MAX_VALUE));
    }
  }

  /** Tells what {@code read}, of a past revision, told of that. */
  void past(Operation read) {
    if (read.request() instanceof Request.Range range
        && read.outcome() instanceof Outcome.Ok(Response.Ranged ranged)) {
      range(range, ranged, new From(read, range.revision(), Long.MAX_VALUE));
    }
  }

  /** Tells of the conditions of {@code write}, which made {@code revision}, that they held. */
  void held(List<Compare> conditions, Operation write, long revision) {
    conditions.forEach(compare -> compared(compare, new From(write, revision - 1, revision)));
  }

  /** Tells all of a slot, the owner first. */
  void slot(long revision, Slot slot) {
    step(revision, slot.owners());
    for (Operation member : slot.members()) {
      operation(member, new From(member, revision, Long.MAX_VALUE));
    }
    for (Slot.Past past : slot.pasts()) {
      range(past.range(), past.told(), new From(past.operation(), revision, Long.MAX_VALUE));
    }
  }

  private void step(long revision, List<Operation> owners) {
    List<From> steps = new ArrayList<>(1);
    for (Operation owner : owners) {
      From from = new From(owner, revision - 1, revision);
      operation(owner, from);
      steps.add(from);
    }
    listener.stepped();
    for (From from : steps) {
      for (Own own : from.seen()) {
        if (!from.touched(own.kv().key(), own.after())) {
          listener.see(Sighting.of(revision, own.kv(), own.withValue(), from.operation()));
        }
      }
    }
  }

  /**
   * What a step told of what it had written itself.
   *
   * @param after how much it had written by then
   */
  private record Own(KeyValue kv, boolean withValue, int after) {}

  /**
   * Whence it is told.
   *
   * @param before the revision in which the step found the keys
   * @param own the revision of the step itself, whose own writes its answer may tell
   * @param written what it has written so far: etcd lets a txn delete what it has put, and put what
   *     it has deleted, where it does not notice ({@code TxnShape})
   * @param seen what it told of that
   */
  private record From(
      Operation operation,
      long before,
      long own,
      List<Request.DeleteRange> written,
      List<Own> seen) {

    From(Operation operation, long before, long own) {
      this(operation, before, own, new ArrayList<>(1), new ArrayList<>(0));
    }

    /** Whether {@code key} may be what the step itself has made of it. */
    boolean touched(String key) {
      return touched(key, 0);
    }

    /** The same, leaving out the first {@code after} writes. */
    boolean touched(String key, int after) {
      for (Request.DeleteRange range : written.subList(after, written.size())) {
        if (ByteStrings.inRange(key, range.key(), range.rangeEnd())) {
          return true;
        }
      }
      return false;
    }

    Placed step() {
      return new Placed(operation, own);
    }
  }

  private void operation(Operation operation, From from) {
    if (operation.outcome() instanceof Outcome.Ok(Response response)) {
      if (operation.request() instanceof Request.Txn txn
          && response instanceof Response.TxnDone done
          && done.succeeded()) {
        txn.compares().forEach(compare -> compared(compare, from));
      }
      answer(operation.request(), response, from);
    }
  }

  private void answer(Request request, Response response, From from) {
    switch (response) {
      case Response.Ranged ranged when request instanceof Request.Range range -> {
        if (range.revision() <= 0) {
          range(range, ranged, from);
        }
      }
      case Response.PutDone done when request instanceof Request.Put put -> {
        if (!from.touched(put.key())) {
          done.previous().ifPresent(kv -> present(from, kv, true));
          if (put.prevKv() && done.previous().isEmpty()) {
            absent(from, put.key());
          }
        }
        from.written().add(Request.DeleteRange.of(put.key()));
        listener.put(put, from.step());
      }
      case Response.Deleted done when request instanceof Request.DeleteRange delete -> {
        done.previous().stream()
            .filter(kv -> !from.touched(kv.key()))
            .forEach(kv -> present(from, kv, true));
        if (delete.rangeEnd().isEmpty()
            && done.deleted() > 0
            && done.previous().isEmpty()
            && !from.touched(delete.key())) {
          listener.see(
              Sighting.present(from.before(), delete.key(), Sighting.UNKNOWN, from.operation()));
        }
        if (delete.rangeEnd().isEmpty() && done.deleted() == 0) {
          absent(from, delete.key());
        }
        if (done.deleted() > 0) {
          from.written().add(delete);
          listener.deleted(delete, from.step());
        }
      }
      case Response.TxnDone done when request instanceof Request.Txn txn -> {
        var branch = Effects.branch(txn, done);
        for (int i = 0; i < Math.min(branch.size(), done.responses().size()); i++) {
          answer(branch.get(i), done.responses().get(i), from);
        }
      }
      case Response other -> {}
    }
  }

  private void range(Request.Range range, Response.Ranged told, From from) {
    for (KeyValue kv : told.kvs()) {
      if (kv.modRevision() < from.own()) {
        present(from, kv, !range.keysOnly());
      } else if (kv.modRevision() == from.own()) {
        from.seen().add(new Own(kv, !range.keysOnly(), from.written().size()));
      }
    }
    if (range.rangeEnd().isEmpty()) {
      if (told.count() == 0) {
        absent(from, range.key());
      }
    } else if (told.count() == told.kvs().size()) {
      missing(range, range.rangeEnd(), told, from);
    } else {
      if (from.written().isEmpty()) {
        listener.counted(from.before(), range, told.count(), from.operation());
      }
      if (inOrderOfKeys(range) && !told.kvs().isEmpty()) {
        // A page holds the first keys: what is missing before its last one is not there. Nothing is
        // before the first key of all, whose name as an end stands for no end.
        String last = told.kvs().getLast().key();
        if (!last.equals("\0")) {
          missing(range, last, told, from);
        }
      }
    }
  }

  private static boolean inOrderOfKeys(Request.Range range) {
    return range.sortTarget() == Request.SortTarget.KEY
        && range.sortOrder() != Request.SortOrder.DESCEND
        && range.minModRevision() == 0
        && range.maxModRevision() == 0
        && range.minCreateRevision() == 0
        && range.maxCreateRevision() == 0;
  }

  private void missing(Request.Range range, String end, Response.Ranged told, From from) {
    TreeSet<String> missing = within(listener.keys(), range.key(), end);
    told.kvs().forEach(kv -> missing.remove(kv.key()));
    missing.forEach(key -> absent(from, key));
  }

  private void compared(Compare compare, From from) {
    if (!compare.rangeEnd().isEmpty() || compare.relation() != Compare.Relation.EQUAL) {
      return;
    }
    switch (compare.operand()) {
      case Compare.ModRevision(long revision) -> {
        if (revision == 0) {
          absent(from, compare.key());
        } else {
          listener.see(Sighting.present(from.before(), compare.key(), revision, from.operation()));
        }
      }
      case Compare.CreateRevision(long revision) -> {
        if (revision == 0) {
          absent(from, compare.key());
        }
      }
      case Compare.Version(long version) -> {
        if (version == 0) {
          absent(from, compare.key());
        }
      }
      case Compare.Value any -> {}
      case Compare.Lease any -> {}
    }
  }

  private void present(From from, KeyValue kv, boolean withValue) {
    listener.see(Sighting.of(from.before(), kv, withValue, from.operation()));
  }

  /** Inside a step that writes, a key may be absent because the step itself deleted it. */
  private void absent(From from, String key) {
    if (from.touched(key)) {
      return;
    }
    listener.see(Sighting.absent(from.before(), key, from.operation()));
  }

  /** Those of {@code keys} in etcd's range. */
  static TreeSet<String> within(NavigableSet<String> keys, String from, String end) {
    TreeSet<String> result = new TreeSet<>();
    for (String key : keys.tailSet(from, true)) {
      if (!ByteStrings.inRange(key, from, end)) {
        break;
      }
      result.add(key);
    }
    return result;
  }
}
