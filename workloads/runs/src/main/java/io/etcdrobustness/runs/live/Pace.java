package io.etcdrobustness.runs.live;

/** Where time comes in, and the wish to stop. */
public interface Pace {

  /** Nanoseconds of a monotonic clock. */
  long now();

  /** Whether whoever watches has had enough. */
  boolean stopped();

  /** Waits a moment for the record to grow, or for the wish to stop. */
  void await();
}
