package io.etcdrobustness.checker;

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

  /** The items in their order, till the budget is exhausted: ask {@link #exhausted} afterwards. */
  default <T> Stream<T> spend(List<T> items) {
    return items.stream().takeWhile(item -> !exhausted());
  }
}
