package io.etcdrobustness.checker.plain;

import io.etcdrobustness.history.plain.PlainLog;
import io.etcdrobustness.history.plain.PlainTape;
import io.etcdrobustness.history.plain.Token;
import java.util.Arrays;
import java.util.Set;

/**
 * Executes operations, and knows what the last one changed. Says of plain operations what {@link
 * io.etcdrobustness.checker.model.EtcdModel} says.
 */
final class PlainExecution {

  private final PlainStore store;

  // What was changed, or would be: each key once, as no branch writes a key twice.
  private int[] keys = new int[16];
  private long[] values = new long[16];
  private int changes;

  PlainExecution(PlainStore store) {
    this.store = store;
  }

  /** Nothing has been changed yet. */
  void begin() {
    changes = 0;
  }

  /** Executes the operation at {@code at}; whether its answer is right. */
  boolean execute(long[] longs, int at, long revision) {
    long shape = longs[at + PlainTape.SHAPE];
    boolean succeeded = (longs[at + PlainTape.FLAGS] & PlainTape.SUCCEEDED) != 0;
    int step = at + PlainTape.HEAD;
    int conditions = PlainTape.conditions(shape);
    if (hold(longs, step, conditions) != succeeded) {
      return false;
    }
    step += 2 * conditions;
    for (int i = PlainTape.steps(shape); i > 0; i--) {
      if (!step(longs, step, revision)) {
        return false;
      }
      step += PlainTape.length(longs, step);
    }
    return true;
  }

  private boolean hold(long[] longs, int at, int conditions) {
    for (int i = 0; i < conditions; i++) {
      if (store.mod((int) longs[at + 2 * i]) != longs[at + 2 * i + 1]) {
        return false;
      }
    }
    return true;
  }

  private boolean step(long[] longs, int at, long revision) {
    int key = PlainTape.subject(longs[at]);
    return switch (PlainTape.kind(longs[at])) {
      case PlainTape.PUT -> {
        store.put(key, longs[at + 1], revision);
        change(key, longs[at + 1]);
        yield true;
      }
      case PlainTape.DELETE -> {
        boolean hits = store.holds(key);
        if (hits) {
          store.delete(key);
          change(key, Token.NONE);
        }
        yield longs[at + 1] == (hits ? 1 : 0);
      }
      case PlainTape.ABSENT -> !store.holds(key);
      case PlainTape.PRESENT -> store.shows(key, longs, at + 1);
      default -> store.answers(longs, at);
    };
  }

  private void change(int key, long value) {
    if (changes == keys.length) {
      keys = Arrays.copyOf(keys, 2 * changes);
      values = Arrays.copyOf(values, 2 * changes);
    }
    keys[changes] = key;
    values[changes++] = value;
  }

  /** Looks what the operation at {@code at}, which has no answer, would change; if anything. */
  boolean attempt(long[] longs, int at) {
    changes = 0;
    long shape = longs[at + PlainTape.SHAPE];
    int step = at + PlainTape.HEAD;
    int conditions = PlainTape.conditions(shape);
    boolean holds = hold(longs, step, conditions);
    step += 2 * conditions;
    int steps = PlainTape.steps(shape);
    for (int i = 0; i < steps + PlainTape.otherSteps(shape); i++) {
      int key = PlainTape.subject(longs[step]);
      boolean puts = PlainTape.kind(longs[step]) == PlainTape.PUT;
      if (holds == i < steps && (puts || store.holds(key))) {
        change(key, puts ? longs[step + 1] : Token.NONE);
      }
      step += PlainTape.length(longs, step);
    }
    return changes > 0;
  }

  /** Does what was attempted; whether that puts anything. */
  boolean apply(long revision) {
    boolean puts = false;
    for (int i = 0; i < changes; i++) {
      if (values[i] == Token.NONE) {
        store.delete(keys[i]);
      } else {
        store.put(keys[i], values[i], revision);
        puts = true;
      }
    }
    return puts;
  }

  /** Whether {@code key} is put so. */
  boolean put(int key, long value) {
    for (int i = 0; i < changes; i++) {
      if (keys[i] == key) {
        return values[i] == value;
      }
    }
    return false;
  }

  /** Whether the changes are those of the revision at {@code at} of a log. */
  boolean are(long[] log, int at) {
    if (log[at + 1] != changes) {
      return false;
    }
    for (int i = 0; i < changes; i++) {
      int event = event(keys[i], log, at, i);
      if (event < 0 || log[event + 1] != values[i]) {
        return false;
      }
    }
    return true;
  }

  /** Whether the same events tell which of the keys, which were put by now, are new. */
  boolean areNewAsTold(long[] log, int at) {
    for (int i = 0; i < changes; i++) {
      boolean isNew = values[i] != Token.NONE && store.isNew(keys[i]);
      if ((log[event(keys[i], log, at, i) + 2] != 0) != isNew) {
        return false;
      }
    }
    return true;
  }

  /** The event of a key, which is likely to be the one with the number {@code guess}. */
  private int event(int key, long[] log, int at, int guess) {
    int from = at + PlainLog.HEAD;
    if (log[from + PlainLog.EVENT * guess] == key) {
      return from + PlainLog.EVENT * guess;
    }
    for (int i = 0; i < changes; i++) {
      if (log[from + PlainLog.EVENT * i] == key) {
        return from + PlainLog.EVENT * i;
      }
    }
    return -1;
  }

  /** Takes out of {@code revisions} those that the answer at {@code at} tells; how many. */
  int told(long[] longs, int at, Set<Long> revisions) {
    int told = 0;
    long shape = longs[at + PlainTape.SHAPE];
    int step = at + PlainTape.HEAD + 2 * PlainTape.conditions(shape);
    for (int i = PlainTape.steps(shape); i > 0; i--) {
      int length = PlainTape.length(longs, step);
      for (int mod = PlainTape.firstModRevision(longs, step);
          mod < step + length;
          mod += PlainTape.KEY_VALUE) {
        told += revisions.remove(longs[mod]) ? 1 : 0;
      }
      step += length;
    }
    return told;
  }
}
