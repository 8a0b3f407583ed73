package io.etcdrobustness.runs.windows;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Watches that are open, each with the first revision that it has not told of. */
final class CarriedWatches {

  private static final class Life {
    final Watch.Opened opened;
    Optional<Header> created = Optional.empty();
    long next;

    Life(Watch.Opened opened) {
      this.opened = opened;
      this.next = opened.startRevision();
    }

    void toldUpTo(long revision) {
      next = Math.max(next, revision + 1);
    }

    List<Entry> restated(long revision, long time) {
      List<Entry> entries = new ArrayList<>();
      entries.add(
          new Watch.Opened(
              opened.watch(),
              opened.client(),
              opened.member(),
              opened.key(),
              opened.rangeEnd(),
              next,
              opened.progressNotify(),
              opened.prevKv(),
              opened.noPut(),
              opened.noDelete(),
              time));
      created.ifPresent(header ->
          entries.add(
              new Watch.Created(
                  opened.watch(),
                  new Header(
                      header.clusterId(),
                      header.memberId(),
                      Math.max(header.revision(), revision),
                      header.raftTerm()),
                  time)));
      return entries;
    }
  }

  private final Map<Long, Life> open = new LinkedHashMap<>();

  void record(Watch watch) {
    if (watch instanceof Watch.Opened opened) {
      open.put(opened.watch(), new Life(opened));
      return;
    }
    Life life = open.get(watch.watch());
    if (life == null) {
      return;
    }
    switch (watch) {
      case Watch.Opened _ -> throw new AssertionError("was looked at before");
      case Watch.Created created -> {
        life.created = Optional.of(created.header());
        if (life.opened.startRevision() == 0) {
          life.toldUpTo(created.header().revision());
        }
      }
      case Watch.Events events ->
          // More of the last revision may follow in the next fragment.
          life.toldUpTo(events.fragment() ? events.highest() - 1 : events.highest());
      case Watch.Progress progress -> life.toldUpTo(progress.header().revision());
      case Watch.ProgressRequested _ -> {
        // A question that is open at an edge is not asked again.
      }
      case Watch.Canceled _, Watch.Broken _, Watch.Closed _ -> open.remove(watch.watch());
    }
  }

  /**
   * The open watches as if they were opened now, from where they are.
   *
   * @param revision what the store has reached
   * @param time not after anything that they will tell
   */
  List<Entry> restated(long revision, long time) {
    return open.values().stream().flatMap(life -> life.restated(revision, time).stream()).toList();
  }
}
