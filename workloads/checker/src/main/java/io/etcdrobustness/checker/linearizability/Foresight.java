package io.etcdrobustness.checker.linearizability;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Request;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Guesses who made the revisions ahead that nobody is known to own, from what is seen of every key
 * behind them.
 *
 * <p>Versions count puts, so what is seen of a key next tells how many puts, and whether a delete,
 * are hidden before it. These must be found room for in the revisions without owner, each before
 * its deadline, and all these revisions must be filled: the one with the earliest deadline comes
 * first, which is the best order if nothing else mattered (Jackson's rule for unit jobs). What else
 * matters, such as a txn that changes several keys or a write that nobody will ever see, is tried
 * out one after the other, on the keys alone. Where nothing fits, it goes back to the last choice
 * that has to do with it (Prosser's conflict-directed backjumping, 1993). What one {@linkplain
 * Manner manner} of trying does not find another one may.
 *
 * <p>It is a guess and nothing more: no answer is compared but what it tells of single keys, and
 * not all ways are tried. Who relies on it executes it.
 */
final class Foresight {

  /**
   * How many steps are tried at most to fill one gap more than ever before, each manner in turn
   * before the next number: what is not found by then is hard to find.
   */
  private static final int[] MOST_TRIED = {500, 5_000, 20_000};

  /** To look at so many that no key needs counts as one step. */
  private static final int REST = 16;

  private final Outlook outlook;
  private final Budget budget;
  private final long[] gaps;
  private final Set<Course> owing = new LinkedHashSet<>();
  private final List<Change> trail = new ArrayList<>();
  private final List<Choice> choices = new ArrayList<>();

  /** Of each key the choices that do something to it. */
  private final Map<String, BitSet> touched = new HashMap<>();

  private Manner manner = Manner.ALL.getFirst();

  /** Those that need every gap from the next one to the deadline of the last of them. */
  private final List<Course> pressing = new ArrayList<>();

  /** How often each course did not become what it must. */
  private final Map<Course, Integer> misfits = new HashMap<>();

  private Conflict conflict = new Conflict();
  private int passed;

  /** How many of those that must come had to have come by now. */
  private int overdue;

  /** The most gaps that were filled, and how many steps were tried since. */
  private int most;

  private int tried;

  /**
   * @param budget when it is used up nobody is guessed any more
   */
  Foresight(Outlook outlook, Budget budget) {
    this.outlook = outlook;
    this.budget = budget;
    this.gaps = outlook.gaps();
    outlook.courses().forEach(this::note);
  }

  /**
   * Who is guessed to have made the revisions.
   *
   * @param owners by revision; not of all where {@code whole} is false, and of none if the budget
   *     ended
   * @param whole whether somebody was found for all of them
   */
  record Guess(Map<Long, Operation> owners, boolean whole) {}

  /**
   * Guesses.
   *
   * @param failures how many guesses have failed since one last succeeded: what was found for half
   *     of the revisions is not likely to be mended by much trying behind it
   */
  Guess guess(int failures) {
    boolean found = false;
    Set<Manner> spent = new HashSet<>();
    for (int i = 0; i < Math.max(1, MOST_TRIED.length - failures); i++) {
      for (Manner each : Manner.ALL) {
        if (!found && !spent.contains(each)) {
          takeAllBack();
          manner = each;
          found = attempt(MOST_TRIED[i]);
          if (tried <= MOST_TRIED[i]) {
            spent.add(each);
          }
        }
      }
    }
    if (budget.exhausted()) {
      return new Guess(Map.of(), false);
    }
    // Of what was tried until the end the first half was not the trouble, most likely.
    return new Guess(made(found ? choices.size() : choices.size() / 2), found);
  }

  /** Whether a way was found to fill all gaps; no choice is left if there is none. */
  private boolean attempt(int mostTried) {
    boolean onwards = arrive(0);
    if (!onwards) {
      return false;
    }
    while (tried <= mostTried && !budget.exhausted()) {
      if (choices.size() > most) {
        most = choices.size();
        tried = 0;
      }
      if (onwards) {
        if (choices.size() == gaps.length) {
          return true;
        }
        choices.add(new Choice(choices.size()));
      }
      Choice choice = choices.getLast();
      choice.takeBack();
      onwards = choice.take() && goOn(choice);
      if (!onwards && choice.exhausted() && !goBack()) {
        return false;
      }
    }
    return false;
  }

  private void takeAllBack() {
    while (!choices.isEmpty()) {
      choices.removeLast().takeBack();
    }
    undo(0);
    passed = 0;
    overdue = 0;
    most = 0;
    tried = 0;
    pressing.clear();
    conflict = new Conflict();
  }

  private boolean goOn(Choice choice) {
    if (arrive(choices.size())) {
      return true;
    }
    conflict.courses.forEach(course -> misfits.merge(course, 1, Integer::sum));
    choice.blame(conflict);
    return false;
  }

  /** Goes back from a choice that has no way left to the last one that is to blame. */
  private boolean goBack() {
    Choice failed = choices.getLast();
    Conflict blamed = failed.blamed;
    blamed.idle = failed.idle();
    if (blamed.idle) {
      // Whatever was done before may have left too little to do.
      blamed.used.set(0, failed.index);
    }
    blamed.without(failed.index);
    int last = blamed.isEmpty() ? failed.index - 1 : blamed.last();
    while (choices.size() > Math.max(0, last + 1)) {
      choices.getLast().takeBack();
      choices.removeLast();
    }
    if (choices.isEmpty()) {
      return false;
    }
    choices.getLast().blame(blamed);
    return !choices.getLast().exhausted() || goBack();
  }

  private Map<Long, Operation> made(int count) {
    Map<Long, Operation> made = new HashMap<>();
    for (Choice choice : choices.subList(0, count)) {
      choice.taken.ifPresent(move -> made.put(choice.gap, move.operation()));
    }
    return made;
  }

  /** Lets happen what is known to come before the gap, or the end; false if that cannot be. */
  private boolean arrive(int index) {
    long gap = index == gaps.length ? Long.MAX_VALUE : gaps[index];
    List<Outlook.Passage> passages = outlook.passages();
    Set<Course> stirred = new LinkedHashSet<>();
    while (passed < passages.size() && passages.get(passed).at() < gap) {
      switch (passages.get(passed)) {
        case Outlook.Passage.OfKey(long at, Course course) -> {
          if (stirred.add(course)) {
            remember(course);
          }
          if (!course.pass(at)) {
            conflict = about(course);
            return false;
          }
        }
        case Outlook.Passage.OfRange(
                long at,
                String from,
                String end,
                long count,
                Operation any) -> {
          long present = outlook.courses(from, end).stream().filter(Foresight::isThere).count();
          if (present != count) {
            boolean tooMany = present > count;
            conflict =
                about(
                    outlook.courses(from, end).stream()
                        .filter(course -> course.changeable() && isThere(course) == tooMany)
                        .toList());
            return false;
          }
        }
      }
      passed++;
    }
    if (!allCame(gap)) {
      return false;
    }
    for (Course course : stirred) {
      course.reckon(gap - 1);
      note(course);
    }
    for (Course course : stirred) {
      if (!course.possible() || !supplied(course, gap)) {
        conflict = about(course);
        // Where nobody is to blame, what is known of the course is not understood.
        if (!conflict.isEmpty()) {
          return false;
        }
      }
    }
    return enough(gap);
  }

  /** Whether all have come that must come before {@code gap}. */
  private boolean allCame(long gap) {
    List<Move> due = outlook.due();
    for (; overdue < due.size() && due.get(overdue).last(Long.MAX_VALUE) < gap; overdue++) {
      Move move = due.get(overdue);
      if (!move.taken()) {
        conflict = missed(move);
        return false;
      }
    }
    return true;
  }

  /** {@code move} must come at a gap that was used for something else. */
  private Conflict missed(Move move) {
    Conflict missed = new Conflict();
    move.keys().forEach(key -> missed.courses.add(outlook.course(key)));
    missed.since(move.first(Long.MIN_VALUE) - 1);
    return missed;
  }

  private static boolean isThere(Course course) {
    return course.state().kind() == KeyState.Kind.PRESENT;
  }

  private Conflict about(Course course) {
    return about(List.of(course));
  }

  private Conflict about(List<Course> courses) {
    Conflict about = new Conflict();
    courses.forEach(about::touching);
    courses.forEach(course -> course.tooMany().forEach(move -> about.add(missed(move))));
    if (manner.blamesRoom() || about.isEmpty()) {
      courses.forEach(course -> about.since(course.anchor()));
    }
    return about;
  }

  /** Whether there are enough writes in time for what {@code course} owes, and a gap for them. */
  private boolean supplied(Course course, long from) {
    Course.Need need = course.need();
    return (!need.owes() || outlook.within(from, need.deadline()) > 0)
        && inTime(course.puts(), need.puts(), from, need.deadline())
        && inTime(course.deletes(), need.deletes(), from, need.deadline());
  }

  private boolean inTime(List<Move> moves, int needed, long from, long to) {
    if (needed == 0) {
      return true;
    }
    long latest = outlook.deadline(to);
    int found = 0;
    for (int i = 0; i < moves.size() && found < needed; i++) {
      Move move = moves.get(i);
      found += !move.taken() && move.mayMake(from, to) && move.operation().call() <= latest ? 1 : 0;
    }
    return found == needed;
  }

  private void remember(Course course) {
    trail.add(new Change(course, course.moment()));
  }

  private void note(Course course) {
    if (course.need().owes()) {
      owing.add(course);
    } else {
      owing.remove(course);
    }
  }

  private void undo(int mark) {
    while (trail.size() > mark) {
      Change change = trail.removeLast();
      change.course().back(change.before());
      note(change.course());
    }
  }

  /** Whether what is owed fits into the gaps from {@code gap} on, deadline by deadline. */
  private boolean enough(long gap) {
    long owed = 0;
    List<Course> urgent = urgent();
    pressing.clear();
    Set<Move> counted = new HashSet<>();
    for (Course course : urgent) {
      Course.Need need = course.need();
      owed +=
          steps(course, course.puts(), need.puts(), gap, counted)
              + steps(course, course.deletes(), need.deletes(), gap, counted);
      long room = outlook.count(gap, need.deadline());
      if (need.deadline() < gap || owed > room) {
        conflict = about(urgent.subList(0, urgent.indexOf(course) + 1));
        return false;
      }
      if (owed == room && pressing.isEmpty()) {
        pressing.addAll(urgent.subList(0, urgent.indexOf(course) + 1));
      }
    }
    return true;
  }

  /**
   * How many steps more it takes at least that {@code course} gets what it needs of {@code moves}.
   *
   * @param counted those that may be steps for the courses before it
   */
  private int steps(Course course, List<Move> moves, int needed, long gap, Set<Move> counted) {
    if (needed == 0) {
      return 0;
    }
    int shared = 0;
    for (Move move : moves) {
      if (!move.plain()
          && !move.taken()
          && move.mayMake(gap, course.need().deadline())
          && (!counted.add(move)
              || outlook.mayBeTold(move, course.key(), gap, course.need().deadline()))) {
        shared++;
      }
    }
    return Math.max(0, needed - shared);
  }

  private List<Course> urgent() {
    List<Course> sorted = new ArrayList<>(owing);
    sorted.sort(Comparator.comparingLong(course -> course.need().deadline()));
    return sorted;
  }

  /** How a course was, for going back. */
  private record Change(Course course, Course.Moment before) {}

  /** Which choices have to do with something that does not fit. */
  private final class Conflict {

    /** Those whose gap might have been used for something else. */
    private final BitSet used = new BitSet();

    /** Those that did something that matters. */
    private final BitSet did = new BitSet();

    /** Whose fault it is: a step that changes none of these mends nothing. */
    private final Set<Course> courses = new HashSet<>();

    /** Whether there was nothing left to do: only one step more that no key needs can mend it. */
    private boolean idle;

    boolean isEmpty() {
      return used.isEmpty() && did.isEmpty();
    }

    int last() {
      return Math.max(used.length(), did.length()) - 1;
    }

    List<Course> inOrder() {
      return courses.stream().sorted(Comparator.comparing(Course::key)).toList();
    }

    boolean holds(int index) {
      return used.get(index) || did.get(index);
    }

    void without(int index) {
      used.clear(index);
      did.clear(index);
    }

    void add(Conflict other) {
      used.or(other.used);
      did.or(other.did);
      courses.addAll(other.courses);
    }

    /** Whether {@code move} may mend it. */
    boolean concerns(Move move) {
      for (String key : move.keys()) {
        if (courses.contains(outlook.course(key))) {
          return true;
        }
      }
      return false;
    }

    void touching(Course course) {
      courses.add(course);
      BitSet by = touched.get(course.key());
      if (by == null) {
        return;
      }
      for (int i = by.length() - 1; i >= 0; i = by.previousSetBit(i - 1)) {
        if (manner.blamesRoom() || i >= choices.size() || choices.get(i).gap > course.anchor()) {
          did.set(i);
        }
      }
    }

    void since(long revision) {
      for (int i = choices.size() - 1; i >= 0 && choices.get(i).gap > revision; i--) {
        used.set(i);
      }
    }
  }

  /** One gap, with the ways to fill it. */
  private final class Choice {

    private final int index;
    private final long gap;
    private final int mark = trail.size();
    private final int passedThen = passed;
    private final int overdueThen = overdue;
    private final List<Clue> told;
    private final long latest;
    private final List<Move> ways = new ArrayList<>();
    private final Set<Move> offered = new HashSet<>();

    /** How many keys each way that is needed gives what they need. */
    private final Map<Move, Integer> helped = new HashMap<>();

    /** How many keys a way may give what they need. */
    private int mostHelped = Integer.MAX_VALUE;

    private final Conflict blamed = new Conflict();

    /** What must be mended by what is done here, if anything. */
    private final List<Conflict> toMend = new ArrayList<>();

    private int pressed;
    private int needed;
    private boolean idle;
    private boolean all;
    private boolean left;
    private int next;
    private Optional<Move> taken = Optional.empty();

    Choice(int index) {
      this.index = index;
      this.gap = gaps[index];
      latest = outlook.deadline(gap);
      told = outlook.clues(gap);
      left = !outlook.perhapsOwned(gap);
      if (told.isEmpty()) {
        if (!pressing.isEmpty()) {
          all = true;
          pressed = pressing.size();
          blamed.add(about(pressing));
        }
        for (Course course : all ? pressing : urgent()) {
          if (course.need().puts() > 0) {
            offer(course.puts());
          }
          if (course.need().deletes() > 0) {
            offer(course.deletes());
          }
        }
      } else {
        all = true;
        Course course = outlook.course(told.getFirst().key());
        blamed.touching(course);
        offer(
            (told.getFirst().put() ? course.puts() : course.deletes())
                .stream().filter(move -> told.stream().allMatch(move::mayBe)).toList());
      }
      Map<Move, Integer> spoilt = new HashMap<>();
      for (Move move : ways) {
        helped.put(move, count(move, true));
        spoilt.put(move, count(move, false));
      }
      ways.sort(
          Comparator.comparingInt(this::hardness)
              .reversed()
              .thenComparing(spoilt::get)
              .thenComparing(helped::get, Comparator.reverseOrder())
              .thenComparing(Move::operation, manner.byAge()));
      needed = ways.size();
    }

    /** How many keys {@code move} would change that are known to need it, or that are not. */
    private int count(Move move, boolean needed) {
      int count = 0;
      for (Map.Entry<String, Optional<Request.Put>> effect :
          move.effects(key -> outlook.course(key).state()).orElse(Map.of()).entrySet()) {
        Course.Need need = outlook.course(effect.getKey()).need();
        boolean put = effect.getValue().isPresent();
        boolean needs =
            (put ? need.puts() : need.deletes()) > 0
                || told.stream()
                    .anyMatch(clue -> clue.put() == put && clue.key().equals(effect.getKey()));
        count += needs == needed ? 1 : 0;
      }
      return count;
    }

    private int hardness(Move move) {
      int hardness = 0;
      if (manner.order() == Manner.Order.HARDEST) {
        for (String key : move.keys()) {
          Course course = outlook.course(key);
          if (course.need().owes()) {
            hardness = Math.max(hardness, misfits.getOrDefault(course, 0));
          }
        }
      }
      return hardness;
    }

    private boolean inTime(Move move) {
      return !move.taken() && move.mayMake(gap, gap) && move.operation().call() <= latest;
    }

    /** Of those that are alike one only, the newest or the oldest. */
    private void offer(List<Move> moves) {
      Map<Kind, Move> unlike = new LinkedHashMap<>();
      for (Move move : moves) {
        if (move.operation().call() > latest) {
          break;
        }
        if (inTime(move)) {
          unlike.merge(
              new Kind(move.shape(), move.due()),
              move,
              (one, other) -> manner.order() == Manner.Order.OLDEST ? one : other);
        }
      }
      for (Move move : unlike.values()) {
        if (offered.add(move)) {
          ways.add(move);
        }
      }
    }

    /** Something behind it does not fit; it matters whether it is to blame. */
    void blame(Conflict found) {
      blamed.add(found);
      idle = found.idle;
      if (!found.holds(index)) {
        // Whatever is done here, it will not fit.
        next = ways.size();
        all = true;
      } else if (found.idle) {
        // Only what does less here leaves something to do there.
        int did = taken.map(move -> helped.getOrDefault(move, 0)).orElse(0);
        mostHelped = did > 0 || !told.isEmpty() ? did - 1 : mostHelped;
      } else if (!found.did.get(index)) {
        // Whatever else is done here is as bad, if it has nothing to do with it either.
        toMend.add(found);
      }
    }

    /**
     * Whether nothing that is needed was left to be done, here or behind, and nothing else fits.
     */
    boolean idle() {
      return all && (idle || (told.isEmpty() && pressed == 0 && needed == 0));
    }

    private boolean mends(Move move) {
      for (Conflict conflict : toMend) {
        if (!conflict.concerns(move)) {
          return false;
        }
      }
      return true;
    }

    boolean exhausted() {
      return left && all && next == ways.size();
    }

    /** Takes the next way that fits; false if there is none left. */
    boolean take() {
      if (next == 0 && !all && manner.needsLast()) {
        all = true;
        rest();
      }
      if (!left) {
        // Somebody whose answer does not say what it did.
        left = true;
        return true;
      }
      while (true) {
        if (next == ways.size()) {
          if (all) {
            return false;
          }
          all = true;
          rest();
        } else {
          Move move = ways.get(next++);
          if (helped.getOrDefault(move, 0) <= mostHelped && mends(move)) {
            tried++;
            if (take(move)) {
              return true;
            }
          }
        }
      }
    }

    /** Those that no key needs: first what needs no other. */
    private void rest() {
      List<Way> others = new ArrayList<>();
      int known = ways.size();
      for (Course course : toMend.isEmpty() ? outlook.changeable() : toMend.getFirst().inOrder()) {
        offer(course.puts());
        offer(course.deletes());
      }
      tried += (ways.size() - known) / REST;
      for (Move move : List.copyOf(ways.subList(known, ways.size()))) {
        int owingBefore = owing.size();
        if (!budget.exhausted() && mends(move) && take(move)) {
          others.add(new Way(move, owing.size() > owingBefore));
        }
        takeBack();
      }
      others.sort(
          Comparator.comparing(Way::owes)
              .thenComparing(way -> way.move().operation(), manner.byAge()));
      ways.subList(known, ways.size()).clear();
      int first = 0;
      for (Way way : others) {
        if (manner.needsLast() && !way.owes()) {
          ways.add(first++, way.move());
        } else {
          ways.add(way.move());
        }
      }
    }

    private boolean take(Move move) {
      Optional<Map<String, Optional<Request.Put>>> effects =
          move.effects(key -> outlook.course(key).state());
      if (effects.isEmpty() || effects.get().isEmpty() || !shows(effects.get())) {
        return false;
      }
      move.take(true);
      outlook.supply(move, -1);
      taken = Optional.of(move);
      for (String key : move.keys()) {
        touched.computeIfAbsent(key, any -> new BitSet()).set(index);
      }
      effects
          .get()
          .forEach((key, put) -> {
            Course course = outlook.course(key);
            remember(course);
            course.change(gap, put);
            note(course);
          });
      // Also what it leaves as it is may have needed it later.
      for (String key : move.keys()) {
        Course course = outlook.course(key);
        if (!course.possible() || !supplied(course, gap + 1)) {
          blamed.add(about(course));
          takeBack();
          return false;
        }
      }
      return true;
    }

    private boolean shows(Map<String, Optional<Request.Put>> effects) {
      for (Clue clue : told) {
        Optional<Request.Put> effect = effects.get(clue.key());
        if (effect == null || effect.isPresent() != clue.put()) {
          return false;
        }
        if (effect.isPresent() && !clue.mayShow(effect.get().value())) {
          return false;
        }
      }
      return true;
    }

    void takeBack() {
      undo(mark);
      passed = passedThen;
      overdue = overdueThen;
      taken.ifPresent(move -> {
        move.take(false);
        outlook.supply(move, 1);
        for (String key : move.keys()) {
          touched.computeIfPresent(
              key,
              (any, by) -> {
                by.clear(index);
                return by;
              });
        }
      });
      taken = Optional.empty();
    }

    private record Way(Move move, boolean owes) {}

    /** What is alike to try. */
    private record Kind(Request.InTxn shape, boolean due) {}
  }
}
