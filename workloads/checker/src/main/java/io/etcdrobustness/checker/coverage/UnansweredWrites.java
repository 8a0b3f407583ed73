package io.etcdrobustness.checker.coverage;

import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Follower;
import io.etcdrobustness.checker.linearizability.Replay;
import io.etcdrobustness.checker.plain.PlainCounts;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.Watch;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Counts the revisions that writes without an answer made, and that somebody was told of. */
final class UnansweredWrites implements Follower.OfCalls, Follower.OfWatches {

  private static final int FEW = 256;

  private final Sometimes property;
  private final Replay replay;
  private final Follower explained;

  /** Made by such a write, and not told of yet. */
  private final Set<Long> made = new HashSet<>();

  /** Told of before they were executed. */
  private final Set<Long> early = new HashSet<>();

  private int many = FEW;
  private long seen;

  UnansweredWrites(Sometimes property, Replay replay) {
    this.property = property;
    this.replay = replay;
    this.explained = replay.proof();
  }

  @Override
  public void called(Operation operation) {
    catchUp();
    if (operation.outcome() instanceof Outcome.Ok(Response response)) {
      read(response);
    }
  }

  private void read(Response response) {
    if (response instanceof Response.Ranged ranged) {
      for (int i = 0; i < ranged.kvs().size(); i++) {
        told(ranged.kvs().get(i));
      }
    } else if (response instanceof Response.TxnDone txn) {
      for (Response.InTxn inner : txn.responses()) {
        read(inner);
      }
    }
  }

  @Override
  public void watched(Watch message) {
    if (message instanceof Watch.Events events) {
      catchUp();
      for (int i = 0; i < events.events().size(); i++) {
        Event event = events.events().get(i);
        if (event.type() == Event.Type.PUT) {
          told(event.kv());
        }
        if (event.previous().isPresent()) {
          told(event.previous().get());
        }
      }
    }
  }

  private void told(KeyValue kv) {
    if (kv.modRevision() >= replay.timeline().next()) {
      if (!replay.answered(kv.modRevision())) {
        early.add(kv.modRevision());
      }
    } else if (!made.isEmpty() && made.remove(kv.modRevision())) {
      seen++;
    }
  }

  private void catchUp() {
    if (replay.nobodyUnanswered() && early.size() < many) {
      return;
    }
    replay.unanswered(this::make);
    if (early.size() >= many) {
      forget();
    }
  }

  private void make(long revision) {
    if (early.contains(revision)) {
      seen++;
    } else {
      made.add(revision);
    }
  }

  private void forget() {
    early.removeIf(revision -> revision < replay.timeline().next());
    many = Math.max(FEW, 2 * early.size());
  }

  @Override
  public boolean hopeful() {
    return replay.hopeful();
  }

  @Override
  public Optional<Finding> end() {
    catchUp();
    forget();
    return replay.hopeful() && early.isEmpty()
        ? explained.end().map(order -> property.counted(seen))
        : Optional.empty();
  }

  @Override
  public Optional<Finding> plain(PlainCounts counts) {
    return Optional.of(property.counted(counts.unanswered()));
  }
}
