package io.etcdrobustness.traffic;

import java.util.concurrent.atomic.AtomicLong;

/** Numbers that are unique in a run, rising from 1; for operations and for watches. */
public final class Ids {

  private final AtomicLong last = new AtomicLong();

  /** The next number. */
  public long next() {
    return last.incrementAndGet();
  }
}
