package io.etcdrobustness.traffic;

import java.util.concurrent.atomic.AtomicLong;

/** Numbers that are unique in a run, rising from 1; for operations and for watches. */
public final class Ids {

  private final AtomicLong last;

  /** The first is 1. */
  public Ids() {
    this(0);
  }

  /**
   * Numbers of a run that is gone on with.
   *
   * @param before greater than any that was given before
   */
  public Ids(long before) {
    last = new AtomicLong(before);
  }

  /** The next number. */
  public long next() {
    return last.incrementAndGet();
  }
}
