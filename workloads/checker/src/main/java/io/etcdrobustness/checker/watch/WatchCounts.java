package io.etcdrobustness.checker.watch;

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
}
