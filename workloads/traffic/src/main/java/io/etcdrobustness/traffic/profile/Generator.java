package io.etcdrobustness.traffic.profile;

/**
 * Decides what one client does. Called on the run's loop, by one client, which does one thing after
 * the other.
 */
@FunctionalInterface
public interface Generator {

  /** The first step of something new; the steps after it follow from its answers. */
  Step fresh();
}
