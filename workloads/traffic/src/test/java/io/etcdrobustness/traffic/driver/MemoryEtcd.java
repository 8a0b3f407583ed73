package io.etcdrobustness.traffic.driver;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.engine.VirtualScheduler;
import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.traffic.WatchListener;
import io.etcdrobustness.traffic.WatchStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** An honest etcd in memory, with leases, locks and watches, that keeps what it was asked. */
final class MemoryEtcd implements Gateway {

  /** What a client sent, and when. */
  record Sent(int client, String member, Request request, long time) {}

  /** What a client asked to watch. */
  record Watched(int client, String member, WatchStream.WatchRequest request, long time) {}

  final List<Sent> sent = new ArrayList<>();
  final List<Operation> operations = new ArrayList<>();
  final List<Watched> watched = new ArrayList<>();
  final MemoryStore store = new MemoryStore();
  final Map<String, Integer> progressRequests = new HashMap<>();
  final List<Stream> open = new ArrayList<>();
  private final VirtualScheduler scheduler;
  private final Duration timeout;
  private final RandomSource random = new RandomSource(99);
  private final Map<String, Deque<Waiter>> locks = new HashMap<>();
  private final Map<Long, Long> leaseEnds = new HashMap<>();

  /** Answers no request and no watch. */
  boolean silent;

  /** Throws when a stream of watches is closed. */
  boolean closingThrows;

  /** Does not even end requests by their timeout. */
  boolean dead;

  MemoryEtcd(VirtualScheduler scheduler, Duration timeout) {
    this.scheduler = scheduler;
    this.timeout = timeout;
  }

  private record Waiter(Request.Lock lock, CompletableFuture<Outcome> outcome) {}

  @Override
  public RequestSink requests(int client, String member) {
    return request -> send(client, member, request);
  }

  private CompletionStage<Operation> send(int client, String member, Request request) {
    long call = scheduler.now();
    sent.add(new Sent(client, member, request, call));
    CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    if (!dead) {
      scheduler.after(timeout, () -> outcome.complete(unknown()));
    }
    if (!silent && !dead) {
      latency(() -> execute(request, outcome));
    }
    CompletableFuture<Operation> operation = new CompletableFuture<>();
    var _ =
        outcome.thenAccept(end ->
            latency(() -> {
              Operation done =
                  new Operation(
                      operations.size(), client, member, request, call, scheduler.now(), end);
              operations.add(done);
              operation.complete(done);
            }));
    return operation;
  }

  private void latency(Runnable then) {
    scheduler.after(Duration.ofNanos(random.between(200_000, 2_000_000)), then);
  }

  private static Outcome unknown() {
    return new Outcome.Unknown(new Failure(Failure.Kind.DEADLINE, "DEADLINE_EXCEEDED", "late"));
  }

  private void execute(Request request, CompletableFuture<Outcome> outcome) {
    expireLeases();
    try {
      if (request instanceof Request.Lock lock) {
        locks
            .computeIfAbsent(lock.name(), name -> new ArrayDeque<>())
            .add(new Waiter(lock, outcome));
      } else {
        Response response = store.execute(request);
        switch (response) {
          case Response.LeaseGranted granted -> renew(granted.id(), granted.ttl());
          case Response.LeaseKeptAlive kept -> renew(kept.id(), kept.ttl());
          case Response other -> {}
        }
        outcome.complete(new Outcome.Ok(response));
      }
    } catch (MemoryStore.Refused refused) {
      outcome.complete(
          new Outcome.Failed(new Failure(refused.kind, "INVALID_ARGUMENT", refused.kind.name())));
    }
    grantLocks();
    open.forEach(Stream::deliver);
  }

  private void renew(long lease, long ttl) {
    leaseEnds.put(lease, scheduler.now() + Duration.ofSeconds(ttl).toNanos());
  }

  private void expireLeases() {
    leaseEnds.entrySet().stream()
        .filter(end -> end.getValue() <= scheduler.now() && store.leaseLives(end.getKey()))
        .map(Map.Entry::getKey)
        .sorted()
        .toList()
        .forEach(store::endLease);
  }

  private void grantLocks() {
    locks.forEach((name, waiters) -> {
      waiters.removeIf(waiter -> waiter.outcome.isDone());
      Waiter first = waiters.peek();
      if (first != null && !store.exists(name + "/held")) {
        waiters.remove();
        try {
          Response done =
              store.execute(
                  new Request.Put(name + "/held", "", first.lock.lease(), false, false, false));
          first.outcome.complete(
              new Outcome.Ok(new Response.Locked(done.header(), name + "/held")));
        } catch (MemoryStore.Refused refused) {
          first.outcome.complete(
              new Outcome.Failed(new Failure(refused.kind, "NOT_FOUND", "lease")));
        }
      }
    });
  }

  @Override
  public WatchSink watches(int client, String member) {
    return listener -> {
      Stream stream = new Stream(client, member, listener);
      open.add(stream);
      return stream;
    };
  }

  /** Breaks every stream of {@code client}. */
  void breakStreams(int client) {
    open.stream()
        .filter(stream -> stream.client == client)
        .toList()
        .forEach(stream -> {
          open.remove(stream);
          stream.listener.broken(new Failure(Failure.Kind.OTHER, "UNAVAILABLE", "gone"));
        });
  }

  /** One stream of watches. */
  final class Stream implements WatchSink.Watches {

    private final int client;
    private final String member;
    private final WatchListener listener;
    private final Map<Long, WatchStream.WatchRequest> requests = new LinkedHashMap<>();
    private final Map<Long, Long> next = new HashMap<>();

    Stream(int client, String member, WatchListener listener) {
      this.client = client;
      this.member = member;
      this.listener = listener;
    }

    @Override
    public long watch(WatchStream.WatchRequest request) {
      long tag = watched.size();
      watched.add(new Watched(client, member, request, scheduler.now()));
      latency(() -> {
        if (silent || !open.contains(this)) {
          return;
        }
        Header header = Header.ofRevision(store.revision());
        if (request.startRevision() != 0 && request.startRevision() < store.compacted()) {
          listener.canceled(tag, header, store.compacted(), "compacted");
          return;
        }
        requests.put(tag, request);
        next.put(
            tag, request.startRevision() == 0 ? store.revision() + 1 : request.startRevision());
        listener.created(tag, header);
        deliver();
      });
      return tag;
    }

    /** Tells each watch what it has not been told. */
    void deliver() {
      if (silent) {
        return;
      }
      requests.forEach((tag, request) -> {
        List<Event> fresh =
            store
                .eventsFrom(next.getOrDefault(tag, 1L))
                .filter(e -> ByteStrings.inRange(e.kv().key(), request.key(), request.rangeEnd()))
                .toList();
        next.merge(tag, store.revision() + 1, Math::max);
        if (!fresh.isEmpty()) {
          Header header = Header.ofRevision(store.revision());
          scheduler.after(
              Duration.ofMillis(1),
              () -> {
                if (open.contains(this)) {
                  listener.events(tag, header, fresh, false);
                }
              });
        }
      });
    }

    @Override
    public void requestProgress() {
      progressRequests.merge(member, 1, Integer::sum);
      if (!silent) {
        Header header = Header.ofRevision(store.revision());
        scheduler.after(
            Duration.ofMillis(2),
            () -> {
              if (open.contains(this)) {
                listener.progressOfAll(header);
              }
            });
      }
    }

    @Override
    public void close() {
      if (closingThrows) {
        throw new IllegalStateException("cannot be closed");
      }
      open.remove(this);
    }
  }
}
