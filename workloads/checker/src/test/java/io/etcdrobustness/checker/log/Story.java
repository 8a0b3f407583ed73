package io.etcdrobustness.checker.log;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A history told by hand: what is told first happened first, and nothing overlaps.
 *
 * <p>Each sentence takes ten nanoseconds; operations have the ids 1, 2, 3 … in the order of
 * telling.
 */
public final class Story {

  private final List<Entry> entries = new ArrayList<>();
  private History.Facts facts = History.Facts.OWN_CLUSTER;
  private long now;
  private long operations;
  private int client = 100;

  /** The story so far, as a history. */
  public History history() {
    return History.of(facts, entries);
  }

  /** The names of the properties that it violates. */
  public List<String> violates() {
    return LogProperties.violatedBy(history());
  }

  /** What is known of the cluster. */
  public Story facts(boolean emptyAtStart, boolean autoCompaction, boolean otherWriters) {
    facts =
        new History.Facts(
            emptyAtStart ? History.Start.EMPTY : History.Start.UNKNOWN,
            autoCompaction,
            otherWriters,
            true);
    return this;
  }

  /** The story goes on where another one ended. */
  public Story goesOn() {
    facts = new History.Facts(History.Start.READ, false, false, true);
    return this;
  }

  /** Something else that happened. */
  public Story entry(Entry entry) {
    entries.add(entry);
    return this;
  }

  /** Time passes. */
  public Story pass(long nanos) {
    now += nanos;
    return this;
  }

  /** When the next sentence begins. */
  public long now() {
    return now;
  }

  /** Any operation. */
  public Story operation(Request request, Outcome outcome) {
    entries.add(new Operation(++operations, (int) operations, "", request, now, now + 5, outcome));
    now += 10;
    return this;
  }

  /** An answered operation. */
  public Story ok(Request request, Response response) {
    return operation(request, new Outcome.Ok(response));
  }

  /** A put that was acknowledged with {@code revision}. */
  public Story put(String key, String value, long revision) {
    return ok(Request.Put.of(key, value), new Response.PutDone(header(revision), Optional.empty()));
  }

  /** A delete of one key that hit and was acknowledged with {@code revision}. */
  public Story delete(String key, long revision) {
    return ok(Request.DeleteRange.of(key), new Response.Deleted(header(revision), 1, List.of()));
  }

  /** A txn that put {@code value} to each of {@code keys}, acknowledged with {@code revision}. */
  public Story putAll(long revision, String value, String... keys) {
    List<Request.InTxn> puts = new ArrayList<>();
    List<Response.InTxn> done = new ArrayList<>();
    for (String key : keys) {
      puts.add(Request.Put.of(key, value));
      done.add(new Response.PutDone(Header.ofRevision(0), Optional.empty()));
    }
    return ok(
        new Request.Txn(List.of(), puts, List.of()),
        new Response.TxnDone(header(revision), true, done));
  }

  /** A compaction that was acknowledged. */
  public Story compact(long revision) {
    return ok(new Request.Compact(revision, false), new Response.Compacted(header(0)));
  }

  /** An operation that was never answered. */
  public Story unknown(Request request) {
    return operation(
        request,
        new Outcome.Unknown(new Failure(Failure.Kind.DEADLINE, "DEADLINE_EXCEEDED", "late")));
  }

  /** An operation that was refused. */
  public Story refused(Request request, Failure.Kind kind) {
    return operation(
        request, new Outcome.Failed(new Failure(kind, "OUT_OF_RANGE", kind.toString())));
  }

  /** A range, answered at header revision {@code revision} with {@code kvs}. */
  public Story read(Request.Range range, long revision, KeyValue... kvs) {
    return ok(range, new Response.Ranged(header(revision), Arrays.asList(kvs), kvs.length, false));
  }

  /** The header of an answer of the one member there is. */
  public static Header header(long revision) {
    return new Header(7, 11, revision, 2);
  }

  /** A key as answered. */
  public static KeyValue kv(String key, String value, long created, long modified, long version) {
    return new KeyValue(key, value, created, modified, version, 0);
  }

  /** The event of a put that created its key. */
  public static Event created(String key, String value, long revision) {
    return new Event(Event.Type.PUT, kv(key, value, revision, revision, 1), Optional.empty(), true);
  }

  /** The event of a put of a key that existed. */
  public static Event modified(
      String key, String value, long created, long revision, long version) {
    return new Event(
        Event.Type.PUT, kv(key, value, created, revision, version), Optional.empty(), false);
  }

  /** The event of a delete. */
  public static Event deleted(String key, long revision) {
    return new Event(Event.Type.DELETE, kv(key, "", 0, revision, 0), Optional.empty(), false);
  }

  /** {@code event} with the key as it was before. */
  public static Event after(KeyValue previous, Event event) {
    return new Event(event.type(), event.kv(), Optional.of(previous), event.created());
  }

  /** A watch of all keys. */
  public Watching watch(long id, long start) {
    return watch(id, "\0", "\0", start);
  }

  /** A watch of a range that asks for previous keys, by a client of its own. */
  public Watching watch(long id, String key, String end, long start) {
    return watch(
        new Watch.Opened(id, ++client, "", key, end, start, true, true, false, false, now));
  }

  /** Any watch. */
  public Watching watch(Watch.Opened opened) {
    entries.add(opened);
    now += 10;
    return new Watching(opened.watch());
  }

  /** What comes on one watch. */
  public final class Watching {
    private final long id;

    private Watching(long id) {
      this.id = id;
    }

    private Watching add(Watch message) {
      entries.add(message);
      now += 10;
      return this;
    }

    /** The server confirmed it at {@code revision}. */
    public Watching confirmed(long revision) {
      return add(new Watch.Created(id, header(revision), now));
    }

    /** One response. */
    public Watching events(Event... events) {
      return add(new Watch.Events(id, header(0), List.of(events), false, now));
    }

    /** A response of which more follows. */
    public Watching fragment(Event... events) {
      return add(new Watch.Events(id, header(0), List.of(events), true, now));
    }

    /** A progress response. */
    public Watching progress(long revision) {
      return add(new Watch.Progress(id, header(revision), now));
    }

    /** The server cancelled it for compaction. */
    public Watching compacted(long revision) {
      return add(new Watch.Canceled(id, header(0), revision, "compacted", now));
    }

    /** The story goes on elsewhere. */
    public Story and() {
      return Story.this;
    }

    /** The names of the properties that the story violates. */
    public List<String> violates() {
      return Story.this.violates();
    }
  }
}
