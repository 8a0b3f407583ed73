package io.etcdrobustness.checker.coverage;

import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Follower;
import io.etcdrobustness.checker.linearizability.Replay;
import io.etcdrobustness.checker.model.Timeline;
import io.etcdrobustness.checker.model.Written;
import io.etcdrobustness.checker.plain.PlainCounts;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
  private final Map<Long, List<KeyValue>> early = new HashMap<>();

  /**
   * Whether somebody was told of such a revision otherwise than it was executed here: either that
   * is wrong, or another of the writes made it, and the whole history has to tell.
   */
  private boolean disputed;

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
      read(operation.request(), response);
    }
  }

  private void read(Request request, Response response) {
    // A read of keys alone tells no value.
    if (response instanceof Response.Ranged ranged
        && !(request instanceof Request.Range range && range.keysOnly())) {
      for (int i = 0; i < ranged.kvs().size(); i++) {
        told(ranged.kvs().get(i));
      }
    } else if (response instanceof Response.TxnDone done) {
      List<Request.InTxn> branch =
          request instanceof Request.Txn txn
              ? done.succeeded() ? txn.success() : txn.failure()
              : List.of();
      boolean fits = branch.size() == done.responses().size();
      for (int i = 0; i < done.responses().size(); i++) {
        read(fits ? branch.get(i) : request, done.responses().get(i));
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
        List<KeyValue> all = early.computeIfAbsent(kv.modRevision(), any -> new ArrayList<>(1));
        if (all.stream().noneMatch(known -> alike(known, kv))) {
          all.add(kv);
        }
      }
    } else if (made.contains(kv.modRevision())) {
      if (put(kv)) {
        made.remove(kv.modRevision());
        seen++;
      } else {
        disputed = true;
      }
    }
  }

  /** Whether it was put there. */
  private boolean put(KeyValue kv) {
    Timeline timeline = replay.timeline();
    if (kv.modRevision() < timeline.oldest()) {
      return true;
    }
    for (Written written : timeline.at(kv.modRevision())) {
      if (written.now().isPresent() && alike(written.now().get(), kv)) {
        return true;
      }
    }
    return false;
  }

  private static boolean alike(KeyValue one, KeyValue other) {
    return one.key().equals(other.key()) && one.value().equals(other.value());
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
    List<KeyValue> told = early.getOrDefault(revision, List.of());
    if (told.stream().anyMatch(this::put)) {
      seen++;
    } else {
      disputed |= !told.isEmpty();
      made.add(revision);
    }
  }

  private void forget() {
    early.keySet().removeIf(revision -> revision < replay.timeline().next());
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
    return replay.hopeful() && early.isEmpty() && !disputed
        ? explained.end().map(order -> property.counted(seen))
        : Optional.empty();
  }

  @Override
  public Optional<Finding> plain(PlainCounts counts) {
    return Optional.of(property.counted(counts.unanswered()));
  }
}
