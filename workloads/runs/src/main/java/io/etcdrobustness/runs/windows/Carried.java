package io.etcdrobustness.runs.windows;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Opening;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.Recorder;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What crosses the edge between two windows: it listens to the record, forgets what is over, and
 * tells at an edge what of the past the next window depends on. Its memory depends on what is
 * alive, not on the age of the run. Not safe for use by several threads.
 *
 * <p>All of it is told as it was recorded, at its own time, but for watches: these are told as if
 * they were opened at the edge, where each of them is by then. Where something is uncertain less is
 * carried, never more: what the next window does not know of it cannot hold against etcd.
 */
public final class Carried implements Recorder {

  /** Faults that did not heal and are kept; a cluster with that many has none without one. */
  private static final int MOST_UNHEALED = 200;

  private final OpenWrites writes = new OpenWrites();
  private final CarriedLeases leases = new CarriedLeases();
  private final HungKeys hung = new HungKeys();
  private final CarriedCompactions compactions = new CarriedCompactions();
  private final CarriedWatches watches = new CarriedWatches();
  private final CarriedMembers members = new CarriedMembers();
  private final List<FaultWindow> unhealed = new ArrayList<>();

  @Override
  public void record(Entry entry) {
    switch (entry) {
      case Operation operation -> {
        writes.record(operation);
        leases.record(operation);
        hung.record(operation);
        compactions.record(operation);
      }
      case Watch watch -> watches.record(watch);
      case MemberEvent event -> members.record(event);
      case FaultWindow fault -> {
        if (fault.end() == Long.MAX_VALUE && unhealed.size() < MOST_UNHEALED) {
          unhealed.add(fault);
        }
      }
      case Phase _ -> {
        // Each window has its own.
      }
    }
  }

  /** Whether more is open than can be told: others must be taken to write. */
  boolean incomplete() {
    return writes.tooMany();
  }

  /**
   * What the window after {@code edge} begins with, and forgets what the edge settles.
   *
   * @param time not after anything that will be recorded from now on
   */
  List<Entry> across(Edge edge, long time) {
    if (edge.settled()) {
      writes.settle().forEach(this::forgetLease);
    }
    edge.opening().ifPresent(opening -> compareWith(opening.answer().kvs(), opening.read().call()));
    Map<Long, Operation> operations = new TreeMap<>();
    for (List<Operation> some :
        List.of(
            writes.operations(),
            leases.operations(),
            hung.operations(),
            compactions.operations())) {
      some.forEach(operation -> operations.put(operation.id(), operation));
    }
    edge.opening().map(Opening::read).ifPresent(read -> operations.put(read.id(), read));
    List<Entry> entries = new ArrayList<>(members.entries());
    entries.addAll(unhealed);
    operations.values().stream()
        .sorted(Comparator.comparingLong(Operation::call))
        .forEach(entries::add);
    entries.addAll(watches.restated(edge.opening().map(Opening::revision).orElse(0L), time));
    return entries;
  }

  /** What was asked of it and not answered may have happened or not; the edge does not tell. */
  private void forgetLease(Operation unanswered) {
    if (unanswered.request() instanceof Request.LeaseGrant grant) {
      leases.forget(grant.id());
    } else if (unanswered.request() instanceof Request.LeaseRevoke revoke) {
      leases.forget(revoke.id());
    }
  }

  private void compareWith(List<KeyValue> store, long time) {
    hung.compareWith(store);
    Set<Long> inUse =
        store.stream().map(KeyValue::lease).filter(lease -> lease != 0).collect(Collectors.toSet());
    leases.forgetDue(time, inUse);
  }
}
