package io.etcdrobustness.runs.report;

import io.etcdrobustness.history.History;
import io.etcdrobustness.history.MemberEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A stretch of a run in which a member was of one version; down as it may have been meanwhile.
 *
 * @param from ns of the run's clock
 * @param to likewise
 */
record VersionSpan(String member, String version, long from, long to) {

  /** Those of all members, by member and time; the last of each ends at {@code end}. */
  static List<VersionSpan> of(History history, long end) {
    Map<String, List<VersionSpan>> spans = new LinkedHashMap<>();
    for (MemberEvent event : history.memberEvents()) {
      if (event.kind() != MemberEvent.Kind.VERSION) {
        continue;
      }
      List<VersionSpan> known = spans.computeIfAbsent(event.member(), _ -> new ArrayList<>());
      if (!known.isEmpty()) {
        VersionSpan before = known.removeLast();
        known.add(new VersionSpan(before.member, before.version, before.from, event.time()));
      }
      known.add(
          new VersionSpan(
              event.member(), event.detail(), event.time(), Math.max(end, event.time())));
    }
    return spans.values().stream().flatMap(List::stream).toList();
  }
}
