package io.etcdrobustness.faults.agent;

/**
 * An agent's clock, as its holder sees it.
 *
 * <p>Each exchange tells that the agent's clock showed {@code theirs} at some moment between the
 * request and the answer, which bounds how far the two clocks are apart. Bounds are intersected, so
 * the quickest exchange rules; clocks that drift leave the bounds one day, and then the newest
 * exchange alone counts. (Marzullo's idea, for one source.)
 */
final class RemoteClock {

  private long least = Long.MIN_VALUE;
  private long most = Long.MAX_VALUE;

  /**
   * The agent's clock showed {@code theirs} between our times {@code sent} and {@code received}.
   */
  void exchanged(long sent, long received, long theirs) {
    long low = sent - theirs;
    long high = received - theirs;
    if (low > most || high < least) {
      least = low;
      most = high;
    } else {
      least = Math.max(least, low);
      most = Math.min(most, high);
    }
  }

  /** The agent's time {@code theirs} on our clock; after the first exchange. */
  long ours(long theirs) {
    return theirs + least + (most - least) / 2;
  }
}
