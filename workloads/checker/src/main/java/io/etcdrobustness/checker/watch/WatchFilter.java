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

/** A watch delivers only what was asked for. Sound: the request and the event are all it needs. */
public final class WatchFilter implements Property {

  private static final String PROVED = "Every event was one that its watch had asked for.";

  @Override
  public String name() {
    return "WatchFilter";
  }

  @Override
  public Kind kind() {
    return Kind.ALWAYS;
  }

  @Override
  public Explanation explanation() {
    return new Explanation(
        "A watch delivers only changes of its keys, and only of the kinds asked for.",
        "Clients do not look twice: an event of a foreign key is taken for one of their own, and may"
            + " be one that they must not see.",
        "etcd docs, API reference, WatchCreateRequest: key, range_end, filters (NOPUT, NODELETE).",
        "For each event: its key lies in the watch's range, and its kind is not filtered out.",
        "Compare the watch id of the response with the ids on the stream: the event may belong to"
            + " another watch.");
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
    for (Delivery delivery : watch.deliveries()) {
      Event event = delivery.event();
      if (tally.exhausted()) {
        return;
      }
      tally.hit();
      if (!watch.wants(event.kv().key(), event.type())) {
        tally.violated(
            "Watch %d on ['%s', '%s')%s delivered a %s of %s at revision %d at %s"
                .formatted(
                    watch.id(),
                    watch.opened().key(),
                    watch.opened().rangeEnd(),
                    (watch.opened().noPut() ? " without puts" : "")
                        + (watch.opened().noDelete() ? " without deletes" : ""),
                    event.type(),
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
