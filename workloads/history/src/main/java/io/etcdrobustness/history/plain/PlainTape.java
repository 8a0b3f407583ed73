package io.etcdrobustness.history.plain;

/**
 * Plain operations in the order of their calls, on a tape of longs. Each begins with a head:
 *
 * <pre>
 * SIZE      longs from here to the next operation
 * FLAGS     see below
 * CALL, END when it was called, and when it was answered
 * REVISION  the header's
 * LINK      for the judge's use
 * SHAPE     how many conditions, steps of the branch of success, steps of the other branch
 * </pre>
 *
 * then come its conditions, each a key and the mod revision that it must have (0: absent), then
 * steps. Of an operation with an answer these are those of the branch that was executed, with what
 * was answered, which is all in the branch of success; of one without, the writes of both. A step
 * begins with its kind and a key or a range:
 *
 * <pre>
 * PUT      value
 * DELETE   how many were deleted; of an operation without an answer 0
 * ABSENT
 * PRESENT  value, create revision, mod revision, version
 * RANGE    limit, count, number of keys, then for each: key, value, create and mod revision, version
 * </pre>
 *
 * An operation is added between {@link #begin} and one of the methods that end it.
 */
public final class PlainTape {

  // Where what stands in the head of an operation.
  public static final int SIZE = 0;
  public static final int FLAGS = 1;
  public static final int CALL = 2;
  public static final int END = 3;
  public static final int REVISION = 4;
  public static final int LINK = 5;
  public static final int SHAPE = 6;
  public static final int HEAD = 7;

  // Flags.
  /** It was answered. */
  public static final long KNOWN = 1;

  /** Its conditions held, as the answer tells. */
  public static final long SUCCEEDED = 2;

  /** Its answer tells that it changed something. */
  public static final long EFFECTIVE = 4;

  /** The judge is done with it. */
  public static final long DONE = 8;

  // Kinds of steps, in the lowest byte.
  public static final int PUT = 0;
  public static final int DELETE = 1;
  public static final int ABSENT = 2;
  public static final int PRESENT = 3;
  public static final int RANGE = 4;

  /** Longs of a key in the answer to a range, and behind the first long of PRESENT one less. */
  public static final int KEY_VALUE = 5;

  /** The most conditions, and steps of a branch; etcd allows far fewer. */
  static final int MOST = 0xffff;

  private final LongWindow window = new LongWindow();
  private long begun;
  private long flags;
  private int conditions;
  private int steps;
  private int successSteps;
  private boolean inOther;

  /** The numbers; the head of the operation at a position begins at its {@link #index}. */
  public long[] longs() {
    return window.longs();
  }

  /** Where the operation at {@code position} stands until something is added. */
  public int index(long position) {
    return window.index(position);
  }

  /** The position behind the last operation. */
  public long end() {
    return window.end();
  }

  /** Forgets the operations before {@code position}. */
  public void forget(long position) {
    window.slide(position);
  }

  public static int kind(long step) {
    return (int) step & 0xff;
  }

  /** The key, or the range, of a step. */
  public static int subject(long step) {
    return (int) (step >>> 8);
  }

  public static int conditions(long shape) {
    return (int) shape & MOST;
  }

  public static int steps(long shape) {
    return (int) (shape >>> 16) & MOST;
  }

  public static int otherSteps(long shape) {
    return (int) (shape >>> 32) & MOST;
  }

  /** How many longs a step has whose first one stands at {@code at}. */
  public static int length(long[] longs, int at) {
    return switch (kind(longs[at])) {
      case ABSENT -> 1;
      case PUT, DELETE -> 2;
      case PRESENT -> KEY_VALUE;
      default -> 4 + (int) longs[at + 3] * KEY_VALUE;
    };
  }

  /**
   * Where the first mod revision stands that the step at {@code at} tells; the others follow at a
   * distance of {@link #KEY_VALUE}. Behind the step: it tells none.
   */
  public static int firstModRevision(long[] longs, int at) {
    return switch (kind(longs[at])) {
      case PRESENT -> at + 3;
      case RANGE -> at + 4 + 3;
      default -> at + length(longs, at);
    };
  }

  /** Begins an operation. */
  public void begin(long call) {
    begun = window.end();
    int at = window.grow(HEAD);
    window.longs()[at + CALL] = call;
    flags = 0;
    conditions = 0;
    steps = 0;
    inOther = false;
  }

  public void condition(int key, long modRevision) {
    int at = window.grow(2);
    window.longs()[at] = key;
    window.longs()[at + 1] = modRevision;
    conditions++;
  }

  public void put(int key, long value) {
    step(PUT, key, value);
    flags |= EFFECTIVE;
  }

  public void delete(int key, long deleted) {
    step(DELETE, key, deleted);
    if (deleted > 0) {
      flags |= EFFECTIVE;
    }
  }

  public void absent(int key) {
    int at = window.grow(1);
    window.longs()[at] = step(ABSENT, key);
    steps++;
  }

  public void present(int key, long value, long create, long mod, long version) {
    int at = window.grow(KEY_VALUE);
    keyValue(at, value, create, mod, version);
    window.longs()[at] = step(PRESENT, key);
    steps++;
  }

  /**
   * The answer to a range; its keys follow.
   *
   * @return the step, for {@link #inRange}
   */
  public long range(int range, long limit, long count) {
    long step = window.end();
    int at = window.grow(4);
    long[] longs = window.longs();
    longs[at] = step(RANGE, range);
    longs[at + 1] = limit;
    longs[at + 2] = count;
    longs[at + 3] = 0;
    steps++;
    return step;
  }

  /** A key in the answer to {@code range}, which was added last. */
  public void inRange(long range, int key, long value, long create, long mod, long version) {
    int at = window.grow(KEY_VALUE);
    keyValue(at, value, create, mod, version);
    window.longs()[at] = key;
    window.longs()[window.index(range) + 3]++;
  }

  /** The steps that were added are the branch of success; the other one follows. */
  public void otherwise() {
    successSteps = steps;
    steps = 0;
    inOther = true;
  }

  /** It was answered, and did what was added. */
  public void known(long end, long revision, boolean succeeded) {
    finish(end, revision, flags | KNOWN | (succeeded ? SUCCEEDED : 0));
  }

  /** It was not answered, and may do what was added. */
  public void unknown() {
    finish(Long.MAX_VALUE, 0, 0);
  }

  private void finish(long end, long revision, long with) {
    int at = window.index(begun);
    long[] longs = window.longs();
    longs[at + SIZE] = window.end() - begun;
    longs[at + FLAGS] = with;
    longs[at + END] = end;
    longs[at + REVISION] = revision;
    longs[at + LINK] = -1;
    long success = inOther ? successSteps : steps;
    long other = inOther ? steps : 0;
    longs[at + SHAPE] = conditions | success << 16 | other << 32;
  }

  private void step(int kind, int key, long operand) {
    int at = window.grow(2);
    window.longs()[at] = step(kind, key);
    window.longs()[at + 1] = operand;
    steps++;
  }

  private void keyValue(int at, long value, long create, long mod, long version) {
    long[] longs = window.longs();
    longs[at + 1] = value;
    longs[at + 2] = create;
    longs[at + 3] = mod;
    longs[at + 4] = version;
  }

  private static long step(int kind, int subject) {
    return (long) subject << 8 | kind;
  }
}
