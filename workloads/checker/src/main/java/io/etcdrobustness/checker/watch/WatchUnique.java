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
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * No event comes twice on one watch.
 *
 * <p>Sound: a transaction changes a key at most once (etcd refuses duplicate keys in a txn), so key
 * and revision name an event. Two watches may of course both deliver it.
 */
public final class WatchUnique implements Property {

  private static final String PROVED = "No watch delivered an event twice.";

  @Override
  public String name() {
    return "WatchUnique";
  }

  @Override
  public Kind kind() {
    return Kind.ALWAYS;
  }

  @Override
  public Explanation explanation() {
    return new Explanation(
        "An event never comes twice on one watch.",
        "Whoever counts events, or acts on each one, acts twice.",
        "etcd docs, KV API guarantees, Watch: Unique. Issue 17247: a duplicated event out of the"
            + " txn read buffer cache, caught before a release.",
        "For each watch: no two events have the same key and the same revision.",
        "See whether the two came in one response or in two, and whether the member had moved the"
            + " watch between its synced and unsynced groups (slow client, snapshot).");
  }

  @Override
  public Optional<Follower> follower(Passing passing) {
    return Optional.of(passing.audit().proof(this, counts -> counts.events, PROVED));
  }

  @Override
  public Finding judge(Evidence evidence, Budget budget) {
    RevisionLog log = evidence.revisionLog();
    Tally tally = new Tally(this, budget);
    // For each change the last watch, by number, that delivered it.
    int[] deliveredBy = new int[log.changes().size()];
    int number = 0;
    for (ObservedWatch watch : log.watches()) {
      judge(watch, ++number, deliveredBy, tally);
    }
    return tally.finding(PROVED);
  }

  private static void judge(ObservedWatch watch, int number, int[] deliveredBy, Tally tally) {
    Set<String> phantoms = new HashSet<>();
    for (Delivery delivery : watch.deliveries()) {
      Event event = delivery.event();
      if (tally.exhausted()) {
        return;
      }
      tally.hit();
      Change change = delivery.change();
      boolean again;
      if (change.phantom()) {
        again = !phantoms.add(event.revision() + " " + event.kv().key());
      } else {
        again = deliveredBy[change.index()] == number;
        deliveredBy[change.index()] = number;
      }
      if (again) {
        tally.violated(
            "Watch %d delivered %s of revision %d a second time at %s"
                .formatted(
                    watch.id(),
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
}
