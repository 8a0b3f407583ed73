package io.etcdrobustness.checker.linearizability;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.model.EtcdModel;
import io.etcdrobustness.checker.model.Fingerprint;
import io.etcdrobustness.checker.model.LeaseRule.Existence;
import io.etcdrobustness.checker.model.Matching;
import io.etcdrobustness.checker.model.Step;
import io.etcdrobustness.checker.model.Store;
import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * The replay in the order of revisions, with a choice at each revision that nobody is known to own.
 *
 * <p>This is the search of Wing and Gong with Lowe's memory ("Testing for Linearizability", 2017),
 * depth first with an explicit stack, but with candidates in revision order. That is enough: every
 * order that explains the history has the form W₂ B₂ W₃ B₃ …, with one effective step W<sub>r</sub>
 * per revision and the operations without effect B<sub>r</sub> behind it; the order inside
 * B<sub>r</sub> changes no answer. So
 *
 * <ol>
 *   <li>a revision with a known owner is executed, and its answer compared;
 *   <li>a gap is given to a candidate that is effective in that state, was called before everything
 *       that is known to come later had returned, and contradicts no {@linkplain Sightings
 *       sighting}; of candidates that cannot be told apart only one is tried;
 *   <li>then everything in the slot is executed and compared;
 *   <li>where nothing fits, the last gap with another candidate left is tried again. A gap that was
 *       left without success is remembered with the state and the candidates used so far: what
 *       follows depends on nothing else.
 * </ol>
 *
 * <p>A found end is a witness: every answer has been compared. An exhausted search is a proof that
 * there is none.
 */
final class Search {

  /** The most failed states that are remembered, about 100 bytes each. */
  private static final int MEMORY = 1_000_000;

  /** How many gaps are given to a candidate between two looks at the budget. */
  private static final int BETWEEN_GAPS = 16;

  /** The most operations of which a proof is tried, each a pass over the history. */
  private static final int MOST_EXAMINED = 64;

  private final Placement placement;
  private final RealTime realTime;
  private final Lots lots;
  private final Sightings sightings;
  private final Hints hints;
  private final LeaseUses leaseUses;
  private final Budget budget;

  /** The same at gaps, of which each may have thousands of candidates. */
  private final Budget atGaps;

  private final Store store;
  private final EtcdModel model;
  private final Needs needs;
  private final Deque<Choice> choices = new ArrayDeque<>();
  private final Set<Visited> failed = new HashSet<>();
  private final Set<Integer> groupsTaken = new HashSet<>();
  private Fingerprint used = new Fingerprint(0, 0);
  private final Progress progress = new Progress();
  private final Supplier<Projection> projections;
  private final Set<Long> examined = new HashSet<>();
  private boolean proved;
  private long latest = Long.MAX_VALUE;
  private long tried;

  Search(
      Placement placement,
      RealTime realTime,
      Gaps gaps,
      Lots lots,
      Sightings sightings,
      Hints hints,
      TreeSet<String> keys,
      Supplier<Projection> projections,
      Budget budget) {
    this.projections = projections;
    this.placement = placement;
    this.realTime = realTime;
    this.lots = lots;
    this.sightings = sightings;
    this.hints = hints;
    this.leaseUses = new LeaseUses(placement, budget);
    this.budget = budget;
    this.atGaps = budget.every(BETWEEN_GAPS);
    this.store =
        placement
            .before()
            .map(held -> Store.at(placement.base(), held))
            .orElseGet(() -> Store.unknown(placement.base()));
    placement.livingBefore().forEach(lease -> store.lease(lease, true));
    this.model = new EtcdModel(store, this::existence);
    this.needs = new Needs(sightings, gaps, store, keys, lots);
  }

  /** How a search ended. */
  sealed interface Result {

    /** There is an order; this many candidates are in it. */
    record Witness(int candidates) implements Result {}

    /** There is none. */
    record Exhausted(DeadEnd deadEnd, long tried) implements Result {}

    /** The budget was used up; nothing is known beyond {@code revision}. */
    record Stopped(long revision) implements Result {}
  }

  /** Searches. */
  Result run() {
    long last = placement.last();
    boolean sound = slot(placement.base()) && needs.begin();
    while (true) {
      if (!sound && (proved || !backtrack())) {
        return !proved && budget.exhausted()
            ? new Result.Stopped(progress.furthest())
            : new Result.Exhausted(progress.deadEnd(), tried);
      }
      long done = store.revision();
      if (done >= last) {
        return new Result.Witness(choices.size());
      }
      if ((done & 0xff) == 0 && budget.exhausted()) {
        return new Result.Stopped(Math.max(done, progress.furthest()));
      }
      Optional<Operation> owner =
          Optional.ofNullable(placement.slots().get(done + 1)).flatMap(Slot::owner);
      if (owner.isPresent()) {
        sound = own(owner.get()) && slot(done + 1);
      } else if (placement.shared()) {
        sound = foreign(nextTold(done));
      } else if (atGaps.exhausted()) {
        return new Result.Stopped(Math.max(done, progress.furthest()));
      } else {
        sound = choose(done + 1);
      }
    }
  }

  /**
   * How far a lease's existence is judged at the step that is executed now. A grant without answer
   * may have come right before the first use of its lease, if it had been called by {@link
   * #latest}.
   */
  private Existence existence(long lease) {
    Existence existence = placement.leases().of(lease);
    return existence == Existence.PRESUMED
            && placement.presumed().getOrDefault(lease, Long.MIN_VALUE) > latest
        ? Existence.ABSENT
        : existence;
  }

  /** The next revision of which something is known. */
  private long nextTold(long done) {
    Long next = placement.slots().higherKey(done);
    return next == null ? placement.last() : next;
  }

  /** Others made the revisions before {@code next}, and that one too if nobody here did. */
  private boolean foreign(long next) {
    boolean owned =
        Optional.ofNullable(placement.slots().get(next)).flatMap(Slot::owner).isPresent();
    store.foreign(owned ? next - 1 : next);
    return owned || slot(next);
  }

  /** The known step to the next revision. */
  private boolean own(Operation owner) {
    int before = store.changes().size();
    latest = realTime.deadline(store.revision() + 1);
    if (!judge(owner, true)) {
      return false;
    }
    needs.follow(store.revision(), changedSince(before));
    return true;
  }

  private List<String> changedSince(int before) {
    return store.changes().subList(before, store.changes().size());
  }

  /** Everything that is known to have happened at {@code revision} without effect. */
  private boolean slot(long revision) {
    Slot slot = placement.slots().get(revision);
    if (slot != null) {
      for (Operation member : slot.members()) {
        latest = Math.min(member.end(), realTime.deadline(revision + 1));
        if (!judge(member, false)) {
          return false;
        }
      }
      for (Operation perhaps : slot.perhapsOwners()) {
        latest = Math.min(perhaps.end(), realTime.deadline(revision + 1));
        boolean owns =
            !choices.isEmpty()
                && choices.peek().gap == revision
                && choices.peek().owner.filter(perhaps::equals).isPresent();
        if (!owns && !judge(perhaps, false)) {
          return false;
        }
      }
      for (Slot.Past past : slot.pasts()) {
        if (!past(past, revision)) {
          return false;
        }
      }
    }
    needs.passed(revision);
    return true;
  }

  private boolean past(Slot.Past past, long revision) {
    Step step = model.execute(past.range(), Optional.of(past.told()));
    Optional<String> difference =
        switch (step) {
          case Step.Done done -> Matching.content(past.range(), done.response(), past.told());
          case Step.Refused refused -> Optional.of("an answer that must be " + refused.reason());
        };
    if (difference.isPresent()
        && hopeless(past.operation(), past.range().atRevision(0), revision)) {
      proved = true;
      progress.certain(
          revision,
          past.operation(),
          () -> "at revision " + revision + " " + difference.orElse("another content"));
    }
    difference.ifPresent(words ->
        progress.stuck(revision, past.operation(), () -> "at revision " + revision + " " + words));
    return difference.isEmpty();
  }

  /** Executes a known operation and compares its answer. */
  private boolean judge(Operation operation, boolean owner) {
    long before = store.revision();
    if (!(operation.outcome() instanceof Outcome.Ok(Response response))) {
      return true;
    }
    Step step = model.execute(operation.request(), Optional.of(response));
    Optional<String> difference =
        switch (step) {
          case Step.Refused refused -> Optional.of("an answer instead of " + refused.reason());
          case Step.Done done -> {
            Optional<String> wrong =
                Matching.difference(operation.request(), done.response(), response);
            yield wrong.isEmpty() && done.effective() != owner
                ? Optional.of(owner ? "a new revision without effect" : "no new revision")
                : wrong;
          }
        };
    if (difference.isPresent() && hopeless(operation, operation.request(), before)) {
      proved = true;
      progress.certain(before, operation, () -> difference.orElse("another version"));
    }
    difference.ifPresent(
        words -> progress.stuck(owner ? before + 1 : before, operation, () -> words));
    return difference.isEmpty();
  }

  /**
   * Whether {@code operation} is wrong whatever is chosen at the gaps: each key that its answer
   * depends on is the same in every order. Looked into once for each operation, at most {@link
   * #MOST_EXAMINED} times.
   */
  private boolean hopeless(Operation operation, Request request, long revision) {
    if (!store.certain()
        || !placement.certain()
        || examined.size() >= MOST_EXAMINED
        || !Reads.keysOnly(request)
        || !examined.add(operation.id())) {
      return false;
    }
    Projection projection = projections.get().upTo(revision);
    if (budget.exhausted()) {
      return false;
    }
    Set<String> known = new TreeSet<>(projection.keys());
    return Reads.of(request).stream()
        .allMatch(read ->
            read.rangeEnd().isEmpty()
                ? projection.settled(read.key(), store.get(read.key(), revision), revision)
                : known.stream()
                    .filter(key -> ByteStrings.inRange(key, read.key(), read.rangeEnd()))
                    .allMatch(key -> projection.settled(key, store.get(key, revision), revision)));
  }

  /** Gives a gap to the first candidate that fits. */
  private boolean choose(long gap) {
    Visited here = new Visited(gap, store.fingerprint().with(used));
    if (failed.contains(here)) {
      return false;
    }
    choices.push(new Choice(gap, here));
    return next(choices.peek());
  }

  /** Goes back to the last gap that has another candidate, and takes that one. */
  private boolean backtrack() {
    while (!proved && !choices.isEmpty()) {
      Choice choice = choices.peek();
      choice.takeBack();
      if (next(choice)) {
        return true;
      }
      if (budget.exhausted()) {
        return false;
      }
      choices.pop();
      if (failed.size() < MEMORY) {
        failed.add(choice.here);
      }
    }
    return false;
  }

  private boolean next(Choice choice) {
    while (!proved && choice.hasNext()) {
      if ((++tried & 0xff) == 0 && budget.exhausted()) {
        return false;
      }
      if (choice.attempt()) {
        if (slot(choice.gap)) {
          return true;
        }
        choice.takeBack();
      }
    }
    return false;
  }

  /** One gap, with the ways to fill it. */
  private final class Choice {

    private final long gap;
    private final Visited here;
    private final int mark = store.mark();
    private final int changesBefore = store.changes().size();
    private final int needsMark = needs.mark();
    private final Fingerprint usedBefore = used;
    private final List<Operation> perhaps;
    private final List<Lot> hinted = new ArrayList<>();
    private final List<Lot> others = new ArrayList<>();
    private int at;
    private Optional<Taken> taken = Optional.empty();
    private Optional<Operation> owner = Optional.empty();

    Choice(long gap, Visited here) {
      this.gap = gap;
      this.here = here;
      Slot slot = placement.slots().get(gap);
      perhaps = slot == null ? List.of() : slot.perhapsOwners();
      List<Sighting> seen = sightings.atGap(gap);
      for (Lot lot : lots.at(gap, seen)) {
        if (!idle(lot)) {
          (hints.name(gap, lot) ? hinted : others).add(lot);
        }
      }
      // Most that may have happened would have done something else: one look at each saves going on
      // with the wrong one until an answer far away contradicts it.
      Map<Lot, Hints.Agreement> agreements = new HashMap<>();
      hinted.forEach(lot -> agreements.put(lot, agreement(lot)));
      hinted.sort(Comparator.comparing(agreements::get));
      others.sort(
          Comparator.comparingLong(needs::urgency)
              .thenComparingLong(lot -> lot.members().getFirst().from()));
      progress.arrived(gap, seen, hinted.size() + others.size() + perhaps.size());
    }

    private Hints.Agreement agreement(Lot lot) {
      if (lot.exhausted()) {
        return Hints.Agreement.NONE;
      }
      Candidate candidate = lot.next();
      latest = Math.min(realTime.deadline(gap), candidate.until());
      boolean effective =
          model.execute(candidate.request()) instanceof Step.Done done && done.effective();
      Hints.Agreement agreement =
          effective
              ? hints.agreement(gap, changedSince(changesBefore), store)
              : Hints.Agreement.NONE;
      store.undo(mark);
      return agreement;
    }

    /** Whether it ends a lease without keys, as most do at most times. */
    private boolean idle(Lot lot) {
      return lot.members().getFirst().request() instanceof Request.LeaseRevoke(long lease)
          && store.certain()
          && store.attached(lease).isEmpty();
    }

    boolean hasNext() {
      return at < perhaps.size() + hinted.size() + others.size();
    }

    /** Tries the next way; false if it does not fit. */
    boolean attempt() {
      int index = at++;
      if (index < perhaps.size()) {
        return attempt(perhaps.get(index));
      }
      index -= perhaps.size();
      return attempt(index < hinted.size() ? hinted.get(index) : others.get(index - hinted.size()));
    }

    private boolean attempt(Operation operation) {
      latest = realTime.deadline(gap);
      if (operation.call() > latest
          || operation.end() < latestCallBefore(gap)
          || !judge(operation, true)) {
        takeBack();
        return false;
      }
      owner = Optional.of(operation);
      if (!fits(() -> Placement.words(operation))) {
        takeBack();
        return false;
      }
      return true;
    }

    private boolean attempt(Lot lot) {
      if (lot.exhausted()) {
        return false;
      }
      Candidate candidate = lot.next();
      if (groupsTaken.contains(candidate.group())) {
        return false;
      }
      if (candidate.from() > realTime.deadline(gap)) {
        progress.rejected(gap, candidate.words(), () -> "was called too late");
        return false;
      }
      if (!candidate.open()
          && (candidate.lastRevision() < gap || candidate.until() < latestCallBefore(gap))) {
        progress.rejected(gap, candidate.words(), () -> "had ended before");
        return false;
      }
      if (candidate.request() instanceof Request.LeaseRevoke(long lease)
          && leaseUses.after(gap, lease)) {
        progress.rejected(gap, candidate.words(), () -> "would end a lease that is used later");
        return false;
      }
      if (needs.forbid(lot, gap)) {
        progress.rejected(
            gap, candidate.words(), () -> "would change a key that is seen unchanged later");
        return false;
      }
      latest = Math.min(realTime.deadline(gap), candidate.until());
      Step step = model.execute(candidate.request());
      if (!(step instanceof Step.Done done) || !done.effective()) {
        progress.rejected(gap, candidate.words(), () -> "would have no effect then");
        takeBack();
        return false;
      }
      if (!shows()) {
        progress.rejected(gap, candidate.words(), () -> "does not write what is seen later");
        takeBack();
        return false;
      }
      lot.take();
      needs.took(lot);
      taken = Optional.of(new Taken(lot, candidate));
      groupsTaken.add(candidate.group());
      used = used.with(Fingerprint.of(lot.number(), lot.used()));
      if (!fits(candidate::words)) {
        takeBack();
        return false;
      }
      return true;
    }

    /** Whether the step wrote all that is seen of it. */
    private boolean shows() {
      for (Sighting sighting : sightings.atGap(gap)) {
        boolean written =
            store
                .get(sighting.key())
                .filter(kv -> kv.modRevision() == gap)
                .filter(kv -> !store.certain(sighting.key()) || sighting.mayShow(kv.value()))
                .isPresent();
        if (!written && store.certain(sighting.key())) {
          return false;
        }
      }
      return true;
    }

    private boolean fits(Supplier<String> words) {
      if (needs.stepped(gap, changedSince(changesBefore))) {
        return true;
      }
      progress.rejected(gap, words.get(), () -> "leaves a key that cannot become what is seen");
      return false;
    }

    void takeBack() {
      store.undo(mark);
      needs.undo(needsMark);
      used = usedBefore;
      taken.ifPresent(step -> {
        step.lot().giveBack();
        needs.gaveBack(step.lot());
        groupsTaken.remove(step.candidate().group());
      });
      taken = Optional.empty();
      owner = Optional.empty();
    }
  }

  /** The latest call of what comes before {@code gap}; only asked where an end is known. */
  private long latestCallBefore(long gap) {
    long called = realTime.latestCall(gap - 1);
    for (Choice choice : choices) {
      if (choice.gap < gap && choice.taken.isPresent()) {
        called = Math.max(called, choice.taken.get().candidate().from());
      }
    }
    for (Map.Entry<Long, Long> grant : placement.presumed().entrySet()) {
      if (store.leaseLives(grant.getKey()) || store.leaseEnded(grant.getKey())) {
        called = Math.max(called, grant.getValue());
      }
    }
    return called;
  }

  private record Visited(long gap, Fingerprint state) {}

  private record Taken(Lot lot, Candidate candidate) {}
}
