package io.etcdrobustness.checker;

import io.etcdrobustness.checker.log.Change;
import io.etcdrobustness.checker.log.RevisionLog;
import io.etcdrobustness.checker.reads.SerializableReadFromPast;
import io.etcdrobustness.checker.watch.WatchAtomic;
import io.etcdrobustness.checker.watch.WatchBookmarkable;
import io.etcdrobustness.checker.watch.WatchFilter;
import io.etcdrobustness.checker.watch.WatchIsCreate;
import io.etcdrobustness.checker.watch.WatchOrdered;
import io.etcdrobustness.checker.watch.WatchPrevKV;
import io.etcdrobustness.checker.watch.WatchReliable;
import io.etcdrobustness.checker.watch.WatchResumable;
import io.etcdrobustness.checker.watch.WatchUnique;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Opening;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What watches and reads tell of the time before the read that a history goes on from. Nothing of
 * that can be executed, so it is kept, and judged by itself at the end. It is little: a watch that
 * was resumed some way back, a read of the past soon after the edge.
 *
 * <p>What is kept is as good as the whole for that. Writes that are judged here all came later, so
 * of what was before only watches tell ({@link RevisionLog}), and of each of them everything is
 * kept up to the first whole response beyond that read, besides when each watch began and ended, on
 * which it depends whom a progress response is for. Where the log of the whole takes a key for
 * unchanged until a later put, because of the put's version, the read shows it unchanged. What
 * comes later is compared with what was executed by whoever asks for this.
 */
public final class Hindsight implements Follower.OfCalls, Follower.OfWatches {

  private static final List<Property> JUDGES =
      List.of(
          new WatchOrdered(),
          new WatchUnique(),
          new WatchAtomic(),
          new WatchReliable(),
          new WatchResumable(),
          new WatchBookmarkable(),
          new WatchFilter(),
          new WatchPrevKV(),
          new WatchIsCreate(),
          new SerializableReadFromPast());

  private final Passing passing;
  private final boolean goesOn;
  private @Nullable Opening opening;
  private final List<Entry> kept = new ArrayList<>();

  /** Watches that have delivered a whole response beyond the opening, or began there. */
  private final Set<Long> beyond = new HashSet<>();

  /** Whether anything was told of the time before. */
  private boolean told;

  private boolean tooMany;
  private Optional<Boolean> borneOut = Optional.empty();

  Hindsight(Passing passing) {
    this.passing = passing;
    goesOn = passing.frame().facts().start() == History.Start.READ;
  }

  @Override
  public void called(Operation operation) {
    if (goesOn && opening == null) {
      opening = Opening.of(operation).orElse(null);
    }
  }

  /** Takes a read that was answered from a revision before the opening. */
  public void read(Operation operation) {
    told = true;
    keep(operation);
  }

  @Override
  public void watched(Watch message) {
    if (!goesOn || tooMany) {
      return;
    }
    switch (message) {
      case Watch.Opened opened -> {
        keep(opened);
        if (opening != null && opened.startRevision() > opening.revision()) {
          beyond.add(opened.watch());
        }
      }
      case Watch.Events events -> {
        if (!beyond.contains(events.watch())) {
          delivered(events);
        }
      }
      case Watch.Progress progress -> {
        if (!beyond.contains(progress.watch())) {
          keep(progress);
        }
      }
      case Watch.Created _, Watch.Canceled _, Watch.Broken _, Watch.Closed _ -> keep(message);
      case Watch.ProgressRequested _ -> {
        // It tells nothing.
      }
    }
  }

  private void delivered(Watch.Events events) {
    keep(events);
    if (opening == null) {
      return;
    }
    for (Event event : events.events()) {
      told |= event.revision() <= opening.revision();
    }
    if (!events.fragment() && events.highest() > opening.revision()) {
      beyond.add(events.watch());
    }
  }

  private void keep(Entry entry) {
    if (!tooMany) {
      kept.add(entry);
    }
    if (passing.tooMany(kept.size())) {
      tooMany = true;
      kept.clear();
    }
  }

  @Override
  public boolean hopeful() {
    return goesOn;
  }

  /** It speaks for others, see {@link #bearsOut}. */
  @Override
  public Optional<Finding> end() {
    return Optional.empty();
  }

  /** All has been told: whether what was told of the time before is in order. */
  public boolean bearsOut() {
    if (!told) {
      return true;
    }
    borneOut = Optional.of(borneOut.orElseGet(() -> !tooMany && judge()));
    return borneOut.get();
  }

  private boolean judge() {
    Opening read = opening;
    if (read == null) {
      return false;
    }
    List<Entry> entries = new ArrayList<>(kept);
    entries.add(read.read());
    // Most of those who wrote are not in here; so nobody can say that a revision came too early.
    History history = History.of(passing.frame().facts().amongOthers(), entries);
    Evidence evidence = new Evidence(history);
    if (!leadsTo(read, evidence.revisionLog())) {
      return false;
    }
    for (Property property : JUDGES) {
      switch (property.judge(evidence, passing.budget()).status()) {
        case HOLDS, NOT_EXERCISED -> {}
        case VIOLATED, KNOWN, UNDECIDED, EXCLUDED -> {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * Whether the last that is told of each key before the opening can have led to what that shows.
   */
  private static boolean leadsTo(Opening opening, RevisionLog log) {
    Map<String, Change> last = new HashMap<>();
    for (Change change : log.changes()) {
      if (change.revision() <= opening.revision()) {
        last.put(change.key(), change);
      }
    }
    Map<String, KeyValue> held = new HashMap<>();
    opening.answer().kvs().forEach(kv -> held.put(kv.key(), kv));
    return last.values().stream()
        .allMatch(change -> leadsTo(change, Optional.ofNullable(held.get(change.key()))));
  }

  private static boolean leadsTo(Change change, Optional<KeyValue> held) {
    if (change.disputed()) {
      return false;
    }
    // A key that is gone may have been deleted later.
    if (held.isEmpty() || held.get().createRevision() > change.revision()) {
      return true;
    }
    return change.type() == Event.Type.PUT
        && (comesLater(held.get(), change)
            || (held.get().modRevision() == change.revision()
                && change.contradictedBy(held.get(), true).isEmpty()));
  }

  /**
   * Whether {@code held} was made by a later put of the same creation, which has a higher version.
   */
  private static boolean comesLater(KeyValue held, Change change) {
    return held.modRevision() > change.revision()
        && (held.version() == KeyValue.NOT_RECORDED || held.version() > change.version());
  }
}
