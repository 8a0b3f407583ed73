package io.etcdrobustness.checker.model;

import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.KeyValue;
import java.util.Optional;

/**
 * What one step did to one key.
 *
 * @param revision the one that the step made
 * @param before the key as it was; empty: it was absent
 * @param now the key as it is; empty: it was deleted
 */
public record Written(
    String key, long revision, Optional<KeyValue> before, Optional<KeyValue> now) {

  /** As watches tell it. */
  public Event.Type type() {
    return now.isPresent() ? Event.Type.PUT : Event.Type.DELETE;
  }
}
