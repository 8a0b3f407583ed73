package io.etcdrobustness.history.segment;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What was said before in a block: the writer's side of {@link Table}. The second time it is said
 * by its number.
 */
final class Interner<T> {

  /** Says "new": what it is follows. All else is the number of what was said before, from 1. */
  static final int NEW = 0;

  private @Nullable Object[] slots = new Object[1 << 9];
  private int[] numbers = new int[1 << 9];
  private int size;

  /** The number of {@code value}; {@link #NEW} for the first time, and it has one from now on. */
  int numberOf(T value) {
    int slot = slotOf(value);
    if (slots[slot] != null) {
      return numbers[slot];
    }
    slots[slot] = value;
    numbers[slot] = ++size;
    if (2 * size > slots.length) {
      grow();
    }
    return NEW;
  }

  void clear() {
    Arrays.fill(slots, null);
    size = 0;
  }

  private int slotOf(Object value) {
    int mask = slots.length - 1;
    int hash = value.hashCode() * 0x9e3779b9; // the golden ratio, as in Fibonacci hashing
    int slot = (hash ^ hash >>> 16) & mask;
    while (slots[slot] != null && !value.equals(slots[slot])) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    @Nullable Object[] oldSlots = slots;
    int[] oldNumbers = numbers;
    slots = new Object[2 * oldSlots.length];
    numbers = new int[slots.length];
    for (int i = 0; i < oldSlots.length; i++) {
      Object value = oldSlots[i];
      if (value != null) {
        int slot = slotOf(value);
        slots[slot] = value;
        numbers[slot] = oldNumbers[i];
      }
    }
  }
}
