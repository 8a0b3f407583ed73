package io.etcdrobustness.traffic.profile;

import java.time.Duration;

/**
 * One stream of the traffic: one client that does one thing after the other.
 *
 * @param client its number, unique in the plan
 * @param member name of the member that it talks to; empty: all of them
 * @param label names the {@link io.etcdrobustness.engine.RandomSource} that it draws from
 * @param shortestPause with {@code longestPause} the bounds between which the time from one call to
 *     the next is drawn; of streams of watches the time that a watch lives
 */
public record PlannedStream(
    int client,
    Kind kind,
    String member,
    String label,
    Duration shortestPause,
    Duration longestPause) {

  /** What a stream is for. */
  public enum Kind {
    /** The profile's requests. */
    REQUESTS,
    /** Compactions. */
    COMPACTION,
    /** Puts and reads of data that lies there. */
    ARCHIVE,
    /** Defragmentations, of one member after the other. */
    DEFRAGMENTATION,
    /**
     * One watch of all keys from revision 1 that is resumed whenever it breaks: it has seen every
     * event, and so tells what the others should have seen.
     */
    WITNESS,
    /** Watches of anything from anywhere that come and go. */
    WATCHER,
    /** Watches that ask for their progress again and again. */
    PROGRESS_WATCHER,
    /** Lists, and watches from where the list was read. */
    REFLECTOR;

    /** Whether each request goes to a member that is drawn for it. */
    public boolean asksEachMember() {
      return this == DEFRAGMENTATION || this == ARCHIVE;
    }

    /** Whether the stream carries watches. */
    public boolean watches() {
      return switch (this) {
        case REQUESTS, COMPACTION, ARCHIVE, DEFRAGMENTATION -> false;
        case WITNESS, WATCHER, PROGRESS_WATCHER, REFLECTOR -> true;
      };
    }
  }

  /** Calls per second, if answers are fast: the reciprocal of the mean pause. */
  public double rate() {
    return 2e9 / (shortestPause.toNanos() + longestPause.toNanos());
  }
}
