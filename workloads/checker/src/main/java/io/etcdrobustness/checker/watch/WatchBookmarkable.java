package io.etcdrobustness.checker.watch;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Follower;
import io.etcdrobustness.checker.Passing;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.log.ObservedWatch;
import io.etcdrobustness.checker.log.Tally;
import io.etcdrobustness.checker.log.Wording;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.Watch;
import java.util.List;
import java.util.Optional;

/**
 * A progress response is a bookmark: nothing at or below its revision comes afterwards.
 *
 * <p>Sound: only what came on one watch is compared. A progress response that may have been sent
 * before the watch existed is not held against it (see {@link ObservedWatch#promises}). A progress
 * response below the start revision of a watch is allowed, as in etcd's own suite.
 */
public final class WatchBookmarkable implements Property {

  private static final String PROVED =
      "No event came after a progress response that had promised it.";

  @Override
  public String name() {
    return "WatchBookmarkable";
  }

  @Override
  public Kind kind() {
    return Kind.ALWAYS;
  }

  @Override
  public Explanation explanation() {
    return new Explanation(
        "After a progress response no event at or below its revision comes, and progress never goes"
            + " back.",
        "Caches answer reads at the bookmarked revision from memory, and resume watches after it: a"
            + " premature bookmark makes them answer stale data and lose events.",
        "etcd docs, KV API guarantees, Watch: Bookmarkable. Issue 15220: progress ahead of events"
            + " (fixed in 3.4.25 and 3.5.8).",
        "For each watch: an event lies above every progress revision before it; a progress revision"
            + " lies at or above every event and progress revision before it.",
        "Was the progress requested by the client while the watch was still catching up (15220)?"
            + " See the events that follow the response: how many revisions was it ahead?");
  }

  @Override
  public Optional<Follower> follower(Passing passing) {
    return Optional.of(passing.audit().proof(this, counts -> counts.promises, PROVED));
  }

  @Override
  public Finding judge(Evidence evidence, Budget budget) {
    Tally tally = new Tally(this, budget);
    for (ObservedWatch watch : evidence.revisionLog().watches()) {
      if (tally.exhausted()) {
        break;
      }
      judge(watch, tally);
    }
    return tally.finding(PROVED);
  }

  private static void judge(ObservedWatch watch, Tally tally) {
    long progressed = 0;
    long progressedAt = 0;
    long delivered = 0;
    for (Watch message : watch.messages()) {
      if (tally.exhausted()) {
        return;
      }
      if (message instanceof Watch.Events response) {
        boolean late = false;
        for (Event event : response.events()) {
          // One violation for a response: the first late event says it all.
          if (event.revision() <= progressed && !late) {
            late = true;
            tally.violated(
                "Watch %d delivered %s of revision %d at %s, after it had promised at %s that all up"
                        .formatted(
                            watch.id(),
                            event.kv().key(),
                            event.revision(),
                            Wording.seconds(response.time()),
                            Wording.seconds(progressedAt))
                    + " to revision %d had been delivered".formatted(progressed),
                response.time(),
                List.of(),
                List.of(watch.id()),
                Wording.member(watch.memberId()),
                event.revision());
          }
          delivered = event.revision();
        }
      } else if (message instanceof Watch.Progress progress && watch.promises(progress)) {
        long revision = progress.header().revision();
        tally.hit();
        if (revision < Math.max(progressed, delivered)) {
          tally.violated(
              "Watch %d told progress up to revision %d at %s, while it had already %s revision %d"
                  .formatted(
                      watch.id(),
                      revision,
                      Wording.seconds(progress.time()),
                      progressed > delivered ? "told progress up to" : "delivered",
                      Math.max(progressed, delivered)),
              progress.time(),
              List.of(),
              List.of(watch.id()),
              Wording.member(watch.memberId()),
              revision);
        }
        progressed = Math.max(progressed, revision);
        progressedAt = progress.time();
      }
    }
  }
}
