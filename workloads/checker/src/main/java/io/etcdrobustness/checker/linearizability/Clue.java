package io.etcdrobustness.checker.linearizability;

import java.util.Optional;

/**
 * What is told of a revision that nobody is known to own.
 *
 * @param key it was put there, or deleted
 * @param value what was put, if that was told
 */
record Clue(String key, boolean put, Optional<String> value) {

  /** Whether a put of {@code written} may be what was told. */
  boolean mayShow(String written) {
    return value.map(told -> Sighting.alike(told, written)).orElse(true);
  }
}
