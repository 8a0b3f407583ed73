package io.etcdrobustness.checker;

import io.etcdrobustness.checker.linearizability.Replay;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One pass over a history for many properties at once. What is kept is the store, what is under
 * way, and what single {@linkplain Follower followers} keep; not the history.
 */
public final class OnePass {

  /** How many operations go by between two looks for watches and at the budget. */
  private static final int BETWEEN_LOOKS = 64;

  private final Map<Property, Follower> followers = new LinkedHashMap<>();
  private final List<Follower.OfCalls> ofCalls = new ArrayList<>();
  private final List<Follower.OfAnswers> ofAnswers = new ArrayList<>();
  private final List<Follower.OfWatches> ofWatches = new ArrayList<>();
  private final Budget budget;
  private final WatchFeed feed;
  private final Passing passing;
  private final InFlight inFlight = new InFlight();
  private long lastCall = Long.MIN_VALUE;
  private long lastWatched = Long.MIN_VALUE;
  private boolean inOrder = true;
  private boolean hopeful;
  private int untilLook;

  /**
   * A pass for {@code properties}.
   *
   * @param frame the history without its operations and watches
   * @param watches its watches by time; read as far as needed
   * @param budget for the pass and what is judged at its end; when it is exhausted there is no hope
   */
  public OnePass(
      List<Property> properties, History frame, Iterator<? extends Watch> watches, Budget budget) {
    this(properties, frame, false, watches, budget);
  }

  private OnePass(
      List<Property> properties,
      History frame,
      boolean growing,
      Iterator<? extends Watch> watches,
      Budget budget) {
    this.budget = budget;
    feed = new WatchFeed(watches);
    passing = new Passing(frame, growing, feed, budget);
    for (Property property : properties) {
      property.follower(passing).ifPresent(follower -> followers.put(property, follower));
    }
    // What others rely on is told first.
    passing.replayed().ifPresent(this::tell);
    passing.toldOfBefore().ifPresent(this::tell);
    passing.audited().ifPresent(this::tell);
    followers.values().forEach(this::tell);
    hopeful = !followers.isEmpty();
  }

  /**
   * A pass over a history that is being recorded; what is neither operation nor message of a watch
   * is told as it comes, by {@link #happened}.
   */
  public static OnePass ofGrowing(
      List<Property> properties, History.Facts facts, Arriving watches, Budget budget) {
    return new OnePass(properties, History.of(facts, List.of()), true, watches, budget);
  }

  private void tell(Follower follower) {
    if (follower instanceof Follower.OfCalls each) {
      ofCalls.add(each);
    }
    if (follower instanceof Follower.OfAnswers each) {
      ofAnswers.add(each);
    }
    if (follower instanceof Follower.OfWatches each) {
      ofWatches.add(each);
    }
  }

  /** Takes the next operation; they come in the order of their calls. */
  public void take(Operation operation) {
    long call = operation.call();
    inOrder &= call >= lastCall;
    lastCall = call;
    while (inFlight.endsBefore(call)) {
      Operation ended = inFlight.remove();
      for (int i = 0; i < ofAnswers.size(); i++) {
        ofAnswers.get(i).ended(ended);
      }
    }
    for (int i = 0; i < ofCalls.size(); i++) {
      ofCalls.get(i).called(operation);
    }
    if (!(operation.outcome() instanceof Outcome.Unknown)) {
      inFlight.add(operation);
    }
    if (--untilLook < 0) {
      untilLook = BETWEEN_LOOKS;
      ofCalls.removeIf(follower -> !follower.hopeful());
      ofAnswers.removeIf(follower -> !follower.hopeful());
      ofWatches.removeIf(follower -> !follower.hopeful());
      hopeful = !budget.exhausted() && followers.values().stream().anyMatch(Follower::hopeful);
      feed.release(understood(), lastCall, this::watched);
    }
  }

  /** Whether it may still prove anything, as far as was looked. */
  public boolean hopeful() {
    return inOrder && hopeful;
  }

  /** All has been told: what is proved, by property; only if there was hope to the end. */
  public Map<Property, Finding> end() {
    passing
        .replayed()
        .ifPresent(replay -> {
          replay.finish();
          replay.reach(replay.furthest());
        });
    feed.release(understood(), Long.MAX_VALUE, this::watched);
    for (var next = feed.nextRevision(); next.isPresent(); next = feed.nextRevision()) {
      long revision = next.get();
      boolean reached = passing.replayed().map(replay -> replay.reach(revision)).orElse(true);
      feed.release(reached ? revision : Long.MAX_VALUE, Long.MAX_VALUE, this::watched);
    }
    Map<Property, Finding> proved = new LinkedHashMap<>();
    if (inOrder) {
      followers.forEach((property, follower) ->
          follower
              .end()
              .filter(OnePass::isProof)
              .ifPresent(finding -> proved.put(property, finding)));
    }
    return proved;
  }

  /** What is broken, or open, is judged again with the whole history at hand. */
  private static boolean isProof(Finding finding) {
    return finding.status() == Finding.Status.HOLDS
        || finding.status() == Finding.Status.NOT_EXERCISED;
  }

  private void watched(Watch message) {
    inOrder &= message.time() >= lastWatched;
    lastWatched = message.time();
    for (int i = 0; i < ofWatches.size(); i++) {
      ofWatches.get(i).watched(message);
    }
  }

  /** The last revision of which it is known what it changed; the highest if nobody wants that. */
  private long understood() {
    return passing
        .replayed()
        .filter(Replay::hopeful)
        .map(replay -> replay.timeline().next() - 1)
        .orElse(Long.MAX_VALUE);
  }

  /** Takes what was recorded, by now, that is neither operation nor message of a watch. */
  public void happened(List<? extends Entry> happenings) {
    passing.happened(happenings);
  }

  /** The history without its operations and watches, as far as it was told. */
  public History frame() {
    return passing.frame();
  }

  /** Whether it may still prove {@code property}. */
  public boolean hopeful(Property property) {
    Follower follower = followers.get(property);
    return inOrder && !budget.exhausted() && follower != null && follower.hopeful();
  }

  /** The last revision that was executed; 0 if none is any more. */
  public long executed() {
    return passing
        .replayed()
        .filter(Replay::hopeful)
        .map(replay -> replay.timeline().next() - 1)
        .orElse(0L);
  }

  /** How many operations are called and, as far as was told, not answered. */
  public int inFlight() {
    return inFlight.size();
  }

  /**
   * All that its state is in, the same of each pass for the same properties; for a {@linkplain
   * io.etcdrobustness.checker.snapshot snapshot}.
   */
  public List<Object> state() {
    List<Object> parts = new ArrayList<>();
    parts.add(passing);
    parts.addAll(followers.values());
    parts.add(this);
    return parts;
  }
}
