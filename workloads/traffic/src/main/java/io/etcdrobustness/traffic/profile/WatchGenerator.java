package io.etcdrobustness.traffic.profile;

import java.util.Optional;

/** Decides what one client watches. Called on the run's loop. */
@FunctionalInterface
public interface WatchGenerator {

  /** The next session, after one that went as {@code previous} tells. */
  WatchSession next(WatchSession.End previous);

  /** What the client asks before its next session; empty: nothing. */
  default Optional<Step> before(WatchSession.End previous) {
    return Optional.empty();
  }
}
