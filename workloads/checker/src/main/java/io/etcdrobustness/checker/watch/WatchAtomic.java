package io.etcdrobustness.checker.watch;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Follower;
import io.etcdrobustness.checker.Passing;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.log.Change;
import io.etcdrobustness.checker.log.ObservedWatch;
import io.etcdrobustness.checker.log.RevisionLog;
import io.etcdrobustness.checker.log.Tally;
import io.etcdrobustness.checker.log.Wording;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The events of one revision come in one response, all of them.
 *
 * <p>Sound: fragments of a response are put together first (a response is whole when a part of it
 * says that no more follows); a response that was still incomplete when the watch ended is not
 * judged. That an event is missing is only said if an acknowledged write or another watch tells of
 * it and the watch asked for it. A watch never begins in the middle of a revision, and compaction
 * never takes a part of a revision away from a watch: a watch that needs a compacted revision is
 * cancelled (etcd {@code watcher_group.go}, chooseAll).
 */
public final class WatchAtomic implements Property {

  private static final String PROVED = "Every delivered revision came whole and in one response.";

  @Override
  public String name() {
    return "WatchAtomic";
  }

  @Override
  public Kind kind() {
    return Kind.ALWAYS;
  }

  @Override
  public Explanation explanation() {
    return new Explanation(
        "The changes of one transaction come in one response, all of them.",
        "A client that acts between the two halves acts on a state that never existed; one that"
            + " resumes after the first half loses the second.",
        "etcd docs, KV API guarantees, Watch: Atomic.",
        "For each watch: a response never begins with the revision that the response before it ended"
            + " with (fragments of one response count as one), and no event of a delivered revision"
            + " that an acknowledged write or another watch tells of is missing.",
        "See whether the revision was made by a txn of several keys, and whether the response was"
            + " large enough to be split (1.5 MiB, or 1000 revisions for a watch that catches up).");
  }

  @Override
  public Optional<Follower> follower(Passing passing) {
    return Optional.of(passing.audit().proof(this, counts -> counts.revisions, PROVED));
  }

  @Override
  public Finding judge(Evidence evidence, Budget budget) {
    RevisionLog log = evidence.revisionLog();
    Tally tally = new Tally(this, budget);
    for (ObservedWatch watch : log.watches()) {
      if (tally.exhausted()) {
        break;
      }
      new Pass(log, watch, tally).judge();
    }
    return tally.finding(PROVED);
  }

  /** One pass over one watch. */
  private static final class Pass {
    private final RevisionLog log;
    private final ObservedWatch watch;
    private final Tally tally;
    private final List<Change> response = new ArrayList<>();
    private long lastRevision;

    Pass(RevisionLog log, ObservedWatch watch, Tally tally) {
      this.log = log;
      this.watch = watch;
      this.tally = tally;
    }

    void judge() {
      int next = 0;
      for (Watch message : watch.messages()) {
        if (message instanceof Watch.Events delivered) {
          for (int i = 0; i < delivered.events().size(); i++) {
            response.add(watch.changes().get(next++));
          }
          if (!delivered.fragment() && !response.isEmpty()) {
            whole(delivered.time());
            response.clear();
          }
        }
        if (tally.exhausted()) {
          return;
        }
      }
    }

    private void whole(long time) {
      long first = response.getFirst().revision();
      if (first == lastRevision) {
        tally.violated(
            "Watch %d delivered revision %d in two responses, the second at %s"
                .formatted(watch.id(), first, Wording.seconds(time)),
            time,
            List.of(),
            List.of(watch.id()),
            Wording.member(watch.memberId()),
            first);
      }
      boolean continued = first == lastRevision;
      lastRevision = response.getLast().revision();
      int from = 0;
      while (from < response.size()) {
        int to = from + 1;
        while (to < response.size()
            && response.get(to).revision() == response.get(from).revision()) {
          to++;
        }
        tally.hit();
        // The second half of a split revision is not also accused of lacking the first.
        if (from > 0 || !continued) {
          complete(response.subList(from, to), time);
        }
        from = to;
      }
    }

    private void complete(List<Change> delivered, long time) {
      long number = delivered.getFirst().revision();
      List<Change> certain = log.at(number).map(revision -> revision.changes()).orElse(List.of());
      if (certain.size() == 1 && delivered.size() == 1) {
        return;
      }
      Set<String> keys = new HashSet<>();
      delivered.forEach(change -> keys.add(change.key()));
      for (Change change : certain) {
        if (!change.disputed()
            && watch.wants(change.key(), change.type())
            && !keys.contains(change.key())) {
          tally.violated(
              "Watch %d delivered a part of revision %d at %s: %s is missing, while %s"
                  .formatted(
                      watch.id(), number, Wording.seconds(time), change, Wording.witness(change)),
              time,
              Wording.operations(change),
              Wording.watches(watch.id(), change),
              Wording.member(watch.memberId()),
              number);
        }
      }
    }
  }
}
