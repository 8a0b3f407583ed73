package io.etcdrobustness.checker;

import io.etcdrobustness.checker.leases.LeaseUse;
import io.etcdrobustness.checker.linearizability.Linearizable;
import io.etcdrobustness.checker.linearizability.Replay;
import io.etcdrobustness.checker.watch.WatchAudit;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What several followers of one history need; made when it is asked for. */
public final class Passing {

  private final History frame;
  private final WatchFeed feed;
  private final Budget budget;
  private Optional<Replay> replay = Optional.empty();
  private Optional<WatchAudit> audit = Optional.empty();
  private @Nullable Operation asked;
  private boolean uses;

  Passing(History frame, WatchFeed feed, Budget budget) {
    this.frame = frame;
    this.feed = feed;
    this.budget = budget;
  }

  /** The history without its operations and watches. */
  public History frame() {
    return frame;
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
    Replay made = replay.orElseGet(() -> new Replay(new Linearizable(), frame.facts(), feed));
    replay = Optional.of(made);
    return made;
  }

  /** The comparison of what watches delivered with what was executed. */
  public WatchAudit audit() {
    WatchAudit made = audit.orElseGet(() -> new WatchAudit(replay()));
    audit = Optional.of(made);
    return made;
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
