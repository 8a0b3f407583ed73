package io.etcdrobustness.checker.linearizability;

import io.etcdrobustness.history.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One key through a stretch of revisions: what known steps did to it, what was seen of it, and what
 * it needs of steps that nobody tells of to become so.
 */
final class Course {

  private final String key;
  private final Gaps gaps;
  private final List<Mark> marks = new ArrayList<>();
  private final List<Move> puts = new ArrayList<>();
  private final List<Move> deletes = new ArrayList<>();
  private int[] laterPuts = {};
  private int[] laterDeletes = {};
  private int putSupply;
  private int deleteSupply;
  private KeyState state;
  private int passed;
  private Need need = Need.NOTHING;
  private final List<Demand> demands = new ArrayList<>();
  private final List<Stretch> untouched = new ArrayList<>();

  /**
   * @param gaps which revisions nobody is known to own
   */
  Course(String key, KeyState state, Gaps gaps) {
    this.key = key;
    this.state = state;
    this.gaps = gaps;
  }

  /** Which revisions nobody is known to own. */
  @FunctionalInterface
  interface Gaps {

    /** How many there are from {@code first} to {@code last}. */
    long within(long first, long last);
  }

  /** Something known. */
  private sealed interface Mark {

    /** The revision at which it was so. */
    long at();

    record Seen(Sighting sighting) implements Mark {
      @Override
      public long at() {
        return sighting.slot();
      }
    }

    record Put(long at, Request.Put put) implements Mark {}

    record Deleted(long at) implements Mark {}
  }

  /**
   * What it needs before it can be as it is seen next.
   *
   * @param puts steps without owner that put it, at revisions of which nothing is told
   * @param deletes such steps that delete it
   * @param deadline the last revision that helps
   * @param next the revision at which it is seen, {@link Long#MAX_VALUE} if it is not
   * @param exact whether any other put before {@code next} would be seen
   * @param allPuts how many such puts it needs from now on in all
   * @param allDeletes how many deletes
   */
  record Need(
      int puts, int deletes, long deadline, long next, boolean exact, int allPuts, int allDeletes) {
    static final Need NOTHING = new Need(0, 0, Long.MAX_VALUE, Long.MAX_VALUE, false, 0, 0);
    static final Need WRONG = new Need(-1, 0, 0, 0, false, 0, 0);

    boolean owes() {
      return puts + deletes > 0;
    }

    private Need and(int laterPuts, int laterDeletes) {
      return new Need(
          puts, deletes, deadline, next, exact, allPuts + laterPuts, allDeletes + laterDeletes);
    }

    private Need exactly() {
      return new Need(puts, deletes, deadline, next, true, allPuts, allDeletes);
    }
  }

  /** All that can change along the way. */
  record Moment(KeyState state, int passed, Need need) {}

  String key() {
    return key;
  }

  KeyState state() {
    return state;
  }

  Need need() {
    return need;
  }

  /** Those that may put it, by call. */
  List<Move> puts() {
    return puts;
  }

  /** Those that may delete it, by call. */
  List<Move> deletes() {
    return deletes;
  }

  /** Whether anybody may change it unseen. */
  boolean changeable() {
    return !puts.isEmpty() || !deletes.isEmpty();
  }

  void see(Sighting sighting) {
    marks.add(new Mark.Seen(sighting));
  }

  /** The same, of something that was found out afterwards. */
  void insert(Sighting sighting) {
    marks.add(behind(sighting.slot()), new Mark.Seen(sighting));
  }

  /**
   * Whether it is there at {@code revision}, if that is certain; before anything is passed.
   *
   * @param latest when a write was called at the latest that made a revision up to that
   */
  KeyState.Kind at(long revision, long latest) {
    int next = behind(revision - 1);
    for (int i = next; i < marks.size(); i++) {
      if (marks.get(i) instanceof Mark.Seen(Sighting seen)) {
        if (seen.present() && seen.create() != Sighting.UNKNOWN && seen.create() <= revision) {
          return KeyState.Kind.PRESENT;
        }
        if (seen.slot() == revision) {
          return seen.present() ? KeyState.Kind.PRESENT : KeyState.Kind.ABSENT;
        }
        break;
      }
    }
    KeyState.Kind known = known(behind(revision) - 1);
    List<Move> changing = known == KeyState.Kind.PRESENT ? deletes : puts;
    boolean stays = changing.isEmpty() || changing.getFirst().operation().call() > latest;
    return stays ? known : KeyState.Kind.ANY;
  }

  private KeyState.Kind known(int last) {
    if (last < 0) {
      return state.kind();
    }
    return switch (marks.get(last)) {
      case Mark.Seen(Sighting seen) ->
          seen.present() ? KeyState.Kind.PRESENT : KeyState.Kind.ABSENT;
      case Mark.Put any -> KeyState.Kind.PRESENT;
      case Mark.Deleted any -> KeyState.Kind.ABSENT;
    };
  }

  /** How many marks there are up to {@code revision}. */
  private int behind(long revision) {
    int low = 0;
    int high = marks.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (marks.get(middle).at() <= revision) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  void put(long revision, Request.Put put) {
    marks.add(new Mark.Put(revision, put));
  }

  void delete(long revision) {
    marks.add(new Mark.Deleted(revision));
  }

  /**
   * Steps without owner that are certain to have happened.
   *
   * @param first the first revision that one may have made
   * @param last the last
   * @param mod the mod revision of the key before, 0 if it was not there, {@link Sighting#UNKNOWN}
   *     if that is not known
   */
  record Demand(long first, long last, int puts, int deletes, long mod) {}

  /** Revisions from {@code first} to {@code last}. */
  private record Stretch(long first, long last) {}

  /** What is needed whatever happens, as far as that can be told. */
  List<Demand> demands() {
    return demands;
  }

  /** Whether no step without owner can have changed it at {@code revision}: that would be seen. */
  boolean untouched(long revision) {
    int low = 0;
    int high = untouched.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      // The last is the first.
      if (untouched.get(middle).first() > revision) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low < untouched.size() && untouched.get(low).last() >= revision;
  }

  /** All that is known is known: works out what is needed. */
  void begin(long done) {
    laterPuts = new int[marks.size()];
    laterDeletes = new int[marks.size()];
    complete();
    int puts = 0;
    int deletes = 0;
    Optional<Sighting> following = Optional.empty();
    for (int i = marks.size() - 1; i >= 0; i--) {
      if (marks.get(i) instanceof Mark.Seen(Sighting sighting)) {
        long at = sighting.slot();
        Need after = next(KeyState.ANY.with(sighting).orElse(KeyState.ANY), i + 1, at, at + 1);
        long mod = sighting.present() ? sighting.mod() : 0;
        demand(i + 1, sighting.slot() + 1, mod, after, puts, deletes, following);
        puts = Math.max(0, after.allPuts());
        deletes = Math.max(0, after.allDeletes());
        following = Optional.of(sighting);
      } else if (marks.get(i) instanceof Mark.Deleted(long at)) {
        Need behind = next(KeyState.ABSENT, i + 1, at, at + 1);
        demand(i + 1, at + 1, 0, behind, puts, deletes, following);
      }
      laterPuts[i] = puts;
      laterDeletes[i] = deletes;
    }
    need = next(state, 0, done, done + 1);
    demand(0, done + 1, state.mod(), need, puts, deletes, following);
  }

  /** Where little was told of the key, tells what follows from what is seen of it next. */
  private void complete() {
    int next = marks.size();
    for (int i = marks.size() - 1; i >= 0; i--) {
      switch (marks.get(i)) {
        case Mark.Seen(Sighting sighting) -> {
          if (next < marks.size()
              && sighting.version() == Sighting.UNKNOWN
              && marks.get(next) instanceof Mark.Seen(Sighting later)) {
            marks.set(i, new Mark.Seen(completed(sighting, later, i + 1, next)));
          }
          next = i;
        }
        case Mark.Put any -> {}
        case Mark.Deleted any -> next = marks.size();
      }
    }
  }

  private Sighting completed(Sighting seen, Sighting later, int from, int to) {
    if (!seen.present() || !later.present()) {
      return seen;
    }
    if (seen.mod() == Sighting.UNKNOWN
        && later.mod() != Sighting.UNKNOWN
        && later.mod() <= seen.slot()) {
      // Not touched in between.
      return later.at(seen.slot(), seen.by());
    }
    if (later.create() == Sighting.UNKNOWN || later.create() > seen.slot()) {
      return seen;
    }
    boolean counted =
        seen.mod() != Sighting.UNKNOWN
            && later.version() != Sighting.UNKNOWN
            && (later.mod() <= seen.slot() || gaps.within(seen.slot() + 1, later.mod()) == 0);
    return new Sighting(
        seen.slot(),
        key,
        true,
        later.create(),
        seen.mod(),
        counted ? later.version() - known(from, to, 0, later.mod()) : Sighting.UNKNOWN,
        seen.lease(),
        seen.value(),
        seen.by());
  }

  private void demand(
      int from,
      long first,
      long mod,
      Need need,
      int laterPuts,
      int laterDeletes,
      Optional<Sighting> following) {
    if (need.puts() < 0) {
      return;
    }
    if (need.owes()) {
      demands.add(new Demand(first, need.deadline(), need.puts(), need.deletes(), mod));
    }
    if (following.isEmpty() || following.get().slot() != need.next()) {
      return;
    }
    Sighting seen = following.get();
    int again = need.allPuts() - need.puts() - laterPuts;
    if (again > 0) {
      demands.add(
          new Demand(
              seen.create(), seen.mod() - (isGap(seen.mod()) ? 1 : 0), again, 0, Sighting.UNKNOWN));
    }
    if (need.allDeletes() - need.deletes() - laterDeletes > 0) {
      // Behind what was put by a known step.
      long last = seen.present() ? seen.create() - 1 : seen.slot();
      demands.add(new Demand(lastPut(from, last) + 1, last, 0, 1, Sighting.UNKNOWN));
    }
    if (need.exact()) {
      if (need.puts() == 0) {
        untouched(first, seen);
      }
    } else if (mod == 0 && !seen.present() && deletes.isEmpty()) {
      // Nobody can have deleted again what was put.
      untouched.add(new Stretch(first, seen.slot()));
    } else if (seen.present()
        && seen.version() != Sighting.UNKNOWN
        && seen.create() >= first
        && again == (isGap(seen.create()) && seen.create() != seen.mod() ? 1 : 0)) {
      untouched(seen.create() + 1, seen);
    }
  }

  /** When a known step put it last, of the marks from {@code from} on up to {@code last}. */
  private long lastPut(int from, long last) {
    long put = Long.MIN_VALUE;
    for (int i = from; i < marks.size() && marks.get(i).at() <= last; i++) {
      put = marks.get(i) instanceof Mark.Put(long at, Request.Put any) ? at : put;
    }
    return put;
  }

  /** From {@code first} on nothing that is not told changed it before it was seen so. */
  private void untouched(long first, Sighting seen) {
    if (seen.mod() >= first && isGap(seen.mod())) {
      untouched.add(new Stretch(seen.mod() + 1, seen.slot()));
      untouched.add(new Stretch(first, seen.mod() - 1));
    } else {
      untouched.add(new Stretch(first, seen.slot()));
    }
  }

  private boolean isGap(long revision) {
    return gaps.within(revision, revision) > 0;
  }

  Moment moment() {
    return new Moment(state, passed, need);
  }

  void back(Moment moment) {
    state = moment.state();
    passed = moment.passed();
    need = moment.need();
  }

  /** Goes on behind what is known at {@code revision}; false if it is not as it was seen. */
  boolean pass(long revision) {
    while (passed < marks.size() && marks.get(passed).at() <= revision) {
      switch (marks.get(passed)) {
        case Mark.Seen(Sighting sighting) -> {
          Optional<KeyState> now = state.with(sighting);
          if (now.isEmpty()) {
            return false;
          }
          state = now.get();
        }
        case Mark.Put(long at, Request.Put put) ->
            state =
                state.put(
                    at,
                    put.ignoreLease() ? state.lease() : put.lease(),
                    put.ignoreValue() ? state.value() : Optional.of(put.value()));
        case Mark.Deleted any -> state = KeyState.ABSENT;
      }
      passed++;
    }
    return true;
  }

  /** Works out anew what it needs, when {@code done} is done. */
  void reckon(long done) {
    need = next(state, passed, done, Long.MIN_VALUE);
  }

  /** A step without owner puts it, or deletes it. */
  void change(long revision, Optional<Request.Put> put) {
    state =
        put.map(what -> state.put(revision, what.lease(), Optional.of(what.value())))
            .orElse(KeyState.ABSENT);
    reckon(revision);
  }

  /** The last revision behind which it does not matter any more what was done to it before. */
  long anchor() {
    for (int i = passed - 1; i >= 0; i--) {
      switch (marks.get(i)) {
        case Mark.Seen(Sighting seen) -> {
          if (!seen.present()
              || (seen.create() != Sighting.UNKNOWN && seen.version() != Sighting.UNKNOWN)) {
            return seen.slot();
          }
        }
        case Mark.Put any -> {}
        case Mark.Deleted(long at) -> {
          return at;
        }
      }
    }
    return Long.MIN_VALUE;
  }

  /** Whether there is enough that can give it what it needs, and nothing that must give more. */
  boolean possible() {
    return need.puts() >= 0
        && need.allPuts() <= putSupply
        && need.allDeletes() <= deleteSupply
        && (!need.exact() || need.puts() >= due(Long.MIN_VALUE, need.next()));
  }

  /** How many puts must come from {@code first} to {@code last}. */
  private int due(long first, long last) {
    int due = 0;
    for (Move move : puts) {
      due += isDue(move, first, last) ? 1 : 0;
    }
    return due;
  }

  private boolean isDue(Move move, long first, long last) {
    return !move.taken() && move.mustMake(first, last) && move.surelySupplies(key);
  }

  /** Those that must put it still before it is seen next, if more must than it needs. */
  List<Move> tooMany() {
    List<Move> due =
        need.exact()
            ? puts.stream().filter(move -> isDue(move, Long.MIN_VALUE, need.next())).toList()
            : List.of();
    return due.size() > need.puts() ? due : List.of();
  }

  /** {@code count} more, or less, that may put it. */
  void supplyPuts(int count) {
    putSupply += count;
  }

  /** {@code count} more, or less, that may delete it. */
  void supplyDeletes(int count) {
    deleteSupply += count;
  }

  /**
   * @param since from when on a put that must come does so behind {@code done}: the beginning of
   *     time if {@code done} is what was done last, for those that came are taken
   */
  private Need next(KeyState now, int from, long done, long since) {
    int known = 0;
    for (int i = from; i < marks.size(); i++) {
      switch (marks.get(i)) {
        case Mark.Seen(Sighting sighting) -> {
          Need next = seen(now, sighting, from, i, done, since, known);
          return next.puts() < 0 || laterPuts.length == 0
              ? next
              : next.and(laterPuts[i], laterDeletes[i]);
        }
        case Mark.Put any -> known++;
        case Mark.Deleted(long at) -> {
          // What is needed behind it does not help before.
          Need behind = next(KeyState.ABSENT, i + 1, at, at + 1);
          return new Need(
              0,
              0,
              Long.MAX_VALUE,
              at,
              false,
              Math.max(0, behind.allPuts()),
              Math.max(0, behind.allDeletes()));
        }
      }
    }
    return Need.NOTHING;
  }

  private Need seen(
      KeyState now, Sighting seen, int from, int to, long done, long since, int known) {
    boolean there = now.kind() == KeyState.Kind.PRESENT;
    if (now.kind() == KeyState.Kind.ANY) {
      return nothing(seen);
    }
    if (!seen.present()) {
      // What was put by a known step must be deleted behind that: no delete helps before.
      // The same holds of what must be put before it is seen.
      return known == 0 && (there || due(since, seen.slot()) > 0)
          ? owed(0, 1, seen.slot(), seen)
          : new Need(0, 0, Long.MAX_VALUE, seen.slot(), false, 0, known > 0 ? 1 : 0);
    }
    if (seen.mod() == Sighting.UNKNOWN) {
      return existing(now, seen, from, to, done, known);
    }
    if (seen.mod() <= done) {
      return there && same(now.mod(), seen.mod()) && same(now.version(), seen.version())
          ? nothing(seen).exactly()
          : Need.WRONG;
    }
    int atLast = gaps.within(seen.mod(), seen.mod()) > 0 ? 1 : 0;
    long deadline = seen.mod() - atLast;
    if (seen.create() == Sighting.UNKNOWN || seen.version() == Sighting.UNKNOWN) {
      return nothing(seen);
    }
    if (seen.create() <= done) {
      if (!there || (now.create() != seen.create() && now.create() != Sighting.UNKNOWN)) {
        return Need.WRONG;
      }
      if (now.version() == Sighting.UNKNOWN) {
        return nothing(seen);
      }
      long puts = seen.version() - now.version() - known(from, to, 0, seen.mod()) - atLast;
      return puts < 0 ? Need.WRONG : owed(Math.toIntExact(puts), 0, deadline, seen).exactly();
    }
    long puts = seen.version() - known(from, to, seen.create(), seen.mod()) - atLast;
    if (puts < 0) {
      return Need.WRONG;
    }
    boolean again = known(from, to, 0, seen.create() - 1) > 0;
    Need first = there && !again ? owed(0, 1, seen.create() - 1, seen) : nothing(seen);
    return first.and(Math.toIntExact(puts), again ? 1 : 0);
  }

  /** What it needs to be there when it is seen, of which no more is told than who created it. */
  private Need existing(KeyState now, Sighting seen, int from, int to, long done, int known) {
    boolean there = now.kind() == KeyState.Kind.PRESENT;
    if (seen.create() == Sighting.UNKNOWN) {
      return there || known > 0 ? nothing(seen) : owed(1, 0, seen.slot(), seen);
    }
    if (seen.create() <= done) {
      return there && same(now.create(), seen.create()) ? nothing(seen) : Need.WRONG;
    }
    // Whoever created it is told, and is no step of which nothing is.
    boolean again = known(from, to, 0, seen.create() - 1) > 0;
    Need first = there && !again ? owed(0, 1, seen.create() - 1, seen) : nothing(seen);
    return first.and(0, again ? 1 : 0);
  }

  private static boolean same(long now, long seen) {
    return now == seen || now == Sighting.UNKNOWN || seen == Sighting.UNKNOWN;
  }

  /** How many known steps put it from {@code first} to {@code last}. */
  private int known(int from, int to, long first, long last) {
    int count = 0;
    for (int i = from; i < to; i++) {
      if (marks.get(i) instanceof Mark.Put(long at, Request.Put any) && at >= first && at <= last) {
        count++;
      }
    }
    return count;
  }

  private static Need nothing(Sighting seen) {
    return owed(0, 0, Long.MAX_VALUE, seen);
  }

  private static Need owed(int puts, int deletes, long deadline, Sighting seen) {
    return new Need(
        puts,
        deletes,
        puts + deletes == 0 ? Long.MAX_VALUE : deadline,
        seen.slot(),
        false,
        puts,
        deletes);
  }
}
