package io.etcdrobustness.runs.windows;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.MemberEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What members are: their versions, whether they run, who leads. Each is told as it was told, at
 * its own time.
 */
final class CarriedMembers {

  /** Replacements of members that are kept; of more the oldest are forgotten. */
  private static final int MOST_REPLACED = 200;

  /** By member, and what about it. */
  private final Map<String, Map<String, MemberEvent>> last = new TreeMap<>();

  private final List<MemberEvent> replaced = new ArrayList<>();

  void record(MemberEvent event) {
    switch (event.kind()) {
      case VERSION -> is(event.member(), "version", event);
      case STARTED, READY -> is(event.member(), "process", event);
      // An end that nobody wanted was judged where it happened, and would be once more.
      case EXITED -> {
        if (event.expected()) {
          is(event.member(), "process", event);
        } else {
          of(event.member()).remove("process");
        }
      }
      case PAUSED -> is(event.member(), "pause", event);
      case RESUMED -> of(event.member()).remove("pause");
      case LEADER -> is("", "leader", event);
      case REPLACED -> {
        replaced.add(event);
        if (replaced.size() > MOST_REPLACED) {
          replaced.removeFirst();
        }
      }
      case SNAPSHOT_RECEIVED, BAD_LOG_LINE -> {
        // They happened, and are over.
      }
    }
  }

  private void is(String member, String what, MemberEvent event) {
    of(member).put(what, event);
  }

  private Map<String, MemberEvent> of(String member) {
    return last.computeIfAbsent(member, _ -> new LinkedHashMap<>());
  }

  List<Entry> entries() {
    List<Entry> entries = new ArrayList<>(replaced);
    last.values().forEach(known -> entries.addAll(known.values()));
    return entries;
  }
}
