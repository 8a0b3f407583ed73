package io.etcdrobustness.runs.windows;

import io.etcdrobustness.history.Opening;
import java.util.Optional;

/**
 * Where one window ends and the next begins: what is known of the store there.
 *
 * @param opening the read of the whole store, when nothing was under way; empty if nobody answered
 * @param settled whether nothing that a member had taken before can take effect any more
 */
public record Edge(Optional<Opening> opening, boolean settled) {

  /** One at which nothing is known. */
  public static final Edge UNKNOWN = new Edge(Optional.empty(), false);
}
