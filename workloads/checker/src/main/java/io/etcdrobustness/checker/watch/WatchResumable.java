package io.etcdrobustness.checker.watch;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Follower;
import io.etcdrobustness.checker.Passing;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.log.Change;
import io.etcdrobustness.checker.log.ObservedWatch;
import io.etcdrobustness.checker.log.ObservedWatch.Delivery;
import io.etcdrobustness.checker.log.RevisionLog;
import io.etcdrobustness.checker.log.Tally;
import io.etcdrobustness.checker.log.Wording;
import io.etcdrobustness.history.Event;
import java.util.List;
import java.util.Optional;

/**
 * A watch from a revision begins with the first change at or after that revision.
 *
 * <p>Sound: nothing below the start revision was asked for, whether the start lies in the past or
 * in the future. What lies between the start and the first delivered event can only be missing by
 * fault: had it been compacted, the server would have had to cancel the watch instead (etcd {@code
 * watcher_group.go}: a watch whose next revision is below the compacted one is cancelled). A
 * progress response below a start in the future is not judged: it promises nothing untrue, and
 * etcd's own suite lets it pass.
 */
public final class WatchResumable implements Property {

  private static final String PROVED =
      "Every watch began with the first change at or after its start revision.";

  @Override
  public String name() {
    return "WatchResumable";
  }

  @Override
  public Kind kind() {
    return Kind.ALWAYS;
  }

  @Override
  public Explanation explanation() {
    return new Explanation(
        "A watch from a revision begins with the first change at or after it.",
        "A client that lost its connection resumes from the revision after the last one it saw; if"
            + " the server skips or repeats changes there, each reconnection may corrupt its copy.",
        "etcd docs, KV API guarantees, Watch: Resumable. Issues 18089 and 19179: the delete at the"
            + " compacted revision was lost (fixed in 3.4.34, 3.5.16; 3.4.36, 3.5.18). Issue 20221:"
            + " a watch from a future revision got old events (fixed in 3.4.38, 3.5.22, 3.6.2).",
        "For each watch with a start revision: no event lies below it, and no change that an"
            + " acknowledged write or another watch tells of lies between it and the first event"
            + " delivered.",
        "Was the start revision just compacted (18089, 19179)? Did the member get a snapshot while"
            + " the watch waited for a future revision (20221)? Had it been opened from a negative or"
            + " zero revision on the same member (20655)?");
  }

  @Override
  public Optional<Follower> follower(Passing passing) {
    return Optional.of(passing.audit().proof(this, counts -> counts.resumed, PROVED));
  }

  @Override
  public Finding judge(Evidence evidence, Budget budget) {
    RevisionLog log = evidence.revisionLog();
    Tally tally = new Tally(this, budget);
    for (ObservedWatch watch : log.watches()) {
      if (watch.opened().startRevision() > 0 && watch.eventCount() > 0) {
        tally.hit();
        tooOld(watch, tally);
        skipped(watch, log, tally);
      }
      if (tally.exhausted()) {
        break;
      }
    }
    return tally.finding(PROVED);
  }

  private static void tooOld(ObservedWatch watch, Tally tally) {
    for (Delivery delivery : watch.deliveries()) {
      Event event = delivery.event();
      if (tally.exhausted()) {
        return;
      }
      if (event.revision() < watch.opened().startRevision()) {
        tally.violated(
            "Watch %d asked for revision %d and later, and got %s of revision %d at %s"
                .formatted(
                    watch.id(),
                    watch.opened().startRevision(),
                    event.kv().key(),
                    event.revision(),
                    Wording.seconds(delivery.time())),
            delivery.time(),
            List.of(),
            List.of(watch.id()),
            Wording.member(watch.memberId()),
            event.revision());
      }
    }
  }

  private static void skipped(ObservedWatch watch, RevisionLog log, Tally tally) {
    Delivery began = watch.deliveries().iterator().next();
    long first = began.event().revision();
    List<Change> candidates =
        watch.opened().rangeEnd().isEmpty() ? log.changesOf(watch.opened().key()) : log.changes();
    int from = RevisionLog.firstAfter(candidates, watch.opened().startRevision() - 1);
    for (int i = from; i < candidates.size() && candidates.get(i).revision() < first; i++) {
      Change change = candidates.get(i);
      if (tally.exhausted()) {
        return;
      }
      if (watch.wants(change.key(), change.type())
          && log.at(change.revision()).flatMap(revision -> revision.rival()).isEmpty()) {
        tally.violated(
            "Watch %d asked for revision %d and later, and began with revision %d at %s: the %s is"
                    .formatted(
                        watch.id(),
                        watch.opened().startRevision(),
                        first,
                        Wording.seconds(began.time()),
                        change)
                + " missing, while "
                + Wording.witness(change),
            began.time(),
            Wording.operations(change),
            Wording.watches(watch.id(), change),
            Wording.member(watch.memberId()),
            change.revision());
        return;
      }
    }
  }
}
