package io.etcdrobustness.runs;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.Recorder;
import io.etcdrobustness.traffic.Ids;
import io.etcdrobustness.traffic.RecordedClient;
import io.etcdrobustness.traffic.RecordedWatchStream;
import io.etcdrobustness.traffic.WatchListener;
import io.etcdrobustness.traffic.WatchStream;
import io.etcdrobustness.traffic.driver.Gateway;
import io.etcdrobustness.traffic.driver.RequestSink;
import io.etcdrobustness.traffic.driver.WatchSink;
import io.etcdrobustness.traffic.grpc.EtcdConnections;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Gives each stream of the traffic a connection of its own, and records all that is said on it. */
final class RecordedGateway implements Gateway {

  private final EtcdConnections connections;
  private final Recorder recorder;
  private final Scheduler scheduler;
  private final Ids ids;
  private final Duration timeout;
  private final Map<List<Object>, RecordedClient> clients = new HashMap<>();

  /**
   * @param timeout of every request
   */
  RecordedGateway(
      EtcdConnections connections,
      Recorder recorder,
      Scheduler scheduler,
      Ids ids,
      Duration timeout) {
    this.connections = connections;
    this.recorder = recorder;
    this.scheduler = scheduler;
    this.ids = ids;
    this.timeout = timeout;
  }

  @Override
  public RequestSink requests(int client, String member) {
    RecordedClient recorded = client(client, member);
    return request -> recorded.send(request, timeout);
  }

  @Override
  public WatchSink watches(int client, String member) {
    RecordedClient recorded = client(client, member);
    return listener -> new Tagged(recorded, listener);
  }

  private RecordedClient client(int client, String member) {
    return clients.computeIfAbsent(
        List.of(client, member),
        _ ->
            new RecordedClient(
                client,
                member,
                member.isEmpty() ? connections.toAnyMember() : connections.pinnedTo(member),
                recorder,
                scheduler,
                ids));
  }

  /** Translates between the driver's tags and the ids of watches in the history. */
  private static final class Tagged implements WatchStream, WatchListener {

    private final WatchListener listener;
    private final RecordedWatchStream stream;
    private final Map<Long, Long> idOfTag = new HashMap<>();
    private final Map<Long, Long> tagOfId = new HashMap<>();

    @SuppressWarnings("this-escape") // It is told nothing before the driver's next turn.
    Tagged(RecordedClient client, WatchListener listener) {
      this.listener = listener;
      this.stream = client.watchStream(this);
    }

    @Override
    public void open(long tag, WatchRequest request) {
      long id = stream.watch(request);
      idOfTag.put(tag, id);
      tagOfId.put(id, tag);
    }

    @Override
    public void cancel(long tag) {
      Long id = idOfTag.get(tag);
      if (id == null) {
        throw new IllegalArgumentException("no watch of this stream has the tag " + tag);
      }
      stream.cancel(id);
    }

    @Override
    public void requestProgress() {
      stream.requestProgress();
    }

    @Override
    public void close() {
      stream.close();
    }

    private long tag(long id) {
      Long tag = tagOfId.get(id);
      if (tag == null) {
        throw new IllegalStateException("no watch of this stream has the id " + id);
      }
      return tag;
    }

    @Override
    public void created(long id, Header header) {
      listener.created(tag(id), header);
    }

    @Override
    public void events(long id, Header header, List<Event> events, boolean fragment) {
      listener.events(tag(id), header, events, fragment);
    }

    @Override
    public void progress(long id, Header header) {
      listener.progress(tag(id), header);
    }

    @Override
    public void progressOfAll(Header header) {
      listener.progressOfAll(header);
    }

    @Override
    public void canceled(long id, Header header, long compactRevision, String reason) {
      listener.canceled(tag(id), header, compactRevision, reason);
    }

    @Override
    public void broken(Failure failure) {
      listener.broken(failure);
    }
  }
}
