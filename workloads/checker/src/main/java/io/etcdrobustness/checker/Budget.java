package io.etcdrobustness.checker;

import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/** How much time and memory a property may still use. Asked often; cheap to ask. */
@FunctionalInterface
public interface Budget {

  /** Whether it is used up. Once true, it stays true. */
  boolean exhausted();

  /** No limit. */
  Budget UNLIMITED = () -> false;

  /** The same budget, which is really asked only every {@code times}-th time: for cheap steps. */
  default Budget every(int times) {
    int[] asked = {0};
    return () -> ++asked[0] % times == 0 && exhausted();
  }

  /**
   * {@code items} in their order, of which each takes little, till the budget is exhausted: ask
   * {@link #exhausted} afterwards, and rely on nothing that was gathered from them if it is.
   */
  default <T> Iterable<T> lasting(Iterable<T> items) {
    return () -> {
      Iterator<T> all = items.iterator();
      Budget seldom = every(BETWEEN_ITEMS);
      return new Iterator<>() {
        private boolean over;

        @Override
        public boolean hasNext() {
          over = over || seldom.exhausted();
          return !over && all.hasNext();
        }

        @Override
        public T next() {
          return all.next();
        }
      };
    };
  }

  /** How many items that take little go by between two looks. */
  int BETWEEN_ITEMS = 256;

  /** The items in their order, till the budget is exhausted: ask {@link #exhausted} afterwards. */
  default <T> Stream<T> spend(List<T> items) {
    return items.stream().takeWhile(item -> !exhausted());
  }
}
