package io.etcdrobustness.checker.linearizability;

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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Watches and serializable reads that a right etcd would have answered beside the operations of a
 * history; and small damages to both.
 */
final class WatchGenerator {

  private static final long UNIT = HistoryGenerator.UNIT;

  private record Step(long revision, long time, List<Event> events) {}

  private final RandomSource random;
  private final List<Step> log = new ArrayList<>();
  private final List<Entry> entries = new ArrayList<>();
  private long lastTime;

  private WatchGenerator(RandomSource random) {
    this.random = random;
  }

  /** A small history of requests of all kinds that is watched, and damaged so many times. */
  static History small(int damages, RandomSource random) {
    History history = watched(HistoryGenerator.generate(smallShape(random), random), random);
    for (int i = 0; i < damages; i++) {
      history = random.chance(0.5) ? damaged(history, random) : damagedRequests(history, random);
    }
    return history;
  }

  private static HistoryGenerator.Shape smallShape(RandomSource random) {
    return new HistoryGenerator.Shape(
        3 + random.nextInt(14),
        1 + random.nextInt(4),
        1 + random.nextInt(3),
        random.chance(0.7) ? 0.1 * random.nextInt(5) : 0,
        random.chance(0.3),
        random.chance(0.3),
        true,
        random.chance(0.3));
  }

  private static History damagedRequests(History history, RandomSource random) {
    List<Entry> entries = new ArrayList<>(Mutation.of(history, random).operations());
    entries.addAll(history.watches());
    return History.of(history.facts(), entries);
  }

  /**
   * The operations of {@code history} with watches instead of its log.
   *
   * @param history one that tells all events on one watch
   */
  static History watched(History history, RandomSource random) {
    WatchGenerator generator = new WatchGenerator(random);
    generator.follow(history);
    boolean named = random.chance(0.7);
    for (Operation operation : history.operations()) {
      generator.entries.add(named ? answeredBy(operation, random.nextInt(2)) : operation);
    }
    for (int watch = 0; watch < 3; watch++) {
      generator.watch(watch);
    }
    for (int read = random.nextInt(3); read > 0; read--) {
      generator.read(1000 + read);
    }
    return History.of(history.facts(), generator.entries);
  }

  private static Operation answeredBy(Operation operation, int member) {
    return operation.outcome() instanceof Outcome.Ok(Response response)
        ? operation.withOutcome(
            new Outcome.Ok(
                Mutation.withHeader(response, header(response.header().revision(), member))))
        : operation;
  }

  private static Header header(long revision, int member) {
    return new Header(1, 7 + member, revision, 3);
  }

  private void follow(History history) {
    Map<String, KeyValue> present = new HashMap<>();
    for (Watch message : history.watches()) {
      if (message instanceof Watch.Events delivered) {
        List<Event> events = new ArrayList<>();
        for (Event event : delivered.events()) {
          KeyValue kv = event.kv();
          Optional<KeyValue> before = Optional.ofNullable(present.get(kv.key()));
          events.add(new Event(event.type(), kv, before, event.created()));
          if (event.type() == Event.Type.PUT) {
            present.put(kv.key(), kv);
          } else {
            present.remove(kv.key());
          }
        }
        log.add(new Step(delivered.header().revision(), delivered.time(), events));
      }
    }
    for (Operation operation : history.operations()) {
      lastTime = Math.max(lastTime, operation.end());
    }
  }

  private long revisionAt(long time) {
    long revision = 1;
    for (Step step : log) {
      if (step.time() <= time) {
        revision = step.revision();
      }
    }
    return revision;
  }

  private void watch(int id) {
    String key = random.pick(List.of("\0", "k0", "k1", "k"));
    String end = key.equals("\0") ? "\0" : key.equals("k") ? "k2" : "";
    long opened = UNIT * random.nextLong(1 + lastTime / UNIT);
    long created = opened + UNIT * (1 + random.nextLong(10));
    long confirmed = revisionAt(opened + UNIT * random.nextLong(1 + (created - opened) / UNIT));
    long start =
        random.chance(0.4)
            ? 0
            : random.chance(0.5) ? 1 + random.nextLong(confirmed) : confirmed + random.nextLong(3);
    boolean prevKv = random.chance(0.5);
    boolean noPut = random.chance(0.1);
    boolean noDelete = random.chance(0.1);
    entries.add(
        new Watch.Opened(
            id, random.nextInt(2), "", key, end, start, false, prevKv, noPut, noDelete, opened));
    if (random.chance(0.9)) {
      entries.add(new Watch.Created(id, header(confirmed, random.nextInt(2)), created));
    }
    long next = start > 0 ? start : confirmed + 1;
    long time = created;
    long until = created + UNIT * random.nextLong(2 + (lastTime - opened) / UNIT);
    List<Event> response = new ArrayList<>();
    for (Step step : log) {
      if (step.revision() < next || step.time() > until) {
        continue;
      }
      for (Event event : step.events()) {
        boolean filtered = event.type() == Event.Type.PUT ? noPut : noDelete;
        if (!filtered && ByteStrings.inRange(event.kv().key(), key, end)) {
          response.add(
              prevKv
                  ? event
                  : new Event(event.type(), event.kv(), Optional.empty(), event.created()));
        }
      }
      time = Math.max(time, step.time()) + UNIT * random.nextLong(3);
      if (!response.isEmpty() && random.chance(0.7)) {
        deliver(id, step.revision(), response, time);
      }
      if (response.isEmpty() && random.chance(0.2)) {
        entries.add(new Watch.Progress(id, Header.ofRevision(step.revision()), time));
      }
    }
    if (!response.isEmpty()) {
      deliver(id, response.getLast().revision(), response, time);
    }
    switch (random.nextInt(4)) {
      case 0 -> entries.add(new Watch.Closed(id, time));
      case 1 ->
          entries.add(
              new Watch.Broken(
                  id, new Failure(Failure.Kind.OTHER, "UNAVAILABLE", "gone"), time + UNIT));
      case 2 -> entries.add(new Watch.Canceled(id, Header.ofRevision(1), 0, "", time));
      default -> {}
    }
  }

  private void deliver(int id, long revision, List<Event> response, long time) {
    Header header = Header.ofRevision(revision);
    int cut = random.chance(0.2) ? random.nextInt(response.size()) : 0;
    if (cut > 0) {
      entries.add(new Watch.Events(id, header, response.subList(0, cut), true, time));
    }
    entries.add(new Watch.Events(id, header, response.subList(cut, response.size()), false, time));
    response.clear();
  }

  private void read(long id) {
    long call = UNIT * random.nextLong(1 + lastTime / UNIT);
    long revision = Math.max(1, revisionAt(call) - random.nextLong(3));
    TreeMap<String, KeyValue> present = new TreeMap<>();
    for (Step step : log) {
      if (step.revision() <= revision) {
        for (Event event : step.events()) {
          if (event.type() == Event.Type.PUT) {
            present.put(event.kv().key(), event.kv());
          } else {
            present.remove(event.kv().key());
          }
        }
      }
    }
    List<KeyValue> kvs = List.copyOf(present.values());
    entries.add(
        new Operation(
            id,
            99,
            "",
            new Request.Range(
                "\0",
                "\0",
                0,
                0,
                Request.SortOrder.NONE,
                Request.SortTarget.KEY,
                true,
                false,
                false,
                0,
                0,
                0,
                0),
            call,
            call + UNIT * (1 + random.nextLong(10)),
            new Outcome.Ok(
                new Response.Ranged(Header.ofRevision(revision), kvs, kvs.size(), false))));
  }

  /** {@code history} with one message of a watch damaged. */
  static History damaged(History history, RandomSource random) {
    List<Watch> messages = new ArrayList<>(history.watches());
    if (messages.isEmpty()) {
      return history;
    }
    int at = random.nextInt(messages.size());
    Watch message = messages.get(at);
    switch (random.nextInt(3)) {
      case 0 -> messages.remove(at);
      case 1 -> messages.add(at, message instanceof Watch.Opened ? messages.getLast() : message);
      default -> messages.set(at, damaged(message, random));
    }
    List<Entry> entries = new ArrayList<>(history.operations());
    entries.addAll(messages);
    return History.of(history.facts(), entries);
  }

  private static Watch damaged(Watch message, RandomSource random) {
    return switch (message) {
      case Watch.Events delivered when !delivered.events().isEmpty() -> {
        List<Event> events = new ArrayList<>(delivered.events());
        int at = random.nextInt(events.size());
        switch (random.nextInt(4)) {
          case 0 -> events.remove(at);
          case 1 -> events.add(at, events.get(random.nextInt(events.size())));
          default -> events.set(at, damaged(events.get(at), random));
        }
        yield new Watch.Events(
            delivered.watch(),
            delivered.header(),
            events,
            delivered.fragment() != random.chance(0.1),
            delivered.time());
      }
      case Watch.Progress progress ->
          new Watch.Progress(
              progress.watch(),
              Header.ofRevision(Math.max(1, progress.header().revision() + random.between(-2, 2))),
              progress.time());
      case Watch.Created created ->
          new Watch.Created(
              created.watch(),
              Header.ofRevision(Math.max(1, created.header().revision() + random.between(-2, 2))),
              created.time());
      case Watch other -> other;
    };
  }

  private static Event damaged(Event event, RandomSource random) {
    KeyValue kv = event.kv();
    return switch (random.nextInt(5)) {
      case 0 -> new Event(event.type(), kv, event.previous(), !event.created());
      case 1 -> new Event(event.type(), kv, Optional.empty(), event.created());
      case 2 ->
          new Event(
              event.type(),
              kv,
              event.previous().map(previous -> Mutation.damaged(previous, random)),
              event.created());
      case 3 ->
          new Event(
              event.type() == Event.Type.PUT ? Event.Type.DELETE : Event.Type.PUT,
              kv,
              event.previous(),
              event.created());
      default ->
          new Event(event.type(), Mutation.damaged(kv, random), event.previous(), event.created());
    };
  }
}
