package io.etcdrobustness.operator.reports;

import io.etcdrobustness.runs.report.RunProgress;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How fast runs go. A status tells how many operations there were after how many seconds; two of
 * them tell a rate. Nothing is kept of runs that are over.
 */
final class Rates {

  private final Map<String, Track> tracks = new HashMap<>();

  private static final class Track {
    private long elapsed;
    private long operations;
    private final Deque<Long> rates = new ArrayDeque<>();
  }

  /**
   * Takes note of how far a run is.
   *
   * @param uid of the run
   * @param elapsed seconds of traffic
   * @return operations per second, of the last statuses that were looked at; the newest last
   */
  synchronized List<Long> of(String uid, long elapsed, long operations) {
    Track track = tracks.computeIfAbsent(uid, _ -> new Track());
    if (elapsed > track.elapsed && operations >= track.operations) {
      track.rates.addLast((operations - track.operations) / (elapsed - track.elapsed));
      if (track.rates.size() > RunProgress.MOST_RATES) {
        track.rates.removeFirst();
      }
      track.elapsed = elapsed;
      track.operations = operations;
    }
    return List.copyOf(track.rates);
  }

  /** Forgets all runs but these. */
  synchronized void keepOnly(Collection<String> uids) {
    tracks.keySet().retainAll(uids);
  }
}
