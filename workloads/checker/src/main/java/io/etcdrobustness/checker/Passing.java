package io.etcdrobustness.checker;

import io.etcdrobustness.checker.leases.LeaseUse;
import io.etcdrobustness.checker.linearizability.Linearizable;
import io.etcdrobustness.checker.linearizability.Replay;
import io.etcdrobustness.checker.log.CompactionsSoFar;
import io.etcdrobustness.checker.watch.WatchAudit;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What several followers of one history need; made when it is asked for. */
public final class Passing {

  private static final int MOST_KEPT = 1 << 19;

  private History frame;
  private final boolean growing;
  private final WatchFeed feed;
  private final Budget budget;
  private Optional<Replay> replay = Optional.empty();
  private Optional<WatchAudit> audit = Optional.empty();
  private Optional<Hindsight> hindsight = Optional.empty();
  private @Nullable Operation asked;
  private boolean uses;

  Passing(History frame, boolean growing, WatchFeed feed, Budget budget) {
    this.frame = frame;
    this.growing = growing;
    this.feed = feed;
    this.budget = budget;
  }

  /** Of a recorded history, whose messages come to nobody this way. */
  public static Passing withoutMessages(History frame, Budget budget) {
    return new Passing(frame, false, new WatchFeed(Collections.emptyIterator()), budget);
  }

  /**
   * The history without its operations and watches; while it is being recorded, as far as that was
   * told. It is another one then whenever something was added.
   */
  public History frame() {
    return frame;
  }

  /** Whether the history is being recorded: what happened may be told after what it explains. */
  public boolean growing() {
    return growing;
  }

  /**
   * Whether so many entries are more than may be kept of a history that is being recorded, which
   * may go on for weeks.
   */
  public boolean tooMany(int kept) {
    return growing && kept > MOST_KEPT;
  }

  /** The record goes on with {@code happenings}, which are neither operations nor messages. */
  void happened(List<? extends Entry> happenings) {
    List<Entry> all = new ArrayList<>(frame.faults());
    all.addAll(frame.memberEvents());
    all.addAll(frame.phases());
    // Behind the others: what is of one time stays in the order in which it was recorded.
    all.addAll(happenings);
    frame = History.of(frame.facts(), all);
  }

  /** For what is judged at the end. */
  public Budget budget() {
    return budget;
  }

  /** Whether {@code operation} uses a lease; several ask it of one operation after the other. */
  public boolean usesLease(Operation operation) {
    if (operation != asked) {
      asked = operation;
      uses = LeaseUse.isIn(operation);
    }
    return uses;
  }

  /** The execution of all operations, in an order that explains their answers. */
  public Replay replay() {
    Replay made =
        replay.orElseGet(() -> new Replay(new Linearizable(), frame.facts(), feed, budget));
    replay = Optional.of(made);
    return made;
  }

  /** The comparison of what watches delivered with what was executed. */
  public WatchAudit audit() {
    WatchAudit made =
        audit.orElseGet(
            () -> new WatchAudit(replay(), hindsight(), new CompactionsSoFar(frame.facts())));
    audit = Optional.of(made);
    return made;
  }

  /** What is told of the time before the history. */
  public Hindsight hindsight() {
    Hindsight made = hindsight.orElseGet(() -> new Hindsight(this));
    hindsight = Optional.of(made);
    return made;
  }

  /** What is told of the time before, if anybody asked for it. */
  Optional<Hindsight> toldOfBefore() {
    return hindsight;
  }

  /** The execution, if anybody asked for it. */
  Optional<Replay> replayed() {
    return replay;
  }

  /** The comparison, if anybody asked for it. */
  Optional<WatchAudit> audited() {
    return audit;
  }
}
