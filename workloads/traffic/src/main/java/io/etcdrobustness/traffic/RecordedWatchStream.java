package io.etcdrobustness.traffic;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.Recorder;
import io.etcdrobustness.history.Watch;
import io.etcdrobustness.traffic.WatchStream.WatchRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A watch stream that records what is asked of it and what it brings.
 *
 * <p>In a history each of its watches has the life {@code Opened, Created?, (Events | Progress |
 * ProgressRequested)*, (Canceled | Broken | Closed)?}, and nothing after its end:
 *
 * <ul>
 *   <li>opened is recorded before the request leaves;
 *   <li>progress of the whole stream is recorded for every watch that the server has confirmed and
 *       that has not ended, for these are the ones it speaks of;
 *   <li>a stream that breaks is recorded for every watch on it that has not ended;
 *   <li>what still arrives for a watch after its client has ended it is dropped.
 * </ul>
 */
public final class RecordedWatchStream implements AutoCloseable {

  private enum State {
    OPENED,
    CREATED
  }

  private final int client;
  private final String member;
  private final Recorder recorder;
  private final Scheduler scheduler;
  private final Ids ids;
  private final Underway underway;
  private final WatchListener follower;
  private final Listener listener = new Listener();
  private final WatchStream stream;

  // Guards the state below and the order of the entries that follow from it.
  private final Object lock = new Object();
  private final Map<Long, State> live = new LinkedHashMap<>();
  private Optional<Failure> end = Optional.empty();
  private boolean closed;

  private RecordedWatchStream(
      int client,
      String member,
      EtcdClient etcd,
      Recorder recorder,
      Scheduler scheduler,
      Ids ids,
      Underway underway,
      WatchListener follower) {
    this.client = client;
    this.member = member;
    this.recorder = recorder;
    this.scheduler = scheduler;
    this.ids = ids;
    this.underway = underway;
    this.follower = follower;
    this.stream = etcd.watchStream(listener);
  }

  static RecordedWatchStream open(
      int client,
      String member,
      EtcdClient etcd,
      Recorder recorder,
      Scheduler scheduler,
      Ids ids,
      Underway underway,
      WatchListener follower) {
    return new RecordedWatchStream(
        client, member, etcd, recorder, scheduler, ids, underway, follower);
  }

  /**
   * Asks for a watch. On a stream that has broken the watch is recorded as broken at once, and the
   * follower is not told again.
   *
   * @return its id in the history
   * @throws IllegalStateException if this stream was closed
   */
  public long watch(WatchRequest request) {
    long watch = ids.next();
    synchronized (lock) {
      long now = underway.begin();
      try {
        if (closed) {
          throw new IllegalStateException(
              "client " + client + " asked for a watch on a stream that it had closed");
        }
        recorder.record(
            new Watch.Opened(
                watch,
                client,
                member,
                request.key(),
                request.rangeEnd(),
                request.startRevision(),
                request.progressNotify(),
                request.prevKv(),
                request.noPut(),
                request.noDelete(),
                now));
        if (end.isPresent()) {
          recorder.record(new Watch.Broken(watch, end.get(), now));
          return watch;
        }
        live.put(watch, State.OPENED);
      } finally {
        underway.recorded(now);
      }
    }
    stream.open(watch, request);
    return watch;
  }

  /** Ends one watch; does nothing if it has ended. */
  public void cancel(long watch) {
    synchronized (lock) {
      long now = underway.begin();
      try {
        if (live.remove(watch) == null) {
          return;
        }
        recorder.record(new Watch.Closed(watch, now));
      } finally {
        underway.recorded(now);
      }
    }
    stream.cancel(watch);
  }

  /** Asks how far the stream has come; recorded for every confirmed watch on it. */
  public void requestProgress() {
    synchronized (lock) {
      long now = underway.begin();
      try {
        live.forEach((watch, state) -> {
          if (state == State.CREATED) {
            recorder.record(new Watch.ProgressRequested(watch, now));
          }
        });
      } finally {
        underway.recorded(now);
      }
    }
    stream.requestProgress();
  }

  /** Ends the stream and all its watches; the follower is told nothing more. */
  @Override
  public void close() {
    synchronized (lock) {
      long now = underway.begin();
      try {
        if (closed) {
          return;
        }
        closed = true;
        live.keySet().forEach(watch -> recorder.record(new Watch.Closed(watch, now)));
        live.clear();
      } finally {
        underway.recorded(now);
      }
    }
    stream.close();
  }

  /** Records on the thread that read the message, and passes it on to the loop. */
  private final class Listener implements WatchListener {

    @Override
    public void created(long tag, Header header) {
      long now = underway.begin();
      try {
        synchronized (lock) {
          if (live.replace(tag, State.CREATED) == null) {
            return;
          }
          recorder.record(new Watch.Created(tag, header, now));
        }
      } finally {
        underway.recorded(now);
      }
      scheduler.execute(() -> follower.created(tag, header));
    }

    @Override
    public void events(long tag, Header header, List<Event> events, boolean fragment) {
      long now = underway.begin();
      try {
        synchronized (lock) {
          if (!live.containsKey(tag)) {
            return;
          }
          recorder.record(new Watch.Events(tag, header, events, fragment, now));
        }
      } finally {
        underway.recorded(now);
      }
      scheduler.execute(() -> follower.events(tag, header, events, fragment));
    }

    @Override
    public void progress(long tag, Header header) {
      long now = underway.begin();
      try {
        synchronized (lock) {
          if (!live.containsKey(tag)) {
            return;
          }
          recorder.record(new Watch.Progress(tag, header, now));
        }
      } finally {
        underway.recorded(now);
      }
      scheduler.execute(() -> follower.progress(tag, header));
    }

    @Override
    public void progressOfAll(Header header) {
      long now = underway.begin();
      try {
        synchronized (lock) {
          live.forEach((watch, state) -> {
            if (state == State.CREATED) {
              recorder.record(new Watch.Progress(watch, header, now));
            }
          });
        }
      } finally {
        underway.recorded(now);
      }
      scheduler.execute(() -> follower.progressOfAll(header));
    }

    @Override
    public void canceled(long tag, Header header, long compactRevision, String reason) {
      long now = underway.begin();
      try {
        synchronized (lock) {
          if (live.remove(tag) == null) {
            return;
          }
          recorder.record(new Watch.Canceled(tag, header, compactRevision, reason, now));
        }
      } finally {
        underway.recorded(now);
      }
      scheduler.execute(() -> follower.canceled(tag, header, compactRevision, reason));
    }

    @Override
    public void broken(Failure failure) {
      long now = underway.begin();
      try {
        synchronized (lock) {
          if (closed || end.isPresent()) {
            return;
          }
          end = Optional.of(failure);
          live.keySet().forEach(watch -> recorder.record(new Watch.Broken(watch, failure, now)));
          live.clear();
        }
      } finally {
        underway.recorded(now);
      }
      scheduler.execute(() -> follower.broken(failure));
    }
  }
}
