package io.etcdrobustness.checker.log;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Revisions by number, in pages: near an array for dense numbers, sound for any. */
final class RevisionTable {

  private static final int BITS = 12;
  private static final int MASK = (1 << BITS) - 1;

  private static final class Page {
    final @Nullable Revision[] revisions = new Revision[1 << BITS];
  }

  private final Map<Long, Page> pages = new HashMap<>();
  private long lastNumber = Long.MIN_VALUE;
  private Page lastPage = new Page();

  Revision make(long number) {
    Page page = page(number >> BITS);
    int slot = (int) (number & MASK);
    Revision found = page.revisions[slot];
    if (found == null) {
      found = new Revision(number);
      page.revisions[slot] = found;
    }
    return found;
  }

  Optional<Revision> find(long number) {
    Page page = pages.get(number >> BITS);
    return page == null
        ? Optional.empty()
        : Optional.ofNullable(page.revisions[(int) (number & MASK)]);
  }

  private Page page(long number) {
    if (number != lastNumber) {
      lastPage = pages.computeIfAbsent(number, ignored -> new Page());
      lastNumber = number;
    }
    return lastPage;
  }

  void inOrder(Consumer<Revision> consumer) {
    List<Long> numbers = new ArrayList<>(pages.keySet());
    numbers.sort(null);
    for (long number : numbers) {
      for (Revision revision : page(number).revisions) {
        if (revision != null) {
          consumer.accept(revision);
        }
      }
    }
  }
}
