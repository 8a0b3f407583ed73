package io.etcdrobustness.checker.coverage;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.Property.Explanation;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a run should see on its watches. */
public final class WatchCoverage {

  private WatchCoverage() {}

  /** A watch told progress. */
  public static Property watchSawProgress() {
    return Sometimes.eachMessage(
        "WatchSawProgress",
        new Explanation(
            "A watch receives a progress response.",
            "Without one, the promise that progress never overtakes events is not put to the test (etcd #15220).",
            "etcd's API guarantees, \"Watch APIs\", bookmarkable.",
            "Watch responses without events, other than the one that creates the watch.",
            "have clients request progress, or let the server notify more often"),
        message -> message instanceof Watch.Progress);
  }

  /** A client whose watch was refused as compacted went on with a new one. */
  public static Property watchResumedAfterCompaction() {
    return Sometimes.inWatches(
        message ->
            message instanceof Watch.Opened
                || message instanceof Watch.Created
                || message instanceof Watch.Canceled,
        "WatchResumedAfterCompaction",
        new Explanation(
            "A watch that was ended by compaction is taken up again from the revision that the server named.",
            "It is the way every informer goes after a long absence, and events at the compact revision itself got lost on it (etcd #18089, #19179).",
            "rpc.proto, WatchResponse.compact_revision.",
            "A watch canceled with a compact revision, and a later watch of the same client on the same keys that starts there or later and is confirmed.",
            "compact more often, and let watches start at older revisions"),
        WatchCoverage::resumed);
  }

  private record Place(int client, String key, String rangeEnd) {
    private static Place of(Watch.Opened opened) {
      return new Place(opened.client(), opened.key(), opened.rangeEnd());
    }
  }

  private static long resumed(History history, Budget budget) {
    Map<Long, Watch.Opened> opened = new HashMap<>();
    Map<Place, List<Long>> compacted = new HashMap<>();
    Set<Long> resuming = new HashSet<>();
    Set<Long> resumed = new HashSet<>();
    budget
        .spend(history.watches())
        .forEach(message -> {
          switch (message) {
            case Watch.Opened open -> {
              opened.put(open.watch(), open);
              if (compacted.getOrDefault(Place.of(open), List.of()).stream()
                  .anyMatch(revision -> open.startRevision() >= revision)) {
                resuming.add(open.watch());
              }
            }
            case Watch.Canceled canceled -> {
              Watch.Opened open = opened.get(canceled.watch());
              if (open != null && canceled.compactRevision() > 0) {
                compacted
                    .computeIfAbsent(Place.of(open), unseen -> new ArrayList<>())
                    .add(canceled.compactRevision());
              }
              // etcd confirms a watch before it refuses its start as compacted.
              if (canceled.compactRevision() > 0) {
                resumed.remove(canceled.watch());
              }
            }
            case Watch.Created created -> {
              if (resuming.contains(created.watch())) {
                resumed.add(created.watch());
              }
            }
            case Watch.Events _,
                Watch.Progress _,
                Watch.ProgressRequested _,
                Watch.Broken _,
                Watch.Closed _ -> {}
          }
        });
    return resumed.size();
  }
}
