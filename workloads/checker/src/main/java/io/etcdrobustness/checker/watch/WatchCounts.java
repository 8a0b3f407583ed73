package io.etcdrobustness.checker.watch;

import io.etcdrobustness.checker.plain.PlainCounts;

/** How often watches did what properties promise something of. */
final class WatchCounts {

  /** Events. */
  long events;

  /** Revisions of a response. */
  long revisions;

  /** Events that the watch owed. */
  long owed;

  /** Watches with a start revision that delivered something. */
  long resumed;

  /** Progress responses that are promises. */
  long promises;

  /** Events of watches that asked for the previous key. */
  long withPrevious;

  /** Of a watch of everything from the beginning on that delivered all, and asked for no more. */
  static WatchCounts of(PlainCounts seen) {
    WatchCounts counts = new WatchCounts();
    counts.events = seen.events();
    counts.revisions = seen.revisions();
    counts.owed = seen.events();
    counts.resumed = seen.revisions() > 0 ? 1 : 0;
    return counts;
  }
}
