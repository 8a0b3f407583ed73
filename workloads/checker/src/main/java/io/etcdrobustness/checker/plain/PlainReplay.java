package io.etcdrobustness.checker.plain;

import io.etcdrobustness.history.plain.PlainKeys;
import io.etcdrobustness.history.plain.PlainLog;
import io.etcdrobustness.history.plain.PlainTape;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * Executes every operation where its revision places it, and compares each answer; see {@link
 * io.etcdrobustness.checker.linearizability.Replay}, whose words these are.
 */
public final class PlainReplay {

  /** More revisions than any run has under way at a time. */
  static final int WIDEST = 1 << 18;

  /**
   * So many operations are taken by one call: what is called often is compiled, what goes on for
   * long is not; and what is executed soon is still at hand.
   */
  private static final int BY_ONE_CALL = 32;

  private static final long NONE = -1;

  private final PlainTape tape;
  private final PlainLog log;
  private final PlainKeys keys;
  private final PlainStore store;
  private final PlainOpenWrites open = new PlainOpenWrites();
  private final PlainExecution steps;
  private boolean watched;
  private boolean hopeful = true;

  /** Behind the last operation that was taken, and before the first that is not done. */
  private long taken;

  private long waiting;
  private long lastCall = Long.MIN_VALUE;

  // Of the revisions whose turn has not come, from the first on, in a ring: who made it, and the
  // last of a chain of those without effect.
  private long first = 1;
  private long[] owners = new long[1 << 10];
  private long[] members = new long[1 << 10];

  // What a read told of a revision: the key, and the value; only where nothing else will tell.
  private final PlainSightings sightings = new PlainSightings();

  // Operations that have not surely been answered before the last call.
  private long[] ends = new long[1 << 10];
  private long[] revisions = new long[1 << 10];
  private int inFlight;

  /** The highest revision of all answers before the last call. */
  private long told = 1;

  /** The latest call of everything that was executed. */
  private long latestCall = Long.MIN_VALUE;

  private long firstAnswer = Long.MAX_VALUE;
  private long firstWrite = Long.MAX_VALUE;

  private long operations;
  private long answers;
  private long last = 1;
  private int untold;
  private long afterAnswers;
  private long afterWrites;
  private long elseBranches;
  private long unanswered;
  private long events;
  private long delivered;

  /** Made by writes without an answer, of which nobody has told yet. */
  private final Set<Long> made = new HashSet<>();

  /**
   * @param tape where operations come
   * @param log what was delivered of revisions; filled as far as operations go, or as it goes
   * @param watched whether anything is delivered
   */
  public PlainReplay(PlainTape tape, PlainLog log, PlainKeys keys, boolean watched) {
    this.tape = tape;
    this.log = log;
    this.keys = keys;
    this.watched = watched;
    this.store = new PlainStore(new PlainRanges(keys));
    this.steps = new PlainExecution(store);
    Arrays.fill(owners, NONE);
    Arrays.fill(members, NONE);
  }

  /** Takes what has been added to the tape; false if there is no hope any more. */
  public boolean take() {
    store.reach(keys.size());
    while (hopeful && taken < tape.end()) {
      takeSome();
    }
    return hopeful;
  }

  private void takeSome() {
    long[] longs = tape.longs();
    long end = tape.end();
    for (int i = 0; i < BY_ONE_CALL && hopeful && taken < end; i++) {
      int at = tape.index(taken);
      hopeful = take(longs, at, taken);
      taken += longs[at + PlainTape.SIZE];
    }
    land();
    while (hopeful && first < told) {
      hopeful = execute();
    }
    forget();
  }

  /** All has been added: what was seen, if all is in order; else there is no hope. */
  public PlainCounts finish() {
    while (hopeful && first <= last) {
      hopeful = execute();
    }
    int untoldToLast = untold;
    while (hopeful && watched && log.hasNext()) {
      hopeful = log.longs()[log.next()] == first && execute();
    }
    return new PlainCounts(
        answers,
        last,
        untoldToLast,
        afterAnswers,
        afterWrites,
        elseBranches,
        unanswered,
        events,
        delivered);
  }

  public boolean hopeful() {
    return hopeful;
  }

  /** How many operations were taken. */
  public long operations() {
    return operations;
  }

  private boolean take(long[] longs, int at, long position) {
    operations++;
    long call = longs[at + PlainTape.CALL];
    if (call < lastCall) {
      return false;
    }
    lastCall = call;
    long flags = longs[at + PlainTape.FLAGS];
    if ((flags & PlainTape.KNOWN) == 0) {
      longs[at + PlainTape.FLAGS] = flags | PlainTape.DONE;
      open.add(longs, at);
      return true;
    }
    long end = longs[at + PlainTape.END];
    long revision = longs[at + PlainTape.REVISION];
    answers++;
    last = Math.max(last, revision);
    afterAnswers += firstAnswer < call ? 1 : 0;
    afterWrites += firstWrite < call ? 1 : 0;
    firstAnswer = Math.min(firstAnswer, end);
    if ((flags & PlainTape.SUCCEEDED) == 0) {
      elseBranches++;
    }
    add(end, revision);
    if (revision < first || revision - first >= WIDEST) {
      return false;
    }
    while (revision - first >= owners.length) {
      widen();
    }
    int slot = slot(revision);
    if ((flags & PlainTape.EFFECTIVE) == 0) {
      longs[at + PlainTape.LINK] = members[slot];
      members[slot] = position;
    } else {
      firstWrite = Math.min(firstWrite, end);
      if (revision < 2 || owners[slot] != NONE) {
        return false;
      }
      owners[slot] = position;
    }
    return watched || sightings.note(longs, at, revision, first);
  }

  private void add(long end, long revision) {
    if (inFlight == ends.length) {
      ends = Arrays.copyOf(ends, 2 * inFlight);
      revisions = Arrays.copyOf(revisions, 2 * inFlight);
    }
    ends[inFlight] = end;
    revisions[inFlight++] = revision;
  }

  /** Notes what had been answered before the last call. */
  private void land() {
    int left = 0;
    for (int i = 0; i < inFlight; i++) {
      if (ends[i] < lastCall) {
        told = Math.max(told, revisions[i]);
      } else {
        ends[left] = ends[i];
        revisions[left++] = revisions[i];
      }
    }
    inFlight = left;
  }

  private void forget() {
    while (waiting < taken) {
      int at = tape.index(waiting);
      if ((tape.longs()[at + PlainTape.FLAGS] & PlainTape.DONE) == 0) {
        break;
      }
      waiting += tape.longs()[at + PlainTape.SIZE];
    }
    tape.forget(waiting);
  }

  /** Executes what happened at the first revision whose turn has not come. */
  private boolean execute() {
    int slot = slot(first);
    if (first > 1 && !(make(slot) && tells())) {
      return false;
    }
    long before = latestCall;
    long member = members[slot];
    long[] longs = tape.longs();
    while (member != NONE) {
      int at = tape.index(member);
      if (longs[at + PlainTape.END] < before || !steps.execute(longs, at, first)) {
        return false;
      }
      done(longs, at);
      member = longs[at + PlainTape.LINK];
    }
    owners[slot] = NONE;
    members[slot] = NONE;
    first++;
    return true;
  }

  private void done(long[] longs, int at) {
    latestCall = Math.max(latestCall, longs[at + PlainTape.CALL]);
    longs[at + PlainTape.FLAGS] |= PlainTape.DONE;
    if (!made.isEmpty()) {
      unanswered += steps.told(longs, at, made);
    }
  }

  private boolean make(int slot) {
    steps.begin();
    long owner = owners[slot];
    if (owner == NONE) {
      return fill();
    }
    long[] longs = tape.longs();
    int at = tape.index(owner);
    if (longs[at + PlainTape.END] < latestCall || !steps.execute(longs, at, first)) {
      return false;
    }
    done(longs, at);
    return true;
  }

  /** Gives the revision to the first open write that does what was told of it. */
  private boolean fill() {
    untold++;
    boolean isTold = isDelivered();
    int at = isTold ? log.next() : 0;
    if (isTold && (log.longs()[at] != first || log.longs()[at + 1] == 0)) {
      return false;
    }
    int key = isTold ? (int) log.longs()[at + PlainLog.HEAD] : sightings.key(first);
    long value = isTold ? log.longs()[at + PlainLog.HEAD + 1] : sightings.value(first);
    if (key < 0) {
      return false;
    }
    int candidate = open.first(key, value);
    for (; candidate != PlainOpenWrites.NOBODY; candidate = open.next(candidate)) {
      int write = open.at(candidate);
      boolean does =
          steps.attempt(open.writes(), write)
              && (isTold ? steps.are(log.longs(), at) : steps.put(key, value));
      if (does) {
        boolean puts = steps.apply(first);
        latestCall = Math.max(latestCall, open.writes()[write + PlainTape.CALL]);
        open.close(candidate);
        if (puts && isTold) {
          unanswered++;
        } else if (puts) {
          made.add(first);
        }
        return true;
      }
    }
    return false;
  }

  /** Whether the log tells of a revision that comes; it may have ended before. */
  private boolean isDelivered() {
    watched = watched && log.hasNext();
    return watched;
  }

  /** Whether exactly what was done was delivered, if anything was to be. */
  private boolean tells() {
    if (!isDelivered()) {
      return true;
    }
    int at = log.next();
    long[] longs = log.longs();
    if (longs[at] != first || !steps.are(longs, at) || !steps.areNewAsTold(longs, at)) {
      return false;
    }
    events += longs[at + 1];
    delivered++;
    log.advance();
    return true;
  }

  private int slot(long revision) {
    return (int) revision & (owners.length - 1);
  }

  private void widen() {
    int length = owners.length;
    long[] wideOwners = new long[2 * length];
    long[] wideMembers = new long[2 * length];
    Arrays.fill(wideOwners, NONE);
    Arrays.fill(wideMembers, NONE);
    for (long revision = first; revision < first + length; revision++) {
      int to = (int) revision & (2 * length - 1);
      wideOwners[to] = owners[slot(revision)];
      wideMembers[to] = members[slot(revision)];
    }
    owners = wideOwners;
    members = wideMembers;
  }
}
