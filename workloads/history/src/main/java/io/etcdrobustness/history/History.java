package io.etcdrobustness.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * All that was observed in a run.
 *
 * @param facts what is known about the cluster besides what was observed
 * @param operations by call time
 * @param watches in the order of their time; of one watch in the order of arrival
 * @param faults by start
 * @param memberEvents by time
 * @param phases by time
 */
public record History(
    Facts facts,
    List<Operation> operations,
    List<Watch> watches,
    List<FaultWindow> faults,
    List<MemberEvent> memberEvents,
    List<Phase> phases) {

  public History {
    operations = List.copyOf(operations);
    watches = List.copyOf(watches);
    faults = List.copyOf(faults);
    memberEvents = List.copyOf(memberEvents);
    phases = List.copyOf(phases);
  }

  /**
   * What is known about the cluster besides what was observed.
   *
   * @param start what is known of the store as it was before
   * @param autoCompaction members compact by themselves: a "compacted" error needs no compaction in
   *     the history
   * @param otherWriters somebody outside the history may write too (leases that expire are not
   *     meant)
   * @param uniqueValues no value is put twice
   */
  public record Facts(
      Start start, boolean autoCompaction, boolean otherWriters, boolean uniqueValues) {

    /** A new cluster that nobody else touches, and a workload whose values are unique. */
    public static final Facts OWN_CLUSTER = new Facts(Start.EMPTY, false, false, true);

    /** These facts of a cluster that others may write to as well. */
    public Facts amongOthers() {
      return new Facts(start, autoCompaction, true, uniqueValues);
    }

    /** Whether the store was new: revision 1, no key. */
    public boolean emptyAtStart() {
      return start == Start.EMPTY;
    }
  }

  /** What is known of the store as it was before the history. */
  public enum Start {
    /** It was new: revision 1, no key. */
    EMPTY,
    /** Nothing, of keys that the history has not seen written. */
    UNKNOWN,
    /** What the history's {@link Opening} read. */
    READ
  }

  /** The history that consists of {@code entries}, which may come in any order. */
  public static History of(Facts facts, List<? extends Entry> entries) {
    List<Operation> operations = new ArrayList<>();
    List<Watch> watches = new ArrayList<>();
    List<FaultWindow> faults = new ArrayList<>();
    List<MemberEvent> memberEvents = new ArrayList<>();
    List<Phase> phases = new ArrayList<>();
    for (Entry entry : entries) {
      switch (entry) {
        case Operation operation -> operations.add(operation);
        case Watch watch -> watches.add(watch);
        case FaultWindow fault -> faults.add(fault);
        case MemberEvent event -> memberEvents.add(event);
        case Phase phase -> phases.add(phase);
      }
    }
    // The sorts are stable: what arrived in one instant stays in the order in which it was
    // recorded.
    operations.sort(Comparator.comparingLong(Operation::call));
    watches.sort(Comparator.comparingLong(Watch::time));
    faults.sort(Comparator.comparingLong(FaultWindow::start));
    memberEvents.sort(Comparator.comparingLong(MemberEvent::time));
    phases.sort(Comparator.comparingLong(Phase::time));
    return new History(facts, operations, watches, faults, memberEvents, phases);
  }

  /** This history without its operations and watches. */
  public History frame() {
    return new History(facts, List.of(), List.of(), faults, memberEvents, phases);
  }

  /** This history, which holds neither, with the operations and watches among {@code entries}. */
  public History with(List<? extends Entry> entries) {
    if (entries.isEmpty()) {
      return this;
    }
    History added = of(facts, entries);
    return new History(facts, added.operations, added.watches, faults, memberEvents, phases);
  }
}
