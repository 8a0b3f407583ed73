package io.etcdrobustness.traffic.profile;

import io.etcdrobustness.traffic.WatchStream.WatchRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One stream of watches, from its opening to its end.
 *
 * @param watches are opened at once, in this order
 * @param life after which the client closes it, if nothing ends it before
 * @param progress how it asks for its progress; empty: it does not
 */
public record WatchSession(
    List<WatchRequest> watches, Duration life, Optional<ProgressRequests> progress) {

  public WatchSession {
    watches = List.copyOf(watches);
  }

  /**
   * Requests for progress, in bursts.
   *
   * @param shortest with {@code longest} the bounds of the time between two requests of a burst
   * @param burst how many requests a burst has
   * @param rest the time between two bursts
   */
  public record ProgressRequests(Duration shortest, Duration longest, int burst, Duration rest) {}

  /**
   * How a session went.
   *
   * @param delivered the highest revision of an event, on any of its watches; 0 for none
   * @param interrupted whether it broke or the server ended it, and not the client
   * @param compacted where its end was that the start had been compacted: the oldest revision that
   *     may be asked for; else 0
   */
  public record End(long delivered, boolean interrupted, long compacted) {
    /** Before the first session. */
    public static final End NONE = new End(0, false, 0);
  }
}
