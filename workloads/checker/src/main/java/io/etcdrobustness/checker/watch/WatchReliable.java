package io.etcdrobustness.checker.watch;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Follower;
import io.etcdrobustness.checker.Passing;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.log.Change;
import io.etcdrobustness.checker.log.Contradiction;
import io.etcdrobustness.checker.log.ObservedWatch;
import io.etcdrobustness.checker.log.ObservedWatch.Delivery;
import io.etcdrobustness.checker.log.RevisionLog;
import io.etcdrobustness.checker.log.Tally;
import io.etcdrobustness.checker.log.Wording;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.Watch;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A watch loses no event, invents none and alters none.
 *
 * <p>Why each rule is sound:
 *
 * <ul>
 *   <li><em>From where.</em> A start revision above 0 is a promise from there on. Without one, the
 *       server fixes the first revision before or at the moment at which it reads the header of its
 *       confirmation (etcd 3.4 to 3.6 start at that header plus one; 3.7 reads the header after it
 *       has registered the watch): so everything beyond the confirmed revision is promised, and
 *       what lies at or below it may or may not come. Without a recorded confirmation only what
 *       follows the first response is promised.
 *   <li><em>Up to where.</em> The last delivered event, or the last progress response. What should
 *       have come later may still have been on its way.
 *   <li><em>What.</em> Only changes that an acknowledged write or another watch tells of. Revisions
 *       which two writes were told to have made are left out: no watch could be right about them.
 *   <li><em>Altered.</em> An event must not differ from the acknowledged write of its revision, nor
 *       two watches from each other: in the value, version, create revision, lease or kind.
 *   <li><em>Invented.</em> An acknowledged write which tells all the keys that it changed leaves no
 *       room for another key at its revision.
 * </ul>
 */
public final class WatchReliable implements Property {

  private static final String PROVED =
      "Every watch delivered all that is known to have changed in its range.";

  @Override
  public String name() {
    return "WatchReliable";
  }

  @Override
  public Kind kind() {
    return Kind.ALWAYS;
  }

  @Override
  public Explanation explanation() {
    return new Explanation(
        "A watch delivers every change in its range from its start to where it has come, as it was"
            + " made, and nothing else.",
        "Controllers and caches keep their copy of the state by watches alone: a lost or altered"
            + " event stays wrong until the next full read, which may be never.",
        "etcd docs, KV API guarantees, Watch: Reliable. Issue 17529: events lost on a starved stream"
            + " (fixed in 3.4.31 and 3.5.13).",
        "For each watch: every change that an acknowledged write or another watch tells of, from the"
            + " start revision (or the confirmed revision plus one) to the last delivered event or"
            + " progress response, has been delivered; each event equals the acknowledged write of"
            + " its revision and what other watches say of it.",
        "Compare the named witnesses: if a write and several watches agree against one watch, look"
            + " at the member that serves it (slow client, restart, compaction at that revision); if"
            + " watches on different members disagree, compare the members' hashes.");
  }

  @Override
  public Optional<Follower> follower(Passing passing) {
    return Optional.of(passing.audit().proof(this, counts -> counts.owed, PROVED));
  }

  @Override
  public Finding judge(Evidence evidence, Budget budget) {
    RevisionLog log = evidence.revisionLog();
    Tally tally = new Tally(this, budget);
    Map<Long, ObservedWatch> byId = new HashMap<>();
    log.watches().forEach(watch -> byId.put(watch.id(), watch));
    for (Contradiction contradiction : log.contradictions()) {
      altered(contradiction, byId, tally);
    }
    int[] deliveredTo = new int[log.changes().size()];
    int number = 0;
    for (ObservedWatch watch : log.watches()) {
      number++;
      if (tally.exhausted()) {
        break;
      }
      invented(watch, log, tally);
      for (Change change : watch.changes()) {
        if (!change.phantom()) {
          deliveredTo[change.index()] = number;
        }
      }
      lost(watch, number, deliveredTo, log, tally);
    }
    return tally.finding(PROVED);
  }

  private static void altered(
      Contradiction contradiction, Map<Long, ObservedWatch> watches, Tally tally) {
    Change change = contradiction.change();
    ObservedWatch watch = watches.get(contradiction.watch());
    tally.violated(
        "Watch %d delivered %s at revision %d at %s with %s; %s"
            .formatted(
                contradiction.watch(),
                change.key(),
                change.revision(),
                Wording.seconds(contradiction.time()),
                contradiction.what(),
                Wording.witness(change)),
        contradiction.time(),
        Wording.operations(change),
        contradictors(contradiction),
        watch == null ? List.of() : Wording.member(watch.memberId()),
        change.revision());
  }

  /** Both watches, also where the write is known: what differs may be what only watches tell. */
  private static List<Long> contradictors(Contradiction contradiction) {
    long first = contradiction.change().watch();
    return first == Change.NOBODY || first == contradiction.watch()
        ? List.of(contradiction.watch())
        : List.of(contradiction.watch(), first);
  }

  private static void invented(ObservedWatch watch, RevisionLog log, Tally tally) {
    for (Delivery delivery : watch.deliveries()) {
      Event event = delivery.event();
      Change change = delivery.change();
      if (!change.phantom()) {
        continue;
      }
      List<Long> owner =
          log.at(event.revision())
              .flatMap(revision -> revision.owner())
              .map(write -> List.of(write.operation().id()))
              .orElse(List.of());
      tally.violated(
          "Watch %d delivered a %s at %s, but that revision is the one of operation %s, which did"
                  .formatted(watch.id(), change, Wording.seconds(delivery.time()), owner)
              + " not touch this key",
          delivery.time(),
          owner,
          List.of(watch.id()),
          Wording.member(watch.memberId()),
          event.revision());
    }
  }

  private static void lost(
      ObservedWatch watch, int number, int[] deliveredTo, RevisionLog log, Tally tally) {
    Span span = Span.of(watch);
    List<Change> candidates =
        watch.opened().rangeEnd().isEmpty() ? log.changesOf(watch.opened().key()) : log.changes();
    for (int i = RevisionLog.firstAfter(candidates, span.first() - 1);
        i < candidates.size() && candidates.get(i).revision() <= span.last();
        i++) {
      if (tally.exhausted()) {
        return;
      }
      Change change = candidates.get(i);
      if (!watch.wants(change.key(), change.type())) {
        continue;
      }
      tally.hit();
      if (deliveredTo[change.index()] == number
          || log.at(change.revision()).flatMap(revision -> revision.rival()).isPresent()) {
        continue;
      }
      tally.violated(
          "Watch %d never delivered the %s, while it came as far as revision %d at %s; %s"
              .formatted(
                  watch.id(),
                  change,
                  span.last(),
                  Wording.seconds(span.time()),
                  Wording.witness(change)),
          span.time(),
          Wording.operations(change),
          Wording.watches(watch.id(), change),
          Wording.member(watch.memberId()),
          change.revision());
    }
  }

  /**
   * The revisions of which a watch owes every change.
   *
   * @param last lower than {@code first} if it owes nothing
   * @param time when it had come as far as {@code last}
   */
  private record Span(long first, long last, long time) {

    static Span of(ObservedWatch watch) {
      long first = firstOwed(watch);
      long last = -1;
      long time = 0;
      // Of a response that goes on in another fragment.
      long begun = -1;
      for (Watch message : watch.messages()) {
        long reached = reached(watch, message, begun);
        begun =
            message instanceof Watch.Events delivered
                ? delivered.fragment() ? lastRevision(delivered, begun) : -1
                : begun;
        if (reached > last) {
          last = reached;
          time = message.time();
        }
      }
      return new Span(first, last, time);
    }

    private static long firstOwed(ObservedWatch watch) {
      long start = watch.opened().startRevision();
      if (start > 0) {
        return start;
      }
      if (watch.created().isPresent() && watch.created().get().header().revision() > 0) {
        return watch.created().get().header().revision() + 1;
      }
      for (Watch message : watch.messages()) {
        if (message instanceof Watch.Progress progress && watch.promises(progress)) {
          return progress.header().revision() + 1;
        }
        if (message instanceof Watch.Events delivered && !delivered.events().isEmpty()) {
          return delivered.events().getFirst().revision();
        }
      }
      return Long.MAX_VALUE;
    }

    private static long reached(ObservedWatch watch, Watch message, long begun) {
      return switch (message) {
        // The rest of the last revision may be in the next fragment.
        case Watch.Events delivered ->
            lastRevision(delivered, begun) - (delivered.fragment() ? 1 : 0);
        case Watch.Progress progress ->
            watch.promises(progress) ? progress.header().revision() : -1;
        case Watch.Opened ignored -> -1;
        case Watch.Created ignored -> -1;
        case Watch.ProgressRequested ignored -> -1;
        case Watch.Canceled ignored -> -1;
        case Watch.Broken ignored -> -1;
        case Watch.Closed ignored -> -1;
      };
    }

    private static long lastRevision(Watch.Events delivered, long begun) {
      return delivered.events().isEmpty() ? begun : delivered.events().getLast().revision();
    }
  }
}
