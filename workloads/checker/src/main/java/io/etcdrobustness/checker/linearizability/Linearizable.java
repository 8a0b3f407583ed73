package io.etcdrobustness.checker.linearizability;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Follower;
import io.etcdrobustness.checker.Passing;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.Violation;
import io.etcdrobustness.history.History;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Every answer can be explained by one order of all requests, each of which took effect at one
 * moment between its call and its return.
 *
 * <p>Holds only with a witness that was replayed against every answer; is violated only by a
 * contradiction that no order can avoid, or when all orders have been tried; is undecided if the
 * budget ended before.
 */
public final class Linearizable implements Property {

  @Override
  public String name() {
    return "Linearizable";
  }

  @Override
  public Kind kind() {
    return Kind.ALWAYS;
  }

  @Override
  public Explanation explanation() {
    return new Explanation(
        "All reads and writes that are not serializable behave as if they were executed one after"
            + " the other, each at one moment between its call and its return, and a transaction"
            + " as one step.",
        "Leader election, locks and every compare-and-swap of Kubernetes are built on it: a stale"
            + " read or a lost write makes two controllers own the same object, silently.",
        "etcd's documentation, \"KV API guarantees\": strict serializability and linearizability of"
            + " all KV operations but serializable reads; Herlihy and Wing, \"Linearizability\","
            + " 1990.",
        "Answers are placed by the revision in their header, which leaves open only who made the"
            + " revisions that no answer owns; writes of unknown outcome and expired leases are"
            + " tried there, in a search that ends with an order that gives every recorded answer,"
            + " or with the proof that there is none. Watches only say what to try first.",
        "Look at the two or three operations named: which member answered the stale one, and what"
            + " was done to that member and to the leader at that time. A revision given twice or"
            + " values that differ between members point at the apply path (compare HashKV and the"
            + " consistent index); a stale read points at the read index or the lease of a leader"
            + " that was paused or cut off.");
  }

  @Override
  public Optional<Follower> follower(Passing passing) {
    return Optional.of(passing.replay().proof());
  }

  /** The finding where an order was found for all {@code hits} answers. */
  Finding explained(long hits, long last, int untold) {
    return Finding.of(
        this,
        hits,
        List.of(),
        // No format: the first one takes as long as to judge a small history.
        "An order explains all "
            + hits
            + " answers up to revision "
            + last
            + "; "
            + untold
            + " revisions were made by requests whose outcome was not told.");
  }

  @Override
  public Finding judge(Evidence evidence, Budget budget) {
    History history = evidence.history();
    Placement placement = new Placement(history, budget);
    Explainer explainer = new Explainer(name(), history, placement);
    long hits = placement.placed().size();
    if (budget.exhausted()) {
      return unprepared(explainer, placement);
    }
    RealTime realTime = new RealTime(placement.slots(), placement.leases(), budget);
    List<Violation> certain = new ArrayList<>(explainer.misplaced());
    certain.addAll(explainer.revisionsGivenTwice());
    realTime.stale().forEach(stale -> certain.add(explainer.stale(stale)));
    if (!placement.shared()) {
      explainer.unexplained().ifPresent(certain::add);
    }
    if (!certain.isEmpty()) {
      certain.sort((a, b) -> Long.compare(a.time(), b.time()));
      return Finding.of(this, hits, certain, "The answers contradict each other.");
    }
    if (hits == 0) {
      return Finding.of(
          this, 0, List.of(), "The history holds no answer to a read or a write to judge.");
    }
    Gaps gaps =
        placement.shared()
            ? Gaps.none()
            : new Gaps(placement.slots(), placement.base(), placement.last());
    if (budget.exhausted()) {
      return unprepared(explainer, placement);
    }
    Lots lots = new Lots(history, placement.candidates(), budget);
    // Where others write too, no key needs a candidate to become what it is seen to be.
    TreeSet<String> keys = placement.shared() ? new TreeSet<>() : explainer.keysOfCandidates();
    Sightings sightings = new Sightings(placement, keys, gaps, budget);
    if (budget.exhausted()) {
      return unprepared(explainer, placement);
    }
    lots.pin(sightings, placement.base());
    Touches touches = new Touches(history, placement, realTime, lots, sightings, budget);
    if (budget.exhausted()) {
      return unprepared(explainer, placement);
    }
    Supplier<Projection> projections =
        () -> new Projection(placement, gaps, touches, sightings, keys, budget);
    if (!placement.shared()) {
      List<Violation> clashes = projections.get().clashes().stream().map(explainer::clash).toList();
      if (!clashes.isEmpty()) {
        return Finding.of(
            this, hits, clashes, "The answers contradict each other, whatever was not told.");
      }
    }
    if (budget.exhausted()) {
      return unprepared(explainer, placement);
    }
    Hints hints = new Hints(history, gaps, budget);
    Search search =
        new Search(placement, realTime, gaps, lots, sightings, hints, keys, projections, budget);
    return switch (search.run()) {
      case Search.Result.Witness(int candidates) ->
          placement.shared()
              ? Finding.of(
                  this,
                  hits,
                  List.of(),
                  "An order explains all %d answers up to revision %d; others may have written too."
                      .formatted(hits, placement.last()))
              : explained(hits, placement.last(), candidates);
      case Search.Result.Exhausted(DeadEnd deadEnd, long tried) ->
          Finding.of(
              this,
              hits,
              List.of(explainer.deadEnd(deadEnd, tried)),
              "No order explains the answers; %d steps were tried at %d open revisions."
                  .formatted(tried, gaps.count()));
      case Search.Result.Stopped(long revision) ->
          Finding.undecided(this, hits, explainer.stopped(revision));
    };
  }

  /** The budget ended before anything was searched. */
  private Finding unprepared(Explainer explainer, Placement placement) {
    return Finding.undecided(this, placement.placed().size(), explainer.stopped(placement.base()));
  }
}
