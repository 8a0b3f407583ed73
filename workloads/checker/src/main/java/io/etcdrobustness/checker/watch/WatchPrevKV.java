package io.etcdrobustness.checker.watch;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Follower;
import io.etcdrobustness.checker.Passing;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.log.Change;
import io.etcdrobustness.checker.log.Compactions;
import io.etcdrobustness.checker.log.KeyState;
import io.etcdrobustness.checker.log.ObservedWatch;
import io.etcdrobustness.checker.log.ObservedWatch.Delivery;
import io.etcdrobustness.checker.log.RevisionLog;
import io.etcdrobustness.checker.log.Tally;
import io.etcdrobustness.checker.log.Wording;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.KeyValue;
import java.util.List;
import java.util.Optional;

/**
 * The previous key of an event is the key as it was one revision before.
 *
 * <p>Why each rule is sound. The server reads the key at the event's revision minus one when it
 * sends the event, unless the event creates the key (etcd {@code v3rpc/watch.go}, sendLoop). So:
 *
 * <ul>
 *   <li>a previous key must be this key, changed before the event, and equal to its state at the
 *       revision before where the log knows that state;
 *   <li>an event that creates its key has none;
 *   <li>it may be missing otherwise only if that read failed because the revision before had been
 *       compacted: then a compaction at the event's revision or later must have been called before
 *       the event arrived, or nobody saw it (members that compact by themselves, strangers, the
 *       time before the history).
 * </ul>
 */
public final class WatchPrevKV implements Property {

  private static final String PROVED =
      "Every previous key was the key as it was one revision before.";

  @Override
  public String name() {
    return "WatchPrevKV";
  }

  @Override
  public Kind kind() {
    return Kind.ALWAYS;
  }

  @Override
  public Explanation explanation() {
    return new Explanation(
        "Where asked for, an event carries its key as it was one revision before.",
        "Kubernetes tells by it whether an object left a selector; with a wrong previous value its"
            + " watchers keep objects that are gone.",
        "etcd docs, API reference, WatchCreateRequest.prev_kv; etcd's robustness suite, PrevKV.",
        "For each event of a watch that asked for it: the previous key equals the key's state at the"
            + " revision before, where that is known; it is absent for a creation, and otherwise only"
            + " if a compaction may explain it. The first events of a watch, up to the revision of its"
            + " confirmation, may lack it: etcd registers the watch before it notes that previous keys"
            + " are wanted (recvLoop in server/etcdserver/api/v3rpc/watch.go; docs/findings.md).",
        "Compare the mod revision of the previous key with the events of the key before: a lost"
            + " event shows as a previous key that nobody delivered.");
  }

  @Override
  public Optional<Follower> follower(Passing passing) {
    return Optional.of(passing.audit().proof(this, counts -> counts.withPrevious, PROVED));
  }

  @Override
  public Finding judge(Evidence evidence, Budget budget) {
    RevisionLog log = evidence.revisionLog();
    Compactions compactions = new Compactions(evidence.history(), log);
    Tally tally = new Tally(this, budget);
    for (ObservedWatch watch : log.watches()) {
      if (watch.opened().prevKv()) {
        judge(watch, log, compactions, tally);
      }
    }
    return tally.finding(PROVED);
  }

  private static void judge(
      ObservedWatch watch, RevisionLog log, Compactions compactions, Tally tally) {
    // etcd begins to deliver before it has noted that the watch wants previous keys (see the
    // judgement). Its confirmation tells a revision that was read after that.
    boolean noted = false;
    long confirmedAt =
        watch.created().map(confirmed -> confirmed.header().revision()).orElse(Long.MAX_VALUE);
    for (Delivery delivery : watch.deliveries()) {
      Event event = delivery.event();
      if (tally.exhausted()) {
        return;
      }
      tally.hit();
      noted |= event.previous().isPresent() || event.revision() > confirmedAt;
      KeyState before = log.before(delivery.change());
      Optional<String> wrong =
          event.previous().isPresent()
              ? present(event, event.previous().get(), before)
              : noted ? absent(event, before, compactions, delivery.time()) : Optional.empty();
      if (wrong.isPresent()) {
        report(watch, event, wrong.get(), before, delivery.time(), tally);
      }
    }
  }

  private static Optional<String> present(Event event, KeyValue previous, KeyState before) {
    if (!previous.key().equals(event.kv().key())) {
      return Optional.of("the previous key is another key, " + previous.key());
    }
    if (previous.modRevision() >= event.revision()) {
      return Optional.of("the previous key has revision " + previous.modRevision());
    }
    if (creates(event)) {
      return Optional.of(
          "the event creates the key, and yet has a previous one of revision "
              + previous.modRevision());
    }
    return switch (before) {
      case KeyState.Present(Change put) ->
          put.contradictedBy(previous, true).map(what -> "the previous key has " + what);
      case KeyState.Absent() ->
          Optional.of(
              "the previous key has revision "
                  + previous.modRevision()
                  + ", while the key did not exist");
      case KeyState.NotKnown() -> Optional.empty();
    };
  }

  private static Optional<String> absent(
      Event event, KeyState before, Compactions compactions, long time) {
    // A key that is not known to have existed before need not have a previous one. A delete always
    // has, and so does a put of a later version; the log's knowledge is the third way to tell.
    boolean existed =
        event.type() == Event.Type.DELETE
            || event.kv().version() > 1
            || before instanceof KeyState.Present;
    return existed && !creates(event) && !compactions.mayHaveReached(event.revision(), time)
        ? Optional.of("the previous key is missing, and no compaction can explain it")
        : Optional.empty();
  }

  private static boolean creates(Event event) {
    return event.type() == Event.Type.PUT
        && (event.created()
            || event.kv().version() == 1
            || event.kv().createRevision() == event.revision());
  }

  private static void report(
      ObservedWatch watch, Event event, String wrong, KeyState before, long time, Tally tally) {
    Optional<Change> put =
        before instanceof KeyState.Present(Change change) ? Optional.of(change) : Optional.empty();
    tally.violated(
        "Watch %d delivered a %s of %s at revision %d at %s: %s%s"
            .formatted(
                watch.id(),
                event.type(),
                event.kv().key(),
                event.revision(),
                Wording.seconds(time),
                wrong,
                put.map(change -> " (" + change + ": " + Wording.witness(change) + ")").orElse("")),
        time,
        put.map(Wording::operations).orElse(List.of()),
        put.map(change -> Wording.watches(watch.id(), change)).orElse(List.of(watch.id())),
        Wording.member(watch.memberId()),
        event.revision());
  }
}
