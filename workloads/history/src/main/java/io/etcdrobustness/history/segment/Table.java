package io.etcdrobustness.history.segment;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What was said before in a block, by number from 1: the reader's side of {@link Interner}. */
final class Table<T> {

  private @Nullable Object[] items = new Object[1 << 9];
  private int size;

  int size() {
    return size;
  }

  T add(T item) {
    if (size == items.length) {
      items = Arrays.copyOf(items, 2 * size);
    }
    items[size++] = item;
    return item;
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // add() puts nothing else below size.
  T at(long number) {
    // Beyond size stands what another block has said.
    if (number <= 0 || number > size) {
      throw new IllegalArgumentException("refers to what was not said before");
    }
    return (T) items[(int) number - 1];
  }

  void clear() {
    size = 0;
  }
}
