package io.etcdrobustness.runs.windows;

import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Opening;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.Watch;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Entries as a run records them, each a second after the one before. */
final class Tale {

  static final long SECOND = 1_000_000_000L;

  private long now;
  private long id;

  long now() {
    return now;
  }

  Tale pass(long seconds) {
    now += seconds * SECOND;
    return this;
  }

  Operation ok(Request request, Response response) {
    return operation(request, new Outcome.Ok(response));
  }

  Operation unknown(Request request) {
    return unknown(request, Failure.Kind.DEADLINE);
  }

  Operation unknown(Request request, Failure.Kind kind) {
    return operation(request, new Outcome.Unknown(new Failure(kind, "", "")));
  }

  Operation failed(Request request, Failure.Kind kind) {
    return operation(request, new Outcome.Failed(new Failure(kind, "NOT_FOUND", "")));
  }

  private Operation operation(Request request, Outcome outcome) {
    long call = now;
    now += SECOND;
    return new Operation(++id, 1, "m0", request, call, now, outcome);
  }

  static Header at(long revision) {
    return new Header(7, 8, revision, 2);
  }

  Operation put(String key, long lease, long revision) {
    return ok(
        new Request.Put(key, "v" + revision, lease, false, false, false),
        new Response.PutDone(at(revision), Optional.empty()));
  }

  Operation delete(String key, long revision) {
    return ok(Request.DeleteRange.of(key), new Response.Deleted(at(revision), 1, List.of()));
  }

  Operation grant(long lease, long ttl) {
    return ok(new Request.LeaseGrant(lease, ttl), new Response.LeaseGranted(at(1), lease, ttl));
  }

  Operation keepAlive(long lease, long ttl) {
    return ok(new Request.LeaseKeepAlive(lease), new Response.LeaseKeptAlive(at(1), lease, ttl));
  }

  Operation lock(String name, long lease, String key, long revision) {
    return ok(new Request.Lock(name, lease), new Response.Locked(at(revision), key));
  }

  Operation compact(long revision) {
    return ok(new Request.Compact(revision, false), new Response.Compacted(at(revision)));
  }

  Watch.Opened watch(long watch, long start) {
    return new Watch.Opened(watch, 1, "m0", "k", "", start, true, true, false, false, now);
  }

  Watch.Created created(long watch, long revision) {
    return new Watch.Created(watch, at(revision), now);
  }

  Watch.Events event(long watch, long revision, boolean fragment) {
    return new Watch.Events(
        watch,
        at(revision),
        List.of(new Event(Event.Type.PUT, kv("k", revision, 0), Optional.empty(), false)),
        fragment,
        now);
  }

  static KeyValue kv(String key, long revision, long lease) {
    return new KeyValue(key, "v" + revision, revision, revision, 1, lease);
  }

  /** A clean edge at which the store holds {@code keys}. */
  Edge edge(long revision, KeyValue... keys) {
    Operation read =
        ok(
            Request.Range.of("\0", "\0"),
            new Response.Ranged(at(revision), List.of(keys), keys.length, false));
    return new Edge(Opening.of(read), true);
  }

  /** The same, but what was not answered may still happen. */
  Edge unsettled(long revision, KeyValue... keys) {
    return new Edge(edge(revision, keys).opening(), false);
  }

  /** The requests among {@code entries}, without the read of the edge. */
  static List<Request> requests(Stream<?> entries) {
    return entries
        .filter(entry -> entry instanceof Operation)
        .map(entry -> ((Operation) entry).request())
        .filter(request -> !(request instanceof Request.Range))
        .toList();
  }
}
