package io.etcdrobustness.checker.log;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.ByteStrings;
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
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A correct etcd in one file: a random log of writes, and what clients and watches of it may see.
 *
 * <p>It exercises what must not be taken for a violation: writes of unknown outcome, leases that
 * expire, foreign writers, stores that are not empty, lagging members, compaction, fragments,
 * premature ends of streams, progress that was meant for other watches.
 */
public final class SimulatedRun {

  private static final int TICK = 10;

  private final RandomSource random;
  private final boolean plain;
  private final boolean strangers;
  private final History.Start start;
  private final List<Entry> entries = new ArrayList<>();
  private final List<TreeMap<String, KeyValue>> states = new ArrayList<>();
  private final List<List<Event>> events = new ArrayList<>();
  private final List<Long> appliedAt = new ArrayList<>();
  private final List<long[]> compactions = new ArrayList<>();
  private final long[] memberRevision = {1, 1, 1};
  private final int keys;
  private long now;
  private long nextId;
  private int nextValue;
  private long compacted;

  /**
   * A run drawn from {@code random}.
   *
   * @param plain every write is acknowledged and made by the history's own clients, and the store
   *     was empty: so every revision can be known
   */
  public SimulatedRun(RandomSource random, boolean plain) {
    this(
        random,
        plain,
        !plain && random.chance(0.2),
        plain || random.chance(0.7)
            ? History.Start.EMPTY
            : random.pick(List.of(History.Start.UNKNOWN, History.Start.READ)));
  }

  private SimulatedRun(RandomSource random, boolean plain, boolean strangers, History.Start start) {
    this.random = random;
    this.plain = plain;
    this.strangers = strangers;
    this.start = start;
    this.keys = 1 + random.nextInt(5);
    for (int revision = 0; revision <= 1; revision++) {
      states.add(new TreeMap<>());
      events.add(List.of());
      appliedAt.add(0L);
    }
  }

  /** A run that goes on where another one ended, and that nobody else writes to. */
  static SimulatedRun goingOn(RandomSource random) {
    return new SimulatedRun(random, random.chance(0.5), false, History.Start.READ);
  }

  /** The history of the run. */
  public History history() {
    if (start != History.Start.EMPTY) {
      for (int i = random.nextInt(8); i >= 0; i--) {
        if (start == History.Start.READ && random.chance(0.5)) {
          // Carried, though not all that came after it is.
          now += TICK;
          write(writes());
        } else {
          apply(writes());
        }
      }
      if (random.chance(0.5)) {
        compacted = random.between(1, current());
        compactions.add(new long[] {-1, compacted});
      }
    }
    if (start == History.Start.READ) {
      readAll();
    }
    int steps = 10 + random.nextInt(40);
    for (int i = 0; i < steps; i++) {
      now += TICK;
      step();
    }
    now += 10 * TICK;
    int watches = 1 + random.nextInt(5);
    for (int i = 0; i < watches; i++) {
      watch(i);
    }
    return History.of(new History.Facts(start, false, strangers, true), entries);
  }

  private long current() {
    return states.size() - 1L;
  }

  private String key() {
    return "k" + random.nextInt(keys);
  }

  private void step() {
    int draw = random.nextInt(100);
    if (draw < 45) {
      write(writes());
    } else if (draw < 60) {
      read(false);
    } else if (draw < 80) {
      read(true);
    } else if (draw < 88) {
      compact();
    } else if (!plain && draw < 92) {
      leased();
    } else if (strangers) {
      apply(writes());
    }
  }

  private List<Request.InTxn> writes() {
    List<Request.InTxn> writes = new ArrayList<>();
    List<String> used = new ArrayList<>();
    int size = random.chance(0.7) ? 1 : 1 + random.nextInt(3);
    for (int i = 0; i < size; i++) {
      String key = key();
      if (used.contains(key)) {
        continue;
      }
      used.add(key);
      if (random.chance(0.7)) {
        writes.add(new Request.Put(key, "v" + ++nextValue, 0, random.chance(0.2), false, false));
      } else {
        writes.add(new Request.DeleteRange(key, "", random.chance(0.2)));
      }
    }
    if (used.size() == 1 && size == 1 && random.chance(0.1)) {
      return List.of(new Request.DeleteRange("k", "l", random.chance(0.5)));
    }
    return writes;
  }

  /** Applies {@code writes} as one transaction and answers each of them. */
  private List<Response.InTxn> apply(List<Request.InTxn> writes) {
    long revision = current() + 1;
    TreeMap<String, KeyValue> state = new TreeMap<>(states.getLast());
    List<Event> made = new ArrayList<>();
    List<Response.InTxn> responses = new ArrayList<>();
    for (Request.InTxn write : writes) {
      switch (write) {
        case Request.Put put -> {
          Optional<KeyValue> before = Optional.ofNullable(state.get(put.key()));
          KeyValue kv =
              new KeyValue(
                  put.key(),
                  put.value(),
                  before.map(KeyValue::createRevision).orElse(revision),
                  revision,
                  before.map(KeyValue::version).orElse(0L) + 1,
                  put.lease());
          state.put(put.key(), kv);
          made.add(new Event(Event.Type.PUT, kv, before, before.isEmpty()));
          responses.add(
              new Response.PutDone(Header.ofRevision(0), put.prevKv() ? before : Optional.empty()));
        }
        case Request.DeleteRange delete -> {
          List<KeyValue> gone = new ArrayList<>();
          for (KeyValue kv : List.copyOf(state.values())) {
            if (ByteStrings.inRange(kv.key(), delete.key(), delete.rangeEnd())) {
              gone.add(kv);
              state.remove(kv.key());
              KeyValue tomb = new KeyValue(kv.key(), "", 0, revision, 0, 0);
              made.add(new Event(Event.Type.DELETE, tomb, Optional.of(kv), false));
            }
          }
          responses.add(
              new Response.Deleted(
                  Header.ofRevision(0), gone.size(), delete.prevKv() ? gone : List.of()));
        }
        case Request.Range ignored -> throw new IllegalArgumentException("not a write");
        case Request.Txn ignored -> throw new IllegalArgumentException("not a write");
      }
    }
    if (!made.isEmpty()) {
      states.add(state);
      events.add(made);
      appliedAt.add(now);
    }
    return responses;
  }

  private Header header(int member, long revision) {
    return new Header(7, 11 + member, revision, 2);
  }

  private int member() {
    return random.nextInt(3);
  }

  /** The member that answers at the newest revision. */
  private Header upToDate() {
    int member = member();
    memberRevision[member] = current();
    return header(member, current());
  }

  private void record(Request request, Outcome outcome) {
    long call = now - random.nextInt(3 * TICK);
    long end = now + 1 + random.nextInt(3 * TICK);
    entries.add(new Operation(++nextId, (int) nextId, "", request, call, end, outcome));
  }

  private static Outcome lost() {
    return new Outcome.Unknown(new Failure(Failure.Kind.DEADLINE, "DEADLINE_EXCEEDED", "late"));
  }

  private static Outcome refused(Failure.Kind kind) {
    return new Outcome.Failed(new Failure(kind, "OUT_OF_RANGE", kind.name()));
  }

  private void write(List<Request.InTxn> writes) {
    Request request =
        writes.size() == 1 && random.chance(0.9)
            ? (Request) writes.getFirst()
            : new Request.Txn(List.of(), writes, List.of());
    if (!plain && random.chance(0.15)) {
      // Some take effect, at once or never.
      if (random.chance(0.6)) {
        apply(writes);
      }
      record(request, lost());
      return;
    }
    List<Response.InTxn> responses = apply(writes);
    Header header = upToDate();
    Response response =
        request instanceof Request.Txn
            ? new Response.TxnDone(header, true, responses)
            : switch (responses.getFirst()) {
              case Response.PutDone done -> new Response.PutDone(header, done.previous());
              case Response.Deleted done ->
                  new Response.Deleted(header, done.deleted(), done.previous());
              case Response.Ranged done -> done;
              case Response.TxnDone done -> done;
            };
    record(request, new Outcome.Ok(response));
  }

  /** A lease with a key on it, which expires without anybody asking for it. */
  private void leased() {
    long lease = 1000 + nextId;
    record(
        new Request.LeaseGrant(lease, 1),
        new Outcome.Ok(new Response.LeaseGranted(upToDate(), lease, 1)));
    Request.Put put = new Request.Put(key(), "v" + ++nextValue, lease, false, false, false);
    apply(List.of(put));
    record(put, new Outcome.Ok(new Response.PutDone(upToDate(), Optional.empty())));
    if (random.chance(0.7)) {
      apply(List.of(Request.DeleteRange.of(put.key())));
    }
  }

  private void compact() {
    long revision = random.between(Math.max(1, compacted - 1), current() + 1);
    Request request = new Request.Compact(revision, false);
    if (revision <= compacted) {
      record(request, refused(Failure.Kind.COMPACTED));
    } else if (revision > current()) {
      record(request, refused(Failure.Kind.FUTURE_REVISION));
    } else if (!plain && random.chance(0.2)) {
      if (random.chance(0.5)) {
        compacted = revision;
        compactions.add(new long[] {now, revision});
      }
      record(request, lost());
    } else {
      compacted = revision;
      compactions.add(new long[] {now, revision});
      record(request, new Outcome.Ok(new Response.Compacted(upToDate())));
    }
  }

  private void readAll() {
    List<KeyValue> all = List.copyOf(states.getLast().values());
    now += 10 * TICK;
    record(
        Request.Range.of("\0", "\0"),
        new Outcome.Ok(new Response.Ranged(upToDate(), all, all.size(), false)));
    // Mostly nobody asks before that has returned.
    now += random.chance(0.8) ? 6 * TICK : 0;
  }

  private void read(boolean past) {
    Request.Range range =
        switch (random.nextInt(4)) {
          case 0 -> Request.Range.of(key(), "");
          case 1 -> Request.Range.of("k1", "k3");
          case 2 -> Request.Range.of("k", "l");
          default -> Request.Range.of("\0", "\0");
        };
    boolean serializable = past && random.chance(0.6);
    int member = member();
    if (!serializable) {
      memberRevision[member] = current();
    } else {
      memberRevision[member] = random.between(memberRevision[member], current());
      range = range.asSerializable();
    }
    long store = memberRevision[member];
    long revision = store;
    if (past && (!serializable || random.chance(0.3))) {
      revision = random.between(1, current() + 1);
      range = range.atRevision(revision);
      if (revision > store) {
        record(range, refused(Failure.Kind.FUTURE_REVISION));
        return;
      }
      if (revision < compacted && !(serializable && compactions.getLast()[0] >= 0)) {
        record(range, refused(Failure.Kind.COMPACTED));
        return;
      }
    }
    if (random.chance(0.2)) {
      range = range.withLimit(1 + random.nextInt(2));
    }
    if (random.chance(0.1)) {
      range = range.withCountOnly();
    }
    Request.Range asked = range;
    Collection<KeyValue> state = states.get((int) revision).values();
    List<KeyValue> all =
        state.stream()
            .filter(kv -> ByteStrings.inRange(kv.key(), asked.key(), asked.rangeEnd()))
            .toList();
    List<KeyValue> shown =
        asked.limit() > 0 && asked.limit() < all.size() ? all.subList(0, (int) asked.limit()) : all;
    record(
        asked,
        new Outcome.Ok(
            new Response.Ranged(
                header(member, store),
                asked.countOnly() ? List.of() : shown,
                all.size(),
                !asked.countOnly() && shown.size() < all.size())));
  }

  private long compactedAt(long time) {
    long highest = 0;
    for (long[] compaction : compactions) {
      highest = compaction[0] < time ? Math.max(highest, compaction[1]) : highest;
    }
    return highest;
  }

  private void watch(long id) {
    String key = random.pick(List.of("\0", "\0", "k", "k1", key()));
    String end =
        switch (key) {
          case "\0" -> "\0";
          case "k" -> "l";
          default -> random.chance(0.5) ? "" : "k3";
        };
    boolean prevKv = random.chance(0.6);
    boolean noPut = random.chance(0.1);
    boolean noDelete = !noPut && random.chance(0.1);
    long time = random.nextLong(now / 2 + 1);
    int member = member();
    long known = revisionAt(time);
    long lagging = Math.max(1, known - random.nextInt(3));
    long start =
        switch (random.nextInt(4)) {
          case 0 -> 0;
          case 1 -> lagging + 1 + random.nextInt(4);
          default -> random.between(1, lagging);
        };
    // Two watches share a client now and then: responses to the whole stream reach both.
    int client = random.chance(0.3) ? 5000 : 5000 + (int) id;
    long openedAt = time;
    entries.add(
        new Watch.Opened(id, client, "", key, end, start, true, prevKv, noPut, noDelete, time));
    time += random.nextInt(TICK);
    entries.add(new Watch.Created(id, header(member, lagging), ++time));
    if (start > 0 && start < compactedAt(time)) {
      time += 1 + random.nextInt(TICK);
      entries.add(
          new Watch.Canceled(id, header(member, lagging), compactedAt(time), "compacted", time));
      return;
    }
    long position = start > 0 ? start - 1 : lagging;
    if (client == 5000 && openedBefore(id, openedAt) && random.chance(0.5)) {
      entries.add(new Watch.Progress(id, header(member, lagging), ++time));
    }
    long last = position + random.nextInt((int) Math.max(1, current() - position + 2));
    last = Math.min(last, current());
    while (position < last) {
      if (position + 1 < compactedAt(time) && random.chance(0.2)) {
        entries.add(
            new Watch.Canceled(
                id, header(member, lagging), compactedAt(time), "compacted", time + 1));
        return;
      }
      long to = Math.min(last, position + 1 + random.nextInt(3));
      time = Math.max(time, appliedAt.get((int) to)) + 1 + random.nextInt(TICK);
      deliver(id, member, key, end, prevKv, noPut, noDelete, position + 1, to, time);
      position = to;
      if (random.chance(0.2)) {
        entries.add(new Watch.Progress(id, header(member, position), ++time));
      }
    }
    if (random.chance(0.5)) {
      entries.add(new Watch.Closed(id, time + 1));
    }
  }

  private boolean openedBefore(long id, long time) {
    // Only a watch that is still open when this one is opened shares the stream with it.
    long other = -1;
    for (Entry entry : entries) {
      if (entry instanceof Watch.Opened opened
          && opened.client() == 5000
          && opened.watch() != id
          && opened.time() < time) {
        other = opened.watch();
      }
    }
    for (Entry entry : entries) {
      if (entry instanceof Watch watch
          && watch.watch() == other
          && (watch instanceof Watch.Canceled || watch instanceof Watch.Closed)) {
        return false;
      }
    }
    return other >= 0;
  }

  private long revisionAt(long time) {
    long revision = 1;
    while (revision < current() && appliedAt.get((int) revision + 1) <= time) {
      revision++;
    }
    return revision;
  }

  private void deliver(
      long id,
      int member,
      String key,
      String end,
      boolean prevKv,
      boolean noPut,
      boolean noDelete,
      long from,
      long to,
      long time) {
    List<Event> batch = new ArrayList<>();
    for (long revision = from; revision <= to; revision++) {
      for (Event event : events.get((int) revision)) {
        boolean wanted = event.type() == Event.Type.PUT ? !noPut : !noDelete;
        if (!wanted || !ByteStrings.inRange(event.kv().key(), key, end)) {
          continue;
        }
        boolean forgotten = compactedAt(time) >= revision && random.chance(0.7);
        Optional<KeyValue> previous = prevKv && !forgotten ? event.previous() : Optional.empty();
        batch.add(new Event(event.type(), event.kv(), previous, event.created()));
      }
    }
    if (batch.isEmpty()) {
      return;
    }
    Header header = header(member, to);
    if (batch.size() > 1 && random.chance(0.2)) {
      int cut = 1 + random.nextInt(batch.size() - 1);
      entries.add(new Watch.Events(id, header, batch.subList(0, cut), true, time));
      entries.add(new Watch.Events(id, header, batch.subList(cut, batch.size()), false, time));
    } else {
      entries.add(new Watch.Events(id, header, batch, false, time));
    }
  }
}
