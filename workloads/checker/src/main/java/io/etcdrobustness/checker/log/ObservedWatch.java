package io.etcdrobustness.checker.log;

import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** One watch: what was asked for, and all that came, in the order of arrival. */
public final class ObservedWatch {

  private final Watch.Opened opened;
  private final List<Watch> messages = new ArrayList<>();
  private Optional<Watch.Created> created = Optional.empty();
  private int eventCount;
  private List<Change> changes = List.of();
  private boolean joined;
  private long end = Long.MAX_VALUE;

  private ObservedWatch(Watch.Opened opened) {
    this.opened = opened;
  }

  /** Every watch of {@code watches} whose opening was recorded, in the order of opening. */
  static List<ObservedWatch> all(List<Watch> watches) {
    Map<Long, ObservedWatch> byId = new LinkedHashMap<>();
    for (Watch message : watches) {
      if (message instanceof Watch.Opened opened) {
        byId.putIfAbsent(opened.watch(), new ObservedWatch(opened));
        continue;
      }
      ObservedWatch watch = byId.get(message.watch());
      if (watch != null) {
        watch.take(message);
      }
    }
    List<ObservedWatch> all = List.copyOf(byId.values());
    Map<Integer, Long> busyUntil = new HashMap<>();
    for (ObservedWatch watch : all) {
      watch.joined =
          watch.opened.time() <= busyUntil.getOrDefault(watch.opened.client(), Long.MIN_VALUE);
      busyUntil.merge(watch.opened.client(), watch.end(), Math::max);
    }
    return all;
  }

  private void take(Watch message) {
    messages.add(message);
    switch (message) {
      case Watch.Created confirmation -> {
        if (created.isEmpty()) {
          created = Optional.of(confirmation);
        }
      }
      case Watch.Events events -> eventCount += events.events().size();
      case Watch.Opened ignored -> {}
      case Watch.Progress ignored -> {}
      case Watch.ProgressRequested ignored -> {}
      case Watch.Canceled canceled -> end = Math.min(end, canceled.time());
      case Watch.Broken broken -> end = Math.min(end, broken.time());
      case Watch.Closed closed -> end = Math.min(end, closed.time());
    }
  }

  void explain(List<Change> explained) {
    changes = explained;
  }

  /** The request. */
  public Watch.Opened opened() {
    return opened;
  }

  /** The watch's id in the history. */
  public long id() {
    return opened.watch();
  }

  /** The server's confirmation; empty where the recorder does not keep it. */
  public Optional<Watch.Created> created() {
    return created;
  }

  /** Everything after the request. */
  public List<Watch> messages() {
    return messages;
  }

  /** Number of events delivered. */
  public int eventCount() {
    return eventCount;
  }

  /** The log's change for each event delivered, in the order of delivery. */
  public List<Change> changes() {
    return changes;
  }

  /**
   * One event as it came.
   *
   * @param time when the response that holds it came
   * @param change the log's change for it
   */
  public record Delivery(Event event, long time, Change change) {}

  /** Every event delivered, in the order of delivery. */
  public Iterable<Delivery> deliveries() {
    return () -> {
      Iterator<Change> explained = changes.iterator();
      return messages.stream()
          .mapMulti((Watch message, Consumer<Delivery> each) -> {
            if (message instanceof Watch.Events delivered) {
              for (Event event : delivered.events()) {
                each.accept(new Delivery(event, delivered.time(), explained.next()));
              }
            }
          })
          .iterator();
    };
  }

  /** When it ended, by whomever; {@link Long#MAX_VALUE} if it never did. */
  public long end() {
    return end;
  }

  /**
   * Whether {@code progress} speaks for this watch.
   *
   * <p>A progress response to all watches of a stream may overtake nothing but the confirmation of
   * a watch that it does not know of yet: the server queues the two apart (etcd {@code
   * v3rpc/watch.go}, ctrlStream and watchStream.Chan). Where the client had another watch open, a
   * progress response counts only if its revision is beyond the one of the confirmation, which was
   * read after the watch had begun.
   */
  public boolean promises(Watch.Progress progress) {
    return !joined
        || created.isEmpty()
        || progress.header().revision() > created.get().header().revision();
  }

  /** Whether the watch asked for all keys, without filter. */
  boolean coversEveryKey() {
    return unfiltered()
        && opened.rangeEnd().equals("\0")
        && (opened.key().isEmpty() || opened.key().equals("\0"));
  }

  boolean unfiltered() {
    return !opened.noPut() && !opened.noDelete();
  }

  /** Whether a change of {@code key} of this type is among what was asked for. */
  public boolean wants(String key, Event.Type type) {
    return !(type == Event.Type.PUT ? opened.noPut() : opened.noDelete())
        && ByteStrings.inRange(key, opened.key(), opened.rangeEnd());
  }

  /** The member that serves it, by id; 0 where no message tells. */
  public long memberId() {
    if (created.isPresent() && created.get().header().memberId() != 0) {
      return created.get().header().memberId();
    }
    for (Watch message : messages) {
      Optional<Header> header =
          switch (message) {
            case Watch.Events events -> Optional.of(events.header());
            case Watch.Progress progress -> Optional.of(progress.header());
            case Watch.Canceled canceled -> Optional.of(canceled.header());
            case Watch.Created confirmation -> Optional.of(confirmation.header());
            case Watch.Opened ignored -> Optional.empty();
            case Watch.ProgressRequested ignored -> Optional.empty();
            case Watch.Broken ignored -> Optional.empty();
            case Watch.Closed ignored -> Optional.empty();
          };
      if (header.isPresent() && header.get().memberId() != 0) {
        return header.get().memberId();
      }
    }
    return 0;
  }
}
