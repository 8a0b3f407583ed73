package io.etcdrobustness.traffic.grpc;

import io.etcd.jetcd.api.WatchCancelRequest;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchProgressRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.traffic.WatchListener;
import io.etcdrobustness.traffic.WatchStream;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One gRPC watch stream. When it ends it has ended: it never connects again by itself.
 *
 * <p>Which response belongs to which watch: etcd answers the create requests of a stream in their
 * order ({@code v3rpc/watch.go}, one loop takes requests, one queue holds the answers), so the n-th
 * response marked "created" belongs to the n-th request, also where the watch was refused and has
 * no id. From then on its watch id names it.
 *
 * <p>A response that fits no watch breaks the stream with a failure that says so: dropping it would
 * hide a bug, of etcd's or ours. The one exception is the cancellation of a watch that has already
 * ended: etcd sends a second one if it cancels a watch by itself while being asked to.
 */
final class GrpcWatchStream implements WatchStream {

  private static final long ALL_WATCHES = -1;

  private final ClientCall<io.etcd.jetcd.api.WatchRequest, WatchResponse> call;
  private final Departure departure;
  private final WatchListener listener;
  private final Runnable onNotSent;

  // Requests come from any thread, responses from the I/O thread; the lock is held for both to note
  // what they change, and while sending, so that the wire has the order of the queue. It is never
  // held while the listener is told.
  private final Object lock = new Object();
  private final Queue<Long> tagsToBeCreated = new ArrayDeque<>();
  private final Map<Long, Long> tagsById = new HashMap<>();
  private final Map<Long, Long> idsByTag = new HashMap<>();
  private final Set<Long> cancelWhenCreated = new HashSet<>();
  private boolean ended;

  private GrpcWatchStream(
      ClientCall<io.etcd.jetcd.api.WatchRequest, WatchResponse> call,
      Departure departure,
      WatchListener listener,
      Runnable onNotSent) {
    this.call = call;
    this.departure = departure;
    this.listener = listener;
    this.onNotSent = onNotSent;
  }

  static WatchStream open(Channel channel, WatchListener listener, Runnable onNotSent) {
    Departure departure = new Departure();
    ClientCall<io.etcd.jetcd.api.WatchRequest, WatchResponse> call =
        channel.newCall(
            WatchGrpc.getWatchMethod(), CallOptions.DEFAULT.withStreamTracerFactory(departure));
    GrpcWatchStream stream = new GrpcWatchStream(call, departure, listener, onNotSent);
    call.start(stream.new Incoming(), new Metadata());
    call.request(1);
    return stream;
  }

  @Override
  public void open(long tag, WatchStream.WatchRequest request) {
    synchronized (lock) {
      if (ended) {
        return;
      }
      tagsToBeCreated.add(tag);
      send(
          io.etcd.jetcd.api.WatchRequest.newBuilder()
              .setCreateRequest(Encoder.watch(request))
              .build());
    }
  }

  @Override
  public void cancel(long tag) {
    synchronized (lock) {
      Long id = idsByTag.get(tag);
      if (id != null) {
        send(cancelOf(id));
      } else if (tagsToBeCreated.contains(tag)) {
        cancelWhenCreated.add(tag);
      }
    }
  }

  @Override
  public void requestProgress() {
    synchronized (lock) {
      send(
          io.etcd.jetcd.api.WatchRequest.newBuilder()
              .setProgressRequest(WatchProgressRequest.getDefaultInstance())
              .build());
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      if (ended) {
        return;
      }
      ended = true;
    }
    call.cancel("closed by the client", null);
  }

  private void send(io.etcd.jetcd.api.WatchRequest request) {
    if (!ended) {
      call.sendMessage(request);
    }
  }

  private static io.etcd.jetcd.api.WatchRequest cancelOf(long id) {
    return io.etcd.jetcd.api.WatchRequest.newBuilder()
        .setCancelRequest(WatchCancelRequest.newBuilder().setWatchId(id))
        .build();
  }

  /** Ends the stream because of what came on it. */
  private void breakUp(String message) {
    if (end()) {
      listener.broken(new Failure(Failure.Kind.OTHER, Status.Code.INTERNAL.name(), message));
      call.cancel(message, null);
    }
  }

  /** Whether this is the moment in which the stream ended. */
  private boolean end() {
    synchronized (lock) {
      boolean first = !ended;
      ended = true;
      return first;
    }
  }

  /** What comes from the server; gRPC calls it one message at a time. */
  private final class Incoming extends ClientCall.Listener<WatchResponse> {

    @Override
    public void onMessage(WatchResponse response) {
      try {
        dispatch(response);
      } catch (IllegalArgumentException e) {
        breakUp("a watch response cannot be read: " + e.getMessage());
      }
      call.request(1);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      if (end()) {
        listener.broken(
            status.isOk()
                ? new Failure(
                    Failure.Kind.OTHER, Status.Code.OK.name(), "the server ended the stream")
                : Classifier.failure(status, departure.mayHaveLeft()));
      }
      if (!departure.mayHaveLeft()) {
        onNotSent.run();
      }
    }

    private void dispatch(WatchResponse response) {
      Header header = Decoder.header(response.getHeader());
      if (response.getCreated()) {
        created(response, header);
      } else if (response.getCanceled()) {
        canceled(response, header);
      } else if (response.getEventsCount() > 0) {
        events(response, header);
      } else if (response.getWatchId() == ALL_WATCHES) {
        if (!hasEnded()) {
          listener.progressOfAll(header);
        }
      } else {
        progress(response, header);
      }
    }

    private void created(WatchResponse response, Header header) {
      long id = response.getWatchId();
      Long tag;
      synchronized (lock) {
        if (ended) {
          return;
        }
        tag = tagsToBeCreated.poll();
        if (tag != null && !response.getCanceled()) {
          tagsById.put(id, tag);
          idsByTag.put(tag, id);
          if (cancelWhenCreated.remove(tag)) {
            send(cancelOf(id));
          }
        }
      }
      if (tag == null) {
        breakUp("a watch was created (id " + id + ") that nobody asked for");
      } else if (response.getCanceled()) {
        listener.canceled(tag, header, response.getCompactRevision(), response.getCancelReason());
      } else {
        listener.created(tag, header);
      }
    }

    private void canceled(WatchResponse response, Header header) {
      List<Event> events = Decoder.events(response.getEventsList());
      Long tag;
      synchronized (lock) {
        if (ended) {
          return;
        }
        tag = tagsById.remove(response.getWatchId());
        if (tag != null) {
          idsByTag.remove(tag);
        }
      }
      if (tag == null) {
        return;
      }
      if (!events.isEmpty()) {
        listener.events(tag, header, events, fragment(response));
      }
      listener.canceled(tag, header, response.getCompactRevision(), response.getCancelReason());
    }

    private void events(WatchResponse response, Header header) {
      List<Event> events = Decoder.events(response.getEventsList());
      Long tag = liveTag(response);
      if (tag != null) {
        listener.events(tag, header, events, fragment(response));
      }
    }

    private void progress(WatchResponse response, Header header) {
      Long tag = liveTag(response);
      if (tag != null) {
        listener.progress(tag, header);
      }
    }

    /** The tag of the response's watch; null if the stream has ended, or ends by this response. */
    private @Nullable Long liveTag(WatchResponse response) {
      Long tag;
      synchronized (lock) {
        if (ended) {
          return null;
        }
        tag = tagsById.get(response.getWatchId());
      }
      if (tag == null) {
        breakUp("a response came for watch id " + response.getWatchId() + ", which does not exist");
      }
      return tag;
    }

    private boolean hasEnded() {
      synchronized (lock) {
        return ended;
      }
    }
  }

  private static boolean fragment(WatchResponse response) {
    return MissingFields.varint(response, MissingFields.WATCH_RESPONSE_FRAGMENT) != 0;
  }
}
