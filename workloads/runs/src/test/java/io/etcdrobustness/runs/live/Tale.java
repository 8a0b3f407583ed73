package io.etcdrobustness.runs.live;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What clients and one watch of a small correct etcd record: puts, some without an answer, and
 * reads, in intervals that overlap; in the order of recording.
 */
final class Tale {

  /** Between two effects, nanoseconds. */
  static final long STEP = 10_000_000;

  private static final long WATCH = 1_000_000;
  private static final Failure LOST =
      new Failure(Failure.Kind.DEADLINE, "DEADLINE_EXCEEDED", "lost");

  private final RandomSource random;
  private final List<Entry> entries = new ArrayList<>();
  private final Map<String, KeyValue> store = new TreeMap<>();
  private long revision = 1;
  private long time;
  private long id;

  private Tale(RandomSource random) {
    this.random = random;
  }

  /** So many operations of a run that comes to its end. */
  static List<Entry> of(int operations, long seed) {
    Tale tale = new Tale(new RandomSource(seed));
    tale.entries.add(new Phase(Phase.Name.TRAFFIC, 0));
    tale.entries.add(new Watch.Opened(WATCH, 99, "m1", "k", "l", 0, false, false, false, false, 0));
    tale.entries.add(new Watch.Created(WATCH, header(1), 1));
    for (int i = 0; i < operations; i++) {
      tale.time += STEP;
      tale.operation();
    }
    tale.entries.add(new Phase(Phase.Name.END, tale.time + 100 * STEP));
    return tale.recorded();
  }

  /** A read that tells the value before the last one, though that was acknowledged long before. */
  static Operation stale(List<Entry> entries, long time) {
    KeyValue old = new KeyValue("k0", "v-1", 2, 2, 1, 0);
    return new Operation(
        1_000_000,
        7,
        "m2",
        Request.Range.of("k0", ""),
        time,
        time + 1,
        new Outcome.Ok(new Response.Ranged(header(2), List.of(old), 1, false)));
  }

  private static Header header(long revision) {
    return new Header(1, 7, revision, 3);
  }

  private void operation() {
    String key = "k" + random.nextInt(4);
    long call = time - 1 - random.nextInt((int) (3 * STEP));
    long end = time + 1 + random.nextInt((int) (3 * STEP));
    if (id > 0 && random.chance(0.5)) {
      Optional<KeyValue> there = Optional.ofNullable(store.get(key));
      record(
          Request.Range.of(key, ""),
          call,
          end,
          new Outcome.Ok(
              new Response.Ranged(
                  header(revision), there.stream().toList(), there.isPresent() ? 1 : 0, false)));
      return;
    }
    revision++;
    KeyValue before = store.get(key);
    KeyValue now =
        before == null
            ? new KeyValue(key, "v" + id, revision, revision, 1, 0)
            : new KeyValue(
                key, "v" + id, before.createRevision(), revision, before.version() + 1, 0);
    store.put(key, now);
    record(
        Request.Put.of(key, now.value()),
        call,
        end,
        random.chance(0.1)
            ? new Outcome.Unknown(LOST)
            : new Outcome.Ok(new Response.PutDone(header(revision), Optional.empty())));
    entries.add(
        new Watch.Events(
            WATCH,
            header(revision),
            List.of(new Event(Event.Type.PUT, now, Optional.empty(), before == null)),
            false,
            time + STEP / 2));
  }

  private void record(Request request, long call, long end, Outcome outcome) {
    entries.add(
        new Operation(++id, (int) (id % 5), "m1", request, Math.max(0, call), end, outcome));
  }

  private List<Entry> recorded() {
    List<Entry> sorted = new ArrayList<>(entries);
    sorted.sort(Comparator.comparingLong(Tale::recordedAt));
    return sorted;
  }

  /** When {@code entry} gets into the record. */
  static long recordedAt(Entry entry) {
    return switch (entry) {
      case Operation operation -> operation.end();
      case Watch message -> message.time();
      case Phase phase -> phase.time();
      default -> throw new IllegalArgumentException("no tale tells of " + entry);
    };
  }
}
