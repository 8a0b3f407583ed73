package io.etcdrobustness.traffic;

import io.etcdrobustness.engine.Scheduler;

/**
 * What a run has under way.
 *
 * @param requests that have been called
 * @param messages that have come on watches, or are about to be sent
 */
public record Pending(Underway requests, Underway messages) {

  /** Nothing so far. */
  public Pending(Scheduler scheduler) {
    this(new Underway(scheduler), new Underway(scheduler));
  }
}
