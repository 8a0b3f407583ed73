package io.etcdrobustness.checker.linearizability;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Follower;
import io.etcdrobustness.checker.WatchFeed;
import io.etcdrobustness.checker.model.EtcdModel;
import io.etcdrobustness.checker.model.Matching;
import io.etcdrobustness.checker.model.PlainSteps;
import io.etcdrobustness.checker.model.Step;
import io.etcdrobustness.checker.model.Store;
import io.etcdrobustness.checker.model.Timeline;
import io.etcdrobustness.checker.model.TxnShape;
import io.etcdrobustness.checker.plain.PlainCounts;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Opening;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Finds an order that explains a history in one pass, where that is easy: as the {@link Search}
 * does, but at a revision that nobody is known to own it takes the first candidate that does what
 * watches and reads told, or whom {@link Foresight} guesses, and never goes back. An order that is
 * found was replayed against every answer, so it is as good as any; that none is found says
 * nothing.
 *
 * <p>Operations come in the order of their calls. What has been told before a call must be known to
 * whatever is called then, so revisions below it are complete, and are executed and forgotten: what
 * is kept is the store, what is under way, and the open writes. Real time is judged on the way up:
 * nothing may have returned before something was called that stands below it (section 4 of Gibbons
 * and Korach, "Testing Shared Memories", 1997).
 */
public final class Replay implements Follower.OfCalls, Follower.OfAnswers {

  /** Revisions back of which reads are understood. */
  private static final int KEPT = 1 << 17;

  /** How far behind the operations watches are asked for what they may still tell; nanoseconds. */
  private static final long LAG = 5_000_000_000L;

  /** How many revisions ahead they are read. */
  private static final long AHEAD = 10_000;

  /**
   * How many revisions ahead they are read once one has told: it need not have asked for all that
   * changed.
   */
  private static final long SOON = 100;

  /**
   * How many revisions for each key are looked at behind those that a guess is relied on for: so
   * that each key is seen again, most likely.
   */
  private static final long BEHIND_PER_KEY = 4;

  private static final long LEAST_BEHIND = 1 << 12;
  private static final long MOST_BEHIND = 1 << 16;

  /** How many times as many it is relied on for, and how many at most: all are kept that long. */
  private static final long RELIED_ON = 3;

  private static final long MOST_RELIED_ON = 1 << 15;

  private final Linearizable property;
  private final WatchFeed watches;
  private final Budget budget;
  private final Store store = Store.forward(KEPT);
  private final ReplayedLeases leases = new ReplayedLeases();
  private final EtcdModel model = new EtcdModel(store, leases);
  private final PlainSteps plain = new PlainSteps(model);
  private final Horizon horizon = new Horizon(store.revision());
  private final Timeline timeline = new Timeline(KEPT, store.revision() + 1);
  private final List<Long> unanswered = new ArrayList<>();
  private final OpenWrites open = new OpenWrites();
  private boolean hopeful;

  /** The revision that the store was at before anything that is judged. */
  private long base = store.revision();

  /** Whether it is known what the store held at the base. */
  private boolean begun;

  /** What the history goes on from, and when that had returned. */
  private Optional<Opening> opening = Optional.empty();

  private long openedBy = Long.MIN_VALUE;

  /** The highest revision that was told before. */
  private long carried;

  private long lastCall = Long.MIN_VALUE;
  private long last = store.revision();

  /** The highest revision that a watch has told so far. */
  private long watched = store.revision();

  /** The highest revision of all answers with a place before what is called next. */
  private long told = store.revision();

  /** The highest revision that a read told which has no place in the order. */
  private long furthest = store.revision();

  private long hits;
  private int untold;
  private Optional<Finding> finding = Optional.empty();

  /** Who is guessed to have made revisions ahead that nothing tells of. */
  private final Map<Long, Operation> guessed = new HashMap<>();

  /** How many guesses have failed since one last succeeded. */
  private int failedGuesses;

  /** The last revision that had to wait, and what had to be told before it was executed. */
  private long waitsAt;

  private long waitFor;

  /** For how many of the last ones known by then a guess is not relied on. */
  private long behind;

  /** The latest call of everything that was executed. */
  private long latestCall = Long.MIN_VALUE;

  /**
   * @param watches what tells of revisions that nobody is known to own; asked as far as needed
   * @param budget when it is used up there is no hope
   */
  public Replay(Linearizable property, History.Facts facts, WatchFeed watches, Budget budget) {
    this.property = property;
    this.watches = watches;
    this.budget = budget;
    hopeful = facts.start() != History.Start.UNKNOWN && !facts.otherWriters();
    begun = facts.start() == History.Start.EMPTY;
  }

  @Override
  public boolean hopeful() {
    return hopeful;
  }

  /** What the revisions changed that are understood, as far as there is hope. */
  public Timeline timeline() {
    return timeline;
  }

  /**
   * When the last of all that made {@code revision} and those before it was called, which is
   * understood; later than anything where that is not known any more.
   */
  public long calledBy(long revision) {
    return revision >= timeline.first() && revision < timeline.oldest()
        ? Long.MAX_VALUE
        : timeline.latestCall(revision);
  }

  /**
   * Whether {@code revision} lies before the read that the history goes on from: what the store
   * held by then is not known, and what is told of it is judged by {@link
   * io.etcdrobustness.checker.Hindsight}.
   */
  public boolean liesBefore(long revision) {
    return revision < store.begun();
  }

  /** Whether a write that made {@code revision} was judged where the history goes on from. */
  public boolean isCarried(long revision) {
    return revision <= store.begun();
  }

  /** Whether it is known what the store held when the history began. */
  public boolean hasBegun() {
    return begun;
  }

  /** Whether {@code answer} is what the store held at the revision that it is of. */
  public boolean shows(Request.Range range, Response.Ranged answer) {
    long told = answer.header().revision();
    long at = range.revision() > 0 ? range.revision() : told;
    return at <= 0
        || (at >= store.oldest()
            && switch (plain.read(range, answer, at)) {
              case NOT_PLAIN ->
                  Matching.content(range, model.past(range, at, Optional.of(answer)), answer)
                      .isEmpty();
              case WRONG -> false;
              case WITHOUT_EFFECT, EFFECTIVE -> true;
            });
  }

  /** Whether {@code revision}, which is not understood yet, was made by a write with an answer. */
  public boolean answered(long revision) {
    return horizon.reaches(revision) && horizon.at(revision).owned();
  }

  /** Whether there is nothing to hand on, see {@link #unanswered}. */
  public boolean nobodyUnanswered() {
    return unanswered.isEmpty();
  }

  /** Hands on the revisions that were made by writes without an answer, once each. */
  public void unanswered(LongConsumer taker) {
    unanswered.forEach(taker::accept);
    unanswered.clear();
  }

  /** The highest revision that any read told; {@link #finish} need not have come so far. */
  public long furthest() {
    return Math.max(last, furthest);
  }

  /**
   * Goes on to {@code revision}, after {@link #finish}: nobody whose answer has a place in the
   * order knows of it.
   *
   * @return whether that could be understood
   */
  public boolean reach(long revision) {
    while (hopeful && horizon.first() <= revision) {
      hopeful = revision - horizon.first() < AHEAD && execute();
    }
    return hopeful;
  }

  @Override
  public void ended(Operation operation) {
    if (Placement.placeable(operation.request())
        && operation.outcome() instanceof Outcome.Ok(Response response)) {
      told = Math.max(told, response.header().revision());
    }
  }

  @Override
  public void called(Operation operation) {
    if (!begun) {
      Opening.of(operation).ifPresent(this::begin);
    }
    if (begun) {
      // Who asks while the opening is read may have his place before it; nobody does so in a
      // window.
      hopeful = hopeful && !isCarried(operation);
      judge(operation);
    } else {
      carry(operation);
    }
  }

  private boolean isCarried(Operation operation) {
    return operation.call() < openedBy && opening.map(it -> it.carries(operation)).orElse(false);
  }

  private void begin(Opening opening) {
    begun = true;
    this.opening = Optional.of(opening);
    openedBy = opening.read().end();
    hopeful = hopeful && carried <= opening.revision();
    base = opening.revision();
    store.begin(base, opening.answer().kvs());
    horizon.begin(base);
    timeline.begin(base);
    leases.begin();
    last = base;
    watched = base;
    told = base;
    furthest = base;
  }

  /** Takes what was judged where it belongs, and matters here still. */
  private void carry(Operation operation) {
    leases.follow(operation);
    switch (operation.outcome()) {
      case Outcome.Ok(Response response) -> {
        carried = Math.max(carried, response.header().revision());
        if (response instanceof Response.LeaseGranted granted) {
          store.lease(granted.id(), true);
        } else if (operation.request() instanceof Request.LeaseRevoke(long lease)) {
          store.lease(lease, false);
        }
      }
      case Outcome.Unknown unknown -> hopeful = hopeful && open(operation);
      case Outcome.Failed failed -> {}
    }
  }

  private void judge(Operation operation) {
    hopeful = hopeful && advance(operation.call());
    leases.follow(operation);
    hopeful =
        hopeful
            && switch (operation.outcome()) {
              case Outcome.Ok(Response response) -> place(operation, response);
              case Outcome.Unknown unknown -> open(operation);
              case Outcome.Failed(Failure failure) ->
                  !(operation.request() instanceof Request.Lock)
                      || failure.kind() == Failure.Kind.NOT_SENT;
            };
  }

  /** All operations have been told: executes what is left of what they tell. */
  public void finish() {
    while (hopeful && horizon.first() <= last) {
      hopeful =
          ((horizon.first() & 0xff) != 0 || !budget.exhausted())
              && (!puzzling() || guess(last + 1, last + 1))
              && execute();
    }
    finding =
        hopeful && hits > 0
            ? Optional.of(property.explained(hits, last, untold))
            : Optional.empty();
  }

  /** The pass that lets it go on is no property's: {@link #proof} speaks for it. */
  @Override
  public Optional<Finding> end() {
    return Optional.empty();
  }

  /** Proves {@link Linearizable}. */
  public Follower proof() {
    return new Follower() {
      @Override
      public boolean hopeful() {
        return hopeful;
      }

      @Override
      public Optional<Finding> end() {
        return finding;
      }

      @Override
      public Optional<Finding> plain(PlainCounts counts) {
        return Optional.of(property.explained(counts.answers(), counts.last(), counts.untold()));
      }
    };
  }

  /** Executes what is complete when something is called at {@code call}. */
  private boolean advance(long call) {
    lastCall = call;
    while (horizon.first() < told && told >= waitFor) {
      if (puzzling()) {
        if (waitsAt != horizon.first()) {
          waitsAt = horizon.first();
          behind = behind();
          waitFor = waitsAt + behind + Math.min(RELIED_ON * behind, MOST_RELIED_ON);
          continue;
        }
        if (!guess(told, told - behind)) {
          return false;
        }
      }
      if (!execute()) {
        return false;
      }
    }
    return true;
  }

  private long behind() {
    return Math.clamp(BEHIND_PER_KEY * store.keys(), LEAST_BEHIND, MOST_BEHIND);
  }

  /** Whether nothing tells who made the next revision. */
  private boolean puzzling() {
    Place place = horizon.next();
    if (horizon.first() == base
        || place.owner().isPresent()
        || !place.perhapsOwners().isEmpty()
        || place.seen().isPresent()
        || guessed.containsKey(horizon.first())) {
      return false;
    }
    ask(place, horizon.first());
    return place.events().isEmpty();
  }

  /**
   * Guesses who made the revisions below {@code end}, and keeps the guesses up to {@code upTo};
   * false if the budget ended before.
   */
  private boolean guess(long end, long upTo) {
    List<Operation> possible = open.all();
    LeasedKeys leased =
        leases.any() ? new LeasedKeys(store, horizon, last, possible) : LeasedKeys.NONE;
    possible.addAll(leases.ends(leased.leases()));
    possible.sort(Comparator.comparingLong(Operation::call));
    Outlook outlook = new Outlook(horizon, end, last, store, possible, leased, budget);
    Foresight.Guess guess = new Foresight(outlook, budget).guess(failedGuesses);
    failedGuesses = guess.whole() ? 0 : failedGuesses + 1;
    guessed.clear();
    guessed.putAll(guess.owners());
    guessed.keySet().removeIf(revision -> revision > upTo);
    return !budget.exhausted();
  }

  private boolean open(Operation operation) {
    switch (operation.request()) {
      // The keys and the lease of a lock are the server's choice.
      case Request.Lock lock -> {
        return false;
      }
      case Request.Txn txn -> {
        if (TxnShape.wellFormed(txn)) {
          open.add(operation);
        }
      }
      case Request request -> open.add(operation);
    }
    return true;
  }

  private boolean place(Operation operation, Response response) {
    Request request = operation.request();
    if (request instanceof Request.Lock) {
      return false;
    }
    long revision = response.header().revision();
    if (!Placement.placeable(request) || revision <= 0) {
      furthest = response instanceof Response.Ranged ? Math.max(furthest, revision) : furthest;
      return revision >= 0;
    }
    hits++;
    last = Math.max(last, revision);
    if (!horizon.reaches(revision) || !sees(response, revision)) {
      return false;
    }
    Place place = horizon.at(revision);
    if (request instanceof Request.LeaseRevoke || request instanceof Request.Unlock) {
      place.perhapsOwners().add(operation);
      return true;
    }
    if (Effects.of(request, response)) {
      return revision > base && place.own(operation);
    }
    place.members().add(operation);
    return true;
  }

  /** Notes which keys changed where; false if one changed later than the answer. */
  private boolean sees(Response response, long revision) {
    return switch (response) {
      case Response.Ranged ranged -> {
        for (int i = 0; i < ranged.kvs().size(); i++) {
          KeyValue kv = ranged.kvs().get(i);
          if (kv.modRevision() > revision) {
            yield false;
          }
          if (horizon.reaches(kv.modRevision())) {
            horizon.at(kv.modRevision()).see(kv);
          }
        }
        yield true;
      }
      case Response.TxnDone txn -> {
        for (int i = 0; i < txn.responses().size(); i++) {
          if (!sees(txn.responses().get(i), revision)) {
            yield false;
          }
        }
        yield true;
      }
      case Response other -> true;
    };
  }

  /** Executes what happened at the first revision whose turn has not come. */
  private boolean execute() {
    Place place = horizon.next();
    boolean fits = (horizon.first() == base || make(place)) && without(place);
    horizon.pass();
    return fits;
  }

  /** Executes the step that made the revision. */
  private boolean make(Place place) {
    Optional<Operation> owner = place.owner();
    if (owner.isEmpty()) {
      return fill(place);
    }
    boolean fits = execute(owner.get(), true, latestCall);
    made(owner.get().call(), owner.get().end());
    return fits;
  }

  /** A revision was made by what was called at {@code call}, and acknowledged at {@code end}. */
  private void made(long call, long end) {
    latestCall = Math.max(latestCall, call);
    timeline.add(store.takeWritten(), call, end);
  }

  /** The same, where no answer tells that it did. */
  private void made(long call) {
    made(call, Long.MAX_VALUE);
  }

  /** Executes what had no effect: in any order, but for a lease's grant and its revoke. */
  private boolean without(Place place) {
    long before = latestCall;
    for (Operation member : place.members()) {
      if (!execute(member, false, before)) {
        return false;
      }
      latestCall = Math.max(latestCall, member.call());
    }
    for (Operation perhaps : place.perhapsOwners()) {
      if (!execute(perhaps, false, before) || endsBeforeItsGrant(perhaps, place)) {
        return false;
      }
      latestCall = Math.max(latestCall, perhaps.call());
    }
    return true;
  }

  /** Whether it is the revoke of a lease that was granted in the same place, but later. */
  private static boolean endsBeforeItsGrant(Operation revoke, Place place) {
    return revoke.request() instanceof Request.LeaseRevoke(long id)
        && place.members().stream()
            .anyMatch(member ->
                member.request() instanceof Request.LeaseGrant grant
                    && grant.id() == id
                    && revoke.end() < member.call());
  }

  /** Executes a known operation, which must not have returned before {@code after}. */
  private boolean execute(Operation operation, boolean owner, long after) {
    leases.forgetUses();
    boolean fits =
        operation.end() >= after
            && operation.outcome() instanceof Outcome.Ok(Response response)
            && switch (plain.execute(operation.request(), response)) {
              case NOT_PLAIN -> executeAny(operation.request(), response, owner);
              case WRONG -> false;
              case WITHOUT_EFFECT -> !owner;
              case EFFECTIVE -> owner;
            }
            && operation.end() >= leases.usedFrom();
    if (fits) {
      latestCall = Math.max(latestCall, leases.usedFrom());
    }
    return fits;
  }

  private boolean executeAny(Request request, Response response, boolean owner) {
    return understood(request)
        && model.execute(request, Optional.of(response)) instanceof Step.Done done
        && done.effective() == owner
        && Matching.difference(request, done.response(), response).isEmpty();
  }

  /**
   * Whether the store still knows the past that is asked for, or never did, as it lies before the
   * history: what is told of that decides nothing here.
   */
  private boolean understood(Request request) {
    return switch (request) {
      case Request.Range range ->
          range.revision() <= 0
              || range.revision() >= store.oldest()
              || liesBefore(range.revision());
      case Request.Txn txn -> understood(txn.success()) && understood(txn.failure());
      case Request other -> true;
    };
  }

  private boolean understood(List<Request.InTxn> branch) {
    for (Request.InTxn request : branch) {
      if (!understood(request)) {
        return false;
      }
    }
    return true;
  }

  /** Gives the revision to somebody, if it is known of nobody to own it; false if nobody fits. */
  private boolean fill(Place place) {
    untold++;
    ask(place, store.revision() + 1);
    store.hold();
    boolean filled =
        known(place)
            || expired(place, true)
            || foreseen(place)
            || likely(place)
            || expired(place, false);
    store.settle();
    return filled;
  }

  /**
   * Reads watches until they have told of {@code revision}, or none is likely to do so any more.
   */
  private void ask(Place place, long revision) {
    boolean beyond = false;
    while (!beyond && (place.events().isEmpty() || watched <= revision + SOON)) {
      // What others tell of it may be waited for only in a record that is written already.
      Optional<Watch> message = place.events().isEmpty() ? watches.show() : watches.show(lastCall);
      beyond = message.isEmpty();
      if (message.isPresent() && message.get() instanceof Watch.Events events) {
        long told = Math.max(revision, events.highest());
        for (int i = 0; i < events.events().size(); i++) {
          see(events.events().get(i));
        }
        watched = Math.max(watched, told);
        beyond = told > revision + AHEAD || (told > revision && events.time() > lastCall + LAG);
      }
    }
  }

  /** A watch told of {@code event}; that matters only where no answer tells who made it. */
  private void see(Event event) {
    long revision = event.revision();
    if (horizon.reaches(revision) && !horizon.at(revision).owned()) {
      horizon.at(revision).add(event);
    }
  }

  /** By a revoke or an unlock that was answered here. */
  private boolean known(Place place) {
    int mark = store.mark();
    for (Operation perhaps : place.perhapsOwners()) {
      if (execute(perhaps, true, latestCall) && agreement(place) != Agreement.NONE) {
        made(perhaps.call());
        place.perhapsOwners().remove(perhaps);
        return true;
      }
      store.undo(mark);
    }
    return false;
  }

  /**
   * By the end of a lease, if that deletes exactly the keys that were told.
   *
   * @param due only if its time was over
   */
  private boolean expired(Place place, boolean due) {
    if (place.events().isEmpty() || place.events().getFirst().type() != Event.Type.DELETE) {
      return false;
    }
    Optional<KeyValue> first = store.get(place.events().getFirst().kv().key());
    int mark = store.mark();
    if (first.isPresent()
        && first.get().lease() != 0
        && (!due || leases.isDue(first.get().lease(), latestCall))
        && attempt(new Request.LeaseRevoke(first.get().lease()), place) == Agreement.EXACT) {
      // The client of the lease need not be the last that was called; the time is not known better.
      made(Math.max(latestCall, leases.usedFrom()));
      return true;
    }
    store.undo(mark);
    return false;
  }

  /** By the one that was guessed. */
  private boolean foreseen(Place place) {
    Operation guess = guessed.get(horizon.first());
    if (guess == null) {
      return false;
    }
    int mark = store.mark();
    if (attempt(guess.request(), place) != Agreement.NONE) {
      if (guess.client() == ReplayedLeases.NOBODY) {
        made(Math.max(latestCall, leases.usedFrom()));
        return true;
      }
      return closed(guess);
    }
    store.undo(mark);
    return false;
  }

  /** By the first open write that does what was told, and best nothing else. */
  private boolean likely(Place place) {
    int mark = store.mark();
    Optional<Operation> more = Optional.empty();
    for (Operation candidate : candidates(place)) {
      Agreement agreement = attempt(candidate.request(), place);
      if (agreement == Agreement.EXACT) {
        return closed(candidate);
      }
      store.undo(mark);
      if (agreement == Agreement.MORE && more.isEmpty()) {
        more = Optional.of(candidate);
      }
    }
    return more.map(
            candidate -> {
              attempt(candidate.request(), place);
              return closed(candidate);
            })
        .orElse(false);
  }

  private boolean closed(Operation candidate) {
    open.remove(candidate);
    // Whoever made this revision made no other, whatever was guessed.
    guessed.values().removeIf(guess -> guess.id() == candidate.id());
    unanswered.add(store.revision());
    made(Math.max(candidate.call(), leases.usedFrom()));
    return true;
  }

  private List<Operation> candidates(Place place) {
    return place.events().isEmpty()
        ? place.seen().map(kv -> open.of(kv.key(), kv.value())).orElse(List.of())
        : open.of(place.events().getFirst());
  }

  /** How well a step agrees with what was told of its revision, worst first. */
  private enum Agreement {
    NONE,
    /** It does what was told, and perhaps more. */
    MORE,
    EXACT
  }

  private Agreement attempt(Request candidate, Place place) {
    leases.forgetUses();
    return model.execute(candidate) instanceof Step.Done done && done.effective()
        ? agreement(place)
        : Agreement.NONE;
  }

  /** How well what was done since the store is held agrees with what was told. */
  private Agreement agreement(Place place) {
    Set<String> changed = new HashSet<>(store.changes());
    for (Event event : place.events()) {
      if (!changed.contains(event.kv().key()) || !shows(event)) {
        return Agreement.NONE;
      }
    }
    if (!place.events().isEmpty()) {
      return place.events().size() == changed.size() ? Agreement.EXACT : Agreement.MORE;
    }
    return place
        .seen()
        .map(kv -> changed.contains(kv.key()) && shows(kv) ? Agreement.MORE : Agreement.NONE)
        .orElse(Agreement.MORE);
  }

  private boolean shows(Event event) {
    return switch (event.type()) {
      case PUT -> shows(event.kv());
      case DELETE -> store.get(event.kv().key()).isEmpty();
    };
  }

  private boolean shows(KeyValue kv) {
    Optional<KeyValue> now = store.get(kv.key());
    return now.isPresent()
        && Sighting.alike(kv.value(), now.get().value())
        && (kv.lease() == KeyValue.NOT_RECORDED || kv.lease() == now.get().lease());
  }
}
