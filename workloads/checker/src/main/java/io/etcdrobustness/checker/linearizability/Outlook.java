package io.etcdrobustness.checker.linearizability;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.linearizability.RealTime.Placed;
import io.etcdrobustness.checker.model.Store;
import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Request;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What is known of the revisions ahead, key by key: the {@linkplain Course course} of each key, the
 * revisions that nobody is known to own, what is told of those, and the writes that may have made
 * them.
 */
final class Outlook implements Told.Listener {

  private static final int MOST_ROUNDS = 8;

  /** How many revisions are read before the budget is asked again, which takes as long as one. */
  private static final int ASKED_EVERY = 16;

  /** Of how many gaps it is looked whether one is for a write. */
  private static final int MOST_LOOKED_AT = 256;

  private final Store store;
  private final Budget budget;
  private final Map<String, Course> courses = new HashMap<>();
  private final TreeMap<String, Course> sorted = new TreeMap<>();
  private final List<Course> changeable;
  private final List<Move> moves = new ArrayList<>();
  private final List<Move> due;
  private final Map<Long, List<Clue>> clues = new HashMap<>();

  /** What is told to have been put at a gap, by key. */
  private final Map<String, List<ToldOf>> toldToBePut = new HashMap<>();

  private record ToldOf(long gap, Clue clue) {}

  /** The keys that are seen to have been changed last at a gap. */
  private final Map<Long, Set<String>> changed = new HashMap<>();

  /** The gaps of which a read tells what was put there. */
  private final Set<Long> seen = new HashSet<>();

  private final long[] gaps;
  private final long[] untold;
  private final long[] deadlines;
  private final Set<Long> perhapsOwned = new HashSet<>();
  private final List<Passage> passages = new ArrayList<>();
  private final List<Runnable> writes = new ArrayList<>();

  /**
   * @param horizon what is known of the revisions ahead
   * @param end the first revision of which not everything is known
   * @param last the last revision of which anything is known
   * @param store the state before the first of them
   * @param open the writes that may make one, by call
   * @param leased the keys that may hang on each lease
   * @param budget when it is used up not all is read: who made this must ask it before relying on
   *     anything here
   */
  Outlook(
      Horizon horizon,
      long end,
      long last,
      Store store,
      List<Operation> open,
      LeasedKeys leased,
      Budget budget) {
    this.store = store;
    this.budget = budget;
    long first = horizon.first();
    gaps = gaps(horizon, first, end);
    store.range("", "\0").forEach(kv -> course(kv.key()));
    for (Operation operation : open) {
      Move.of(operation, leased::of)
          .filter(move -> !move.tooLate(key -> course(key).state(), store.revision()))
          .ifPresent(move -> add(move, leased));
    }
    changeable = sorted.values().stream().filter(Course::changeable).toList();
    Told told = new Told(this);
    Map<Long, List<Operation>> pasts = pasts(horizon, last);
    for (long revision = first; revision <= last; revision++) {
      if (revision % ASKED_EVERY == 0 && budget.exhausted()) {
        break;
      }
      if (horizon.reaches(revision)) {
        read(told, revision, horizon.at(revision), end);
      }
      if (revision < end) {
        pasts.getOrDefault(revision, List.of()).forEach(told::past);
      }
    }
    clues.forEach(this::tell);
    deadlines = deadlines(horizon, last);
    untold = Arrays.stream(gaps).filter(gap -> !seen.contains(gap)).toArray();
    seeAll();
    count();
    sorted.values().forEach(course -> course.begin(first - 1));
    for (int round = 0; round < MOST_ROUNDS && settle(); round++) {}
    sorted.values().forEach(course -> course.reckon(first - 1));
    due =
        moves.stream()
            .filter(move -> move.due() && move.last(Long.MAX_VALUE) < end)
            .sorted(Comparator.comparingLong(move -> move.last(Long.MAX_VALUE)))
            .toList();
  }

  /** Something that must be so when its revision has passed. */
  sealed interface Passage {

    long at();

    /** Something is known of a key. */
    record OfKey(long at, Course course) implements Passage {}

    /** So many keys of a range were there. */
    record OfRange(long at, String from, String end, long count, Operation by) implements Passage {}
  }

  /** The revisions that nobody is known to own, ascending. */
  long[] gaps() {
    return gaps;
  }

  /** What is known, in the order in which it was so. */
  List<Passage> passages() {
    return passages;
  }

  Collection<Course> courses() {
    return sorted.values();
  }

  /** The courses that anybody may change unseen. */
  List<Course> changeable() {
    return changeable;
  }

  /** Those that must make one of the gaps, by the last one that they may make. */
  List<Move> due() {
    return due;
  }

  /** The keys of a range. */
  Collection<Course> courses(String from, String end) {
    if (end.equals("\0")) {
      return sorted.tailMap(from, true).values();
    }
    return from.compareTo(end) < 0 ? sorted.subMap(from, true, end, false).values() : List.of();
  }

  /** The course of {@code key}, as the store has it if nothing is known of it. */
  Course course(String key) {
    Course known = courses.get(key);
    if (known != null) {
      return known;
    }
    Course course = new Course(key, KeyState.of(store.get(key)), this::within);
    courses.put(key, course);
    sorted.put(key, course);
    return course;
  }

  /** What is told of {@code gap}. */
  List<Clue> clues(long gap) {
    return clues.getOrDefault(gap, List.of());
  }

  /** Whether somebody whose answer does not say so may have made it. */
  boolean perhapsOwned(long gap) {
    return perhapsOwned.contains(gap);
  }

  /** Whether {@code move} may be what is told of a gap by another key than {@code but}. */
  boolean mayBeTold(Move move, String but, long from, long to) {
    if (move.due()) {
      return move.mayMake(from, to) && isOneSeen(move.first(from), move.last(to));
    }
    for (Request.Put put : move.puts()) {
      if (!put.key().equals(but)) {
        for (ToldOf at : toldToBePut.getOrDefault(put.key(), List.of())) {
          if (at.gap() >= from && at.gap() <= to && at.clue().mayShow(put.value())) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /** Whether a read tells of a gap between the two, both included. */
  private boolean isOneSeen(long from, long to) {
    return within(from, to) > count(from, to);
  }

  /** When a write must have been called that made a revision up to {@code last}. */
  long deadline(long last) {
    int at = Arrays.binarySearch(gaps, last);
    int index = at >= 0 ? at : -at - 2;
    return index < 0 ? Long.MIN_VALUE : deadlines[index];
  }

  /** How many gaps that no read tells of lie between the two, both included. */
  long count(long from, long to) {
    return below(untold, to + 1) - below(untold, from);
  }

  private static int below(long[] revisions, long revision) {
    int at = Arrays.binarySearch(revisions, revision);
    return at >= 0 ? at : -at - 1;
  }

  /** There are {@code count} more, or less, like {@code move}. */
  void supply(Move move, int count) {
    for (String key : move.putKeys()) {
      if (move.supplies(key)) {
        course(key).supplyPuts(count);
      }
    }
    for (String key : move.deletedKeys()) {
      course(key).supplyDeletes(count);
    }
  }

  private static long[] gaps(Horizon horizon, long first, long end) {
    List<Long> found = new ArrayList<>();
    for (long revision = first; revision < end; revision++) {
      if (!horizon.reaches(revision) || horizon.at(revision).owner().isEmpty()) {
        found.add(revision);
      }
    }
    return found.stream().mapToLong(Long::longValue).toArray();
  }

  private boolean isGap(long revision) {
    return Arrays.binarySearch(gaps, revision) >= 0;
  }

  /** How many revisions that nobody is known to own lie between the two, both included. */
  long within(long first, long last) {
    return below(gaps, last + 1) - below(gaps, first);
  }

  private void add(Move move, LeasedKeys leased) {
    if (move.operation().request() instanceof Request.LeaseRevoke(long lease)) {
      move.confine(leased.lastUse(lease) + 1, Long.MAX_VALUE);
    }
    moves.add(move);
    move.putKeys().forEach(key -> course(key).puts().add(move));
    move.deletedKeys().forEach(key -> course(key).deletes().add(move));
    supply(move, 1);
  }

  private void read(Told told, long revision, Place place, long end) {
    if (place.owner().isEmpty()) {
      place
          .seen()
          .ifPresent(kv -> {
            seen.add(revision);
            put(told, revision, kv, revision < end);
          });
      for (Event event : place.events()) {
        switch (event.type()) {
          case PUT -> put(told, revision, event.kv(), revision < end);
          case DELETE -> deleted(revision, event.kv().key());
        }
      }
    }
    if (revision < end) {
      told.place(revision, place);
      if (place.owner().isEmpty() && !place.perhapsOwners().isEmpty()) {
        perhapsOwned.add(revision);
      }
    }
  }

  /**
   * Whoever alone can have put what is seen did it there, and nowhere else; what it asked for was
   * so.
   */
  private void put(Told told, long revision, KeyValue kv, boolean within) {
    if (within) {
      clue(revision, new Clue(kv.key(), true, Optional.of(kv.value())));
    }
    List<Move> able =
        course(kv.key()).puts().stream()
            .filter(move ->
                move.puts().stream()
                    .anyMatch(put -> put.key().equals(kv.key()) && put.value().equals(kv.value())))
            .toList();
    if (able.size() == 1 && able.getFirst().mayMake(revision, revision)) {
      Move only = able.getFirst();
      if (within && !only.due()) {
        told.held(
            only.conditions().stream().filter(this::tellsOfGap).toList(),
            only.operation(),
            revision);
      }
      pin(only, revision, kv.key());
    }
  }

  /** The others tell of what is known, mostly. */
  private boolean tellsOfGap(Compare condition) {
    return condition.operand() instanceof Compare.ModRevision(long asked) && isGap(asked);
  }

  /** Whoever alone can have deleted the key did it there. */
  private void deleted(long revision, String key) {
    clue(revision, new Clue(key, false, Optional.empty()));
    List<Move> able = course(key).deletes();
    if (able.size() == 1 && able.getFirst().mayMake(revision, revision)) {
      able.getFirst().restrict(revision, revision);
    }
  }

  private void pin(Move move, long gap, String key) {
    supply(move, -1);
    move.pin(gap, key);
    supply(move, 1);
  }

  private void clue(long revision, Clue clue) {
    List<Clue> known = clues.computeIfAbsent(revision, any -> new ArrayList<>(1));
    if (!known.contains(clue)) {
      known.add(clue);
    }
  }

  private void tell(long gap, List<Clue> told) {
    for (Clue clue : told) {
      boolean better =
          clue.value().isEmpty()
              && told.stream()
                  .anyMatch(other -> other.key().equals(clue.key()) && other.value().isPresent());
      if (clue.put() && !better) {
        toldToBePut
            .computeIfAbsent(clue.key(), any -> new ArrayList<>(1))
            .add(new ToldOf(gap, clue));
      }
    }
  }

  /**
   * What is seen of a key is seen of all that its write did, wherever that is known to have been.
   */
  private void seeAll() {
    changed.forEach((gap, keys) -> {
      for (String key : keys) {
        for (Move move : course(key).puts()) {
          if (move.mustMake(gap, gap) && move.supplies(key)) {
            pin(move, gap, key);
          }
        }
      }
    });
  }

  /** Where as many keys are certain as were counted, the others were not there; and so on. */
  private void count() {
    List<Passage> deduced = new ArrayList<>();
    for (Passage passage : passages) {
      if (passage
          instanceof Passage.OfRange(long at, String from, String end, long count, var by)) {
        if (budget.exhausted()) {
          return;
        }
        List<Course> uncertain = new ArrayList<>();
        long certain = 0;
        long latest = deadline(at);
        for (Course course : courses(from, end)) {
          switch (course.at(at, latest)) {
            case PRESENT -> certain++;
            case ABSENT -> {}
            case ANY -> uncertain.add(course);
          }
        }
        boolean none = certain == count;
        if (none || certain + uncertain.size() == count) {
          for (Course course : uncertain) {
            course.insert(
                none
                    ? Sighting.absent(at, course.key(), by)
                    : Sighting.present(at, course.key(), Sighting.UNKNOWN, by));
            deduced.add(new Passage.OfKey(at, course));
          }
        }
      }
    }
    passages.addAll(deduced);
    passages.sort(Comparator.comparingLong(Passage::at));
  }

  /** Where as many may give what is needed as are needed, all of them do. */
  private boolean settle() {
    boolean settled = false;
    for (Course course : changeable) {
      if (budget.exhausted()) {
        return false;
      }
      for (Course.Demand demand : course.demands()) {
        settled |= settle(course, course.puts(), demand, demand.puts(), true);
        settled |= settle(course, course.deletes(), demand, demand.deletes(), false);
      }
    }
    return settled;
  }

  private boolean settle(
      Course course, List<Move> moves, Course.Demand demand, int needed, boolean puts) {
    if (needed == 0) {
      return false;
    }
    long latest = deadline(demand.last());
    List<Move> able = new ArrayList<>();
    int open = needed;
    for (Move move : moves) {
      if (puts && !move.supplies(course.key())) {
        continue;
      }
      if (move.mustMake(demand.first(), demand.last())) {
        open--;
      } else if (move.mayMake(demand.first(), demand.last())
          && move.operation().call() <= latest
          && move.mayChange(course.key(), demand.mod(), demand.first())
          && mayMake(move, demand)) {
        able.add(move);
      }
    }
    if (open <= 0 || able.size() != open) {
      return false;
    }
    able.forEach(move -> restrict(move, demand));
    return true;
  }

  /** To the gaps of the demand of which nothing else is told. */
  private void restrict(Move move, Course.Demand demand) {
    int first = below(gaps, demand.first());
    int last = below(gaps, demand.last() + 1) - 1;
    while (first < last && !fits(move, first)) {
      first++;
    }
    while (last > first && !fits(move, last)) {
      last--;
    }
    if (first <= last && fits(move, first)) {
      move.restrict(gaps[first], gaps[last]);
    } else {
      move.restrict(demand.first(), demand.last());
    }
  }

  private boolean fits(Move move, int index) {
    return move.operation().call() <= deadlines[index]
        && move.mayMake(gaps[index], gaps[index])
        && agrees(move, gaps[index]);
  }

  /**
   * Whether there is a gap for {@code move} to give what is needed, of which nothing else is told,
   * and at which it changes no key that is seen unchanged.
   */
  private boolean mayMake(Move move, Course.Demand demand) {
    if (move.sureKeys().size() < 2) {
      return true;
    }
    int from = below(gaps, demand.first());
    int to = below(gaps, demand.last() + 1);
    if (to - from > MOST_LOOKED_AT) {
      return true;
    }
    for (int i = from; i < to; i++) {
      if (fits(move, i)) {
        return true;
      }
    }
    return false;
  }

  private boolean agrees(Move move, long gap) {
    for (Clue clue : clues(gap)) {
      if (!move.mayBe(clue)) {
        return false;
      }
    }
    for (String key : move.sureKeys()) {
      if (course(key).untouched(gap)) {
        return false;
      }
    }
    return true;
  }

  /** The reads of past revisions, by these. */
  private Map<Long, List<Operation>> pasts(Horizon horizon, long last) {
    Map<Long, List<Operation>> pasts = new HashMap<>();
    for (long revision = horizon.first(); revision <= last; revision++) {
      if (horizon.reaches(revision)) {
        for (Operation member : horizon.at(revision).members()) {
          if (member.request() instanceof Request.Range range && range.revision() > 0) {
            pasts.computeIfAbsent(range.revision(), any -> new ArrayList<>(1)).add(member);
          }
        }
      }
    }
    return pasts;
  }

  /** For each gap the least end of what is known to come at it or behind it. */
  private long[] deadlines(Horizon horizon, long last) {
    long[] result = new long[gaps.length];
    long least = Long.MAX_VALUE;
    int at = gaps.length - 1;
    for (long revision = last; at >= 0; revision--) {
      Place place = horizon.at(revision);
      least = Math.min(least, place.owner().map(Operation::end).orElse(Long.MAX_VALUE));
      for (Operation operation : place.members()) {
        least = Math.min(least, operation.end());
      }
      for (Operation operation : place.perhapsOwners()) {
        least = Math.min(least, operation.end());
      }
      if (revision == gaps[at]) {
        result[at--] = least;
      }
    }
    return result;
  }

  @Override
  public NavigableSet<String> keys() {
    return sorted.navigableKeySet();
  }

  @Override
  public void see(Sighting sighting) {
    if (sighting.present()) {
      if (sighting.create() != Sighting.UNKNOWN && isGap(sighting.create())) {
        seen.add(sighting.create());
        clue(sighting.create(), new Clue(sighting.key(), true, Optional.empty()));
      }
      if (sighting.mod() != Sighting.UNKNOWN && isGap(sighting.mod())) {
        seen.add(sighting.mod());
        changed.computeIfAbsent(sighting.mod(), any -> new HashSet<>()).add(sighting.key());
        clue(sighting.mod(), new Clue(sighting.key(), true, sighting.value()));
      }
    }
    Course course = course(sighting.key());
    if (course.changeable()) {
      course.see(sighting);
      passages.add(new Passage.OfKey(sighting.slot(), course));
    }
  }

  @Override
  public void counted(long at, Request.Range range, long count, Operation by) {
    passages.add(new Passage.OfRange(at, range.key(), range.rangeEnd(), count, by));
  }

  @Override
  public void put(Request.Put put, Placed step) {
    writes.add(() -> {
      Course course = course(put.key());
      course.put(step.revision(), put);
      passages.add(new Passage.OfKey(step.revision(), course));
    });
  }

  @Override
  public void deleted(Request.DeleteRange delete, Placed step) {
    writes.add(() ->
        Told.within(keys(), delete.key(), delete.rangeEnd())
            .forEach(key -> {
              Course course = course(key);
              course.delete(step.revision());
              passages.add(new Passage.OfKey(step.revision(), course));
            }));
  }

  @Override
  public void stepped() {
    writes.forEach(Runnable::run);
    writes.clear();
  }
}
