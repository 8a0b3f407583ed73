package io.etcdrobustness.engine;

import java.util.ArrayList;
import java.util.List;

/** A choice among items with integer weights; the order of {@link #with} calls is part of it. */
public final class WeightedChoice<T> {

  private record Entry<T>(T item, int weight) {}

  private final List<Entry<T>> entries;
  private final int total;

  private WeightedChoice(List<Entry<T>> entries) {
    this.entries = List.copyOf(entries);
    this.total = entries.stream().mapToInt(Entry::weight).sum();
  }

  /** A choice without items, to begin with. */
  public static <T> WeightedChoice<T> of() {
    return new WeightedChoice<>(List.of());
  }

  /** This choice and one item more; {@code weight} must be positive. */
  public WeightedChoice<T> with(int weight, T item) {
    if (weight <= 0) {
      throw new IllegalArgumentException("weight of " + item + " must be positive, is " + weight);
    }
    List<Entry<T>> more = new ArrayList<>(entries);
    more.add(new Entry<>(item, weight));
    return new WeightedChoice<>(more);
  }

  /** Draws one item. */
  public T draw(RandomSource random) {
    int ticket = random.nextInt(total);
    for (Entry<T> entry : entries) {
      ticket -= entry.weight;
      if (ticket < 0) {
        return entry.item;
      }
    }
    throw new AssertionError("weights sum to " + total);
  }
}
