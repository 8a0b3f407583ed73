package io.etcdrobustness.checker.watch;

import static io.etcdrobustness.history.KeyValue.NOT_RECORDED;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Follower;
import io.etcdrobustness.checker.Passing;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.log.Change;
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
 * An event says rightly whether it creates its key.
 *
 * <p>Sound: created, version 1 and a create revision equal to the mod revision are three ways to
 * say one thing, so they must agree where they are recorded; and they must agree with the key's
 * state one revision before where the log knows it. Then the version is one more, and the create
 * revision is the same, as of the put before.
 */
public final class WatchIsCreate implements Property {

  private static final String PROVED = "Every event said rightly whether it creates its key.";

  @Override
  public String name() {
    return "WatchIsCreate";
  }

  @Override
  public Kind kind() {
    return Kind.ALWAYS;
  }

  @Override
  public Explanation explanation() {
    return new Explanation(
        "An event says rightly whether it creates its key, and which version of it this is.",
        "Kubernetes turns it into ADDED or MODIFIED; locks and elections order their waiters by the"
            + " create revision.",
        "etcd clientv3, Event.IsCreate; mvccpb KeyValue: create_revision, version; etcd's"
            + " robustness suite, IsCreate.",
        "For each event: the created flag, version 1 and create revision equal to mod revision agree"
            + " with each other and with whether the key existed one revision before, where that is"
            + " known; version and create revision continue those of the put before.",
        "Look at the delete before the event: was it compacted, or lost by this watch?");
  }

  @Override
  public Optional<Follower> follower(Passing passing) {
    return Optional.of(passing.audit().proof(this, counts -> counts.events, PROVED));
  }

  @Override
  public Finding judge(Evidence evidence, Budget budget) {
    RevisionLog log = evidence.revisionLog();
    Tally tally = new Tally(this, budget);
    for (ObservedWatch watch : log.watches()) {
      judge(watch, log, tally);
    }
    return tally.finding(PROVED);
  }

  private static void judge(ObservedWatch watch, RevisionLog log, Tally tally) {
    for (Delivery delivery : watch.deliveries()) {
      Event event = delivery.event();
      if (tally.exhausted()) {
        return;
      }
      tally.hit();
      KeyState before = log.before(delivery.change());
      Optional<String> wrong = inItself(event).or(() -> afterwards(event, before));
      if (wrong.isPresent()) {
        Optional<Change> put =
            before instanceof KeyState.Present(Change change)
                ? Optional.of(change)
                : Optional.empty();
        tally.violated(
            "Watch %d delivered a %s of %s at revision %d at %s: %s"
                .formatted(
                    watch.id(),
                    event.type(),
                    event.kv().key(),
                    event.revision(),
                    Wording.seconds(delivery.time()),
                    wrong.get()),
            delivery.time(),
            put.map(Wording::operations).orElse(List.of()),
            put.map(change -> Wording.watches(watch.id(), change)).orElse(List.of(watch.id())),
            Wording.member(watch.memberId()),
            event.revision());
      }
    }
  }

  private static Optional<String> inItself(Event event) {
    KeyValue kv = event.kv();
    if (event.type() == Event.Type.DELETE) {
      return event.created() ? Optional.of("a delete that is marked as created") : Optional.empty();
    }
    if (kv.version() != NOT_RECORDED && event.created() != (kv.version() == 1)) {
      return Optional.of(marked(event) + ", with version " + kv.version());
    }
    if (kv.createRevision() != NOT_RECORDED
        && event.created() != (kv.createRevision() == kv.modRevision())) {
      return Optional.of(marked(event) + ", with create revision " + kv.createRevision());
    }
    return Optional.empty();
  }

  private static Optional<String> afterwards(Event event, KeyState before) {
    if (event.type() == Event.Type.DELETE) {
      return before instanceof KeyState.Absent
          ? Optional.of("a delete, while the key did not exist")
          : Optional.empty();
    }
    return switch (before) {
      case KeyState.Absent() ->
          event.created()
              ? Optional.empty()
              : Optional.of(marked(event) + ", while the key did not exist before");
      case KeyState.Present(Change put) -> continues(event, put);
      case KeyState.NotKnown() -> Optional.empty();
    };
  }

  private static Optional<String> continues(Event event, Change put) {
    KeyValue kv = event.kv();
    if (event.created()) {
      return Optional.of(
          marked(event) + ", while the key existed since revision " + put.revision());
    }
    if (kv.version() != NOT_RECORDED
        && put.version() != NOT_RECORDED
        && kv.version() != put.version() + 1) {
      return Optional.of("version " + kv.version() + " follows version " + put.version());
    }
    if (kv.createRevision() != NOT_RECORDED
        && put.createRevision() != NOT_RECORDED
        && kv.createRevision() != put.createRevision()) {
      return Optional.of(
          "create revision %d follows create revision %d of the same key"
              .formatted(kv.createRevision(), put.createRevision()));
    }
    return Optional.empty();
  }

  private static String marked(Event event) {
    return event.created() ? "marked as created" : "not marked as created";
  }
}
