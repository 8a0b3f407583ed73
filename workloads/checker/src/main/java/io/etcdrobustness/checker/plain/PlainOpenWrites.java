package io.etcdrobustness.checker.plain;

import io.etcdrobustness.history.plain.PlainTape;
import io.etcdrobustness.history.plain.Token;
import java.util.Arrays;

/**
 * Writes without an answer that no revision was given to yet, by what they may do.
 *
 * <p>They stand one behind the other as they stood on the tape. What one may do is a link of a
 * chain of those that may do the same, in the order of their calls; a table of chains leads there.
 * Of those that are no longer open the links stay until they are half of all.
 */
final class PlainOpenWrites {

  /** No link. */
  static final int NOBODY = -1;

  /** Fewer that are no longer open are left where they are. */
  private static final int FEW = 1 << 10;

  private long[] writes = new long[256];
  private int end;

  // Of each link whose it is, and the next one of its chain.
  private int[] whose = new int[64];
  private int[] next = new int[64];
  private int links;

  // Chains, by what is done. A first link of zero: there is none, else the number behind it.
  private int[] keys = new int[128];
  private long[] values = new long[128];
  private int[] first = new int[128];
  private int[] last = new int[128];
  private int chains;

  private int open;
  private int closed;

  /** The writes; each as it stood on its tape. */
  long[] writes() {
    return writes;
  }

  /** Adds the one that stands in {@code longs} at {@code at}; they come in the order of calls. */
  void add(long[] longs, int at) {
    if (closed > Math.max(FEW, open)) {
      leaveOutClosed();
    }
    append(longs, at);
  }

  private void append(long[] longs, int at) {
    int size = (int) longs[at + PlainTape.SIZE];
    if (writes.length - end < size) {
      writes = Arrays.copyOf(writes, Math.max(2 * writes.length, end + size));
    }
    System.arraycopy(longs, at, writes, end, size);
    writes[end + PlainTape.FLAGS] = 0;
    long shape = longs[at + PlainTape.SHAPE];
    int step = at + PlainTape.HEAD + 2 * PlainTape.conditions(shape);
    for (int i = PlainTape.steps(shape) + PlainTape.otherSteps(shape); i > 0; i--) {
      boolean puts = PlainTape.kind(longs[step]) == PlainTape.PUT;
      link(PlainTape.subject(longs[step]), puts ? longs[step + 1] : Token.NONE);
      step += PlainTape.length(longs, step);
    }
    end += size;
    open++;
  }

  /** Links the last write to the chain of those that may do the same. */
  private void link(int key, long value) {
    if (links == whose.length) {
      whose = Arrays.copyOf(whose, 2 * links);
      next = Arrays.copyOf(next, 2 * links);
    }
    whose[links] = end;
    next[links] = NOBODY;
    int chain = chain(key, value);
    if (first[chain] == 0) {
      keys[chain] = key;
      values[chain] = value;
      first[chain] = links + 1;
      chains++;
    } else {
      next[last[chain]] = links;
    }
    last[chain] = links++;
    if (2 * chains > first.length) {
      widen();
    }
  }

  /**
   * The first link of those that may put {@code value}, or delete {@code key} if it is {@link
   * Token#NONE}, by call; {@link #NOBODY}: there are none.
   */
  int first(int key, long value) {
    int chain = chain(key, value);
    if (first[chain] == 0) {
      return NOBODY;
    }
    int link = first[chain] - 1;
    while (isClosed(link) && next[link] != NOBODY) {
      link = next[link];
    }
    first[chain] = link + 1;
    return isClosed(link) ? NOBODY : link;
  }

  /** The link behind {@code link} in its chain; {@link #NOBODY}: there is none. */
  int next(int link) {
    int behind = next[link];
    while (behind != NOBODY && isClosed(behind)) {
      behind = next[behind];
    }
    return behind;
  }

  /** Where the write of {@code link} stands. */
  int at(int link) {
    return whose[link];
  }

  /** The write of {@code link} is no longer open. */
  void close(int link) {
    writes[whose[link] + PlainTape.FLAGS] = PlainTape.DONE;
    open--;
    closed++;
  }

  private boolean isClosed(int link) {
    return writes[whose[link] + PlainTape.FLAGS] == PlainTape.DONE;
  }

  /** Where the chain of those stands that do so, or where there is room for it. */
  private int chain(int key, long value) {
    long mixed = (31 * value + key) * 0x9e37_79b9_7f4a_7c15L;
    int slot = (int) (mixed >>> 32) & (first.length - 1);
    while (first[slot] != 0 && (keys[slot] != key || values[slot] != value)) {
      slot = (slot + 1) & (first.length - 1);
    }
    return slot;
  }

  private void widen() {
    int[] oldKeys = keys;
    long[] oldValues = values;
    int[] oldFirst = first;
    int[] oldLast = last;
    int length = 2 * oldFirst.length;
    keys = new int[length];
    values = new long[length];
    first = new int[length];
    last = new int[length];
    for (int i = 0; i < oldFirst.length; i++) {
      if (oldFirst[i] != 0) {
        int chain = chain(oldKeys[i], oldValues[i]);
        keys[chain] = oldKeys[i];
        values[chain] = oldValues[i];
        first[chain] = oldFirst[i];
        last[chain] = oldLast[i];
      }
    }
  }

  private void leaveOutClosed() {
    long[] all = writes;
    int allEnd = end;
    writes = new long[all.length];
    end = 0;
    links = 0;
    chains = 0;
    open = 0;
    closed = 0;
    Arrays.fill(first, 0);
    for (int at = 0; at < allEnd; at += (int) all[at + PlainTape.SIZE]) {
      if (all[at + PlainTape.FLAGS] != PlainTape.DONE) {
        append(all, at);
      }
    }
  }
}
