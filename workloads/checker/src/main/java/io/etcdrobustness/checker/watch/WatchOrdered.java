package io.etcdrobustness.checker.watch;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Follower;
import io.etcdrobustness.checker.Passing;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.log.ObservedWatch;
import io.etcdrobustness.checker.log.ObservedWatch.Delivery;
import io.etcdrobustness.checker.log.Tally;
import io.etcdrobustness.checker.log.Wording;
import io.etcdrobustness.history.Event;
import java.util.List;
import java.util.Optional;

/**
 * The events of one watch come in the order of their revisions.
 *
 * <p>Sound: only what arrived on one watch is compared with what arrived on the same watch before,
 * and the recorder keeps the order of arrival. Events of one revision have no promised order.
 */
public final class WatchOrdered implements Property {

  private static final String PROVED =
      "Every watch delivered its events in the order of their revisions.";

  @Override
  public String name() {
    return "WatchOrdered";
  }

  @Override
  public Kind kind() {
    return Kind.ALWAYS;
  }

  @Override
  public Explanation explanation() {
    return new Explanation(
        "The events of a watch come in the order of their revisions.",
        "A cache that applies events in the order of arrival would end with an old value of a key"
            + " and keep it.",
        "etcd docs, KV API guarantees, Watch: Ordered. Issue 15271: a watch went back in time after"
            + " a member had received a snapshot (fixed in 3.4.25 and 3.5.8).",
        "For each watch: no event has a lower revision than the event before it.",
        "Look for a snapshot or a restart of the member that serves the watch just before; compare"
            + " with another watch over the same keys.");
  }

  @Override
  public Optional<Follower> follower(Passing passing) {
    return Optional.of(passing.audit().proof(this, counts -> counts.events, PROVED));
  }

  @Override
  public Finding judge(Evidence evidence, Budget budget) {
    Tally tally = new Tally(this, budget);
    for (ObservedWatch watch : evidence.revisionLog().watches()) {
      judge(watch, tally);
    }
    return tally.finding(PROVED);
  }

  private static void judge(ObservedWatch watch, Tally tally) {
    long last = 0;
    for (Delivery delivery : watch.deliveries()) {
      Event event = delivery.event();
      if (tally.exhausted()) {
        return;
      }
      tally.hit();
      if (event.revision() < last) {
        tally.violated(
            "Watch %d delivered %s of revision %d at %s, after an event of revision %d"
                .formatted(
                    watch.id(),
                    event.kv().key(),
                    event.revision(),
                    Wording.seconds(delivery.time()),
                    last),
            delivery.time(),
            List.of(),
            List.of(watch.id()),
            Wording.member(watch.memberId()),
            event.revision());
      }
      last = event.revision();
    }
  }
}
