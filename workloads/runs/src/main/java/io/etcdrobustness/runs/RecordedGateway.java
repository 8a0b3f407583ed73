package io.etcdrobustness.runs;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.history.Recorder;
import io.etcdrobustness.traffic.Ids;
import io.etcdrobustness.traffic.Pending;
import io.etcdrobustness.traffic.RecordedClient;
import io.etcdrobustness.traffic.RecordedWatchStream;
import io.etcdrobustness.traffic.WatchStream.WatchRequest;
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
  private final Pending pending;
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
      Pending pending,
      Duration timeout) {
    this.connections = connections;
    this.recorder = recorder;
    this.scheduler = scheduler;
    this.ids = ids;
    this.pending = pending;
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
    return listener -> new Watching(recorded.watchStream(listener));
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
                ids,
                pending));
  }

  /** The recorded stream as the driver wants it. */
  private record Watching(RecordedWatchStream stream) implements WatchSink.Watches {

    @Override
    public long watch(WatchRequest request) {
      return stream.watch(request);
    }

    @Override
    public void requestProgress() {
      stream.requestProgress();
    }

    @Override
    public void close() {
      stream.close();
    }
  }
}
