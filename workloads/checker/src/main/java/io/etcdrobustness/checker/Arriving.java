package io.etcdrobustness.checker;

import io.etcdrobustness.history.Watch;
import java.util.Iterator;

/**
 * Messages of watches of a record that is still being written. {@link #hasNext} waits as long as a
 * hint that matters may come; after it said no there may be more later.
 */
public interface Arriving extends Iterator<Watch> {

  /** Whether there is a next one that came by {@code time}; waits as long as that is open. */
  boolean hasNextBy(long time);
}
