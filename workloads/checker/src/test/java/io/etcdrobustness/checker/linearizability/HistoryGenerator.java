package io.etcdrobustness.checker.linearizability;

import io.etcdrobustness.checker.model.EtcdModel;
import io.etcdrobustness.checker.model.LeaseRule;
import io.etcdrobustness.checker.model.Step;
import io.etcdrobustness.checker.model.Store;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Request.SortOrder;
import io.etcdrobustness.history.Request.SortTarget;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Histories of a simulated etcd that is linearizable: clients with requests in flight at the same
 * time, each executed in the model at a moment between call and return, some of whose answers are
 * lost, and of those some never or only later executed.
 */
final class HistoryGenerator {

  /**
   * What to generate.
   *
   * @param unknown the share of writes whose answer is lost
   * @param leases whether leases are used
   * @param repeated whether values may repeat
   * @param watched whether a watch tells all events
   * @param compacted whether the past is compacted now and then
   */
  record Shape(
      int operations,
      int clients,
      int keys,
      double unknown,
      boolean leases,
      boolean repeated,
      boolean watched,
      boolean compacted) {}

  /** Nanoseconds of one unit of simulated time; a second, the unit of leases, has a hundred. */
  static final long UNIT = 10_000_000L;

  private static final long SECOND = 100;

  private static final Failure LOST =
      new Failure(Failure.Kind.DEADLINE, "DEADLINE_EXCEEDED", "context deadline exceeded");

  private final Shape shape;
  private final RandomSource random;
  private final EtcdModel model = new EtcdModel(Store.empty(), LeaseRule.STRICT);
  private final List<Entry> entries = new ArrayList<>();
  private final PriorityQueue<Moment> moments =
      new PriorityQueue<>(Comparator.comparingLong(Moment::time).thenComparingLong(Moment::number));
  private long moment;
  private long values;
  private long nextLease = 100;
  private final List<Long> leases = new ArrayList<>();
  private final Map<Long, Long> ends = new HashMap<>();
  private int started;
  private int most;
  private int idle;

  private HistoryGenerator(Shape shape, RandomSource random) {
    this.shape = shape;
    this.random = random;
  }

  /** A linearizable history. */
  static History generate(Shape shape, RandomSource random) {
    return new HistoryGenerator(shape, random).run();
  }

  /**
   * A linearizable history that goes on where another one ended: with what is carried from there,
   * and a read of the whole store.
   *
   * @param before how many operations that one had
   */
  static History goingOn(Shape shape, int before, RandomSource random) {
    HistoryGenerator generator = new HistoryGenerator(shape, random);
    generator.run(before);
    generator.carry();
    generator.readAll();
    generator.run(shape.operations());
    return generator.history(History.Start.READ);
  }

  private History run() {
    run(shape.operations());
    return history(History.Start.EMPTY);
  }

  private History history(History.Start start) {
    while (!moments.isEmpty()) {
      next();
    }
    return History.of(new History.Facts(start, false, false, !shape.repeated()), entries);
  }

  /** So many operations more; what was not answered may be under way when they are over. */
  private void run(int operations) {
    most = started + operations;
    idle = 0;
    for (int client = 0; client < shape.clients(); client++) {
      int who = client;
      at(now + random.nextLong(100), () -> start(who));
    }
    while (idle < shape.clients()) {
      next();
    }
  }

  private void next() {
    Moment next = moments.remove();
    now = next.time();
    next.what().run();
  }

  /** Leaves of what was recorded what may matter to what comes. */
  private void carry() {
    entries.removeIf(entry ->
        !(entry instanceof Operation operation)
            || !(operation.outcome() instanceof Outcome.Unknown
                || operation.request() instanceof Request.LeaseGrant
                || operation.request() instanceof Request.LeaseKeepAlive
                || operation.request() instanceof Request.LeaseRevoke));
  }

  private void readAll() {
    now++;
    Request all = Request.Range.of("\0", "\0");
    Outcome told = execute(all);
    record(started++, shape.clients(), all, now - 1, now + 1, told);
    now += 2;
  }

  private long now;

  private void at(long time, Runnable what) {
    moments.add(new Moment(time, moment++, what));
  }

  private void start(int client) {
    if (started >= most) {
      idle++;
      return;
    }
    long id = started++;
    Request request = request();
    long call = now;
    boolean lost = writes(request) && random.chance(shape.unknown());
    long executed = call + 1 + random.nextLong(shape.clients() > 8 ? 1000 : 40);
    if (lost) {
      long end = call + 20;
      record(id, client, request, call, end, new Outcome.Unknown(LOST));
      if (random.chance(0.6)) {
        at(random.chance(0.3) ? executed + 200 : executed, () -> execute(request));
      }
      at(end + 1 + random.nextLong(10), () -> start(client));
      return;
    }
    at(
        executed,
        () -> {
          Outcome outcome = execute(request);
          long end = now + 1 + random.nextLong(40);
          record(id, client, request, call, end, outcome);
          at(end + random.nextLong(3), () -> start(client));
        });
  }

  private void record(long id, int client, Request request, long call, long end, Outcome outcome) {
    entries.add(new Operation(id, client, "", request, call * UNIT, end * UNIT, outcome));
  }

  private Outcome execute(Request request) {
    if (request instanceof Request.LeaseKeepAlive(long lease)) {
      long ttl = model.store().leaseLives(lease) ? 1 : 0;
      ends.computeIfPresent(lease, (any, end) -> Math.max(end, now + ttl * SECOND));
      return new Outcome.Ok(
          new Response.LeaseKeptAlive(Header.ofRevision(model.store().revision()), lease, ttl));
    }
    Store store = model.store();
    long before = store.revision();
    int changes = store.changes().size();
    Step step = model.execute(request);
    if (shape.watched() && store.revision() > before) {
      List<Event> events =
          store.changes().subList(changes, store.changes().size()).stream()
              .map(key -> event(key, store))
              .toList();
      entries.add(
          new Watch.Events(1, Header.ofRevision(store.revision()), events, false, now * UNIT));
    }
    return switch (step) {
      case Step.Refused refused ->
          new Outcome.Failed(new Failure(refused.reason(), "FAILED_PRECONDITION", "refused"));
      case Step.Done done -> {
        if (done.response() instanceof Response.LeaseGranted granted) {
          if (granted.ttl() == 1) {
            ends.put(granted.id(), now + SECOND);
            expire(granted.id());
          }
          if (random.chance(0.2)) {
            at(now + 1 + random.nextLong(60), () -> end(granted.id()));
          }
        }
        yield new Outcome.Ok(done.response());
      }
    };
  }

  /** Ends {@code lease} some time after its time is over. */
  private void expire(long lease) {
    long due = ends.getOrDefault(lease, now);
    at(
        due + random.nextLong(20),
        () -> {
          if (ends.getOrDefault(lease, now) > due) {
            expire(lease);
          } else {
            end(lease);
          }
        });
  }

  /** Too early, perhaps: no concern of an order of operations. */
  private void end(long lease) {
    if (model.store().leaseLives(lease)) {
      execute(new Request.LeaseRevoke(lease));
    }
  }

  private static Event event(String key, Store store) {
    return store
        .get(key)
        .map(kv -> new Event(Event.Type.PUT, kv, java.util.Optional.empty(), kv.version() == 1))
        .orElseGet(() ->
            new Event(
                Event.Type.DELETE,
                new KeyValue(key, "", 0, store.revision(), 0, 0),
                java.util.Optional.empty(),
                false));
  }

  private static boolean writes(Request request) {
    return !(request instanceof Request.Range || request instanceof Request.LeaseKeepAlive);
  }

  private Request request() {
    if (shape.compacted() && random.chance(0.15)) {
      return new Request.Compact(
          Math.max(1, model.store().revision() + random.between(-3, 1)), false);
    }
    int die = random.nextInt(shape.leases() ? 24 : 20);
    if (die < 6) {
      return range();
    }
    if (die < 12) {
      return put();
    }
    if (die < 14) {
      return delete();
    }
    if (die < 20) {
      return random.chance(0.5) ? swap() : txn(0);
    }
    if (leases.isEmpty() || (die == 20 && leases.size() < 6)) {
      long lease = nextLease++;
      leases.add(lease);
      return new Request.LeaseGrant(lease, random.chance(0.5) ? 1 : 1000);
    }
    if (die == 23) {
      return random.chance(0.5)
          ? new Request.LeaseKeepAlive(random.pick(leases))
          : new Request.Unlock(key());
    }
    return die == 21
        ? new Request.LeaseRevoke(random.pick(leases))
        : new Request.Put(key(), value(), random.pick(leases), false, false, false);
  }

  private String key() {
    return "k" + random.nextInt(shape.keys());
  }

  private String value() {
    return "v" + (shape.repeated() ? random.nextInt(3) : values++);
  }

  private Request.Range range() {
    Request.Range range =
        random.chance(0.6) ? Request.Range.of(key(), "") : Request.Range.of("k", "l");
    if (random.chance(0.2) && model.store().revision() > 1) {
      range = range.atRevision(1 + random.nextLong(model.store().revision()));
    }
    if (range.rangeEnd().isEmpty()) {
      return range;
    }
    range = random.chance(0.2) ? range.withLimit(1 + random.nextInt(2)) : range;
    range = random.chance(0.1) ? range.withKeysOnly() : range;
    range = random.chance(0.1) ? range.withCountOnly() : range;
    range = random.chance(0.15) ? bounded(range) : range;
    return random.chance(0.2)
        ? range.sorted(
            random.pick(List.of(SortOrder.values())), random.pick(List.of(SortTarget.values())))
        : range;
  }

  private Request.Range bounded(Request.Range range) {
    long bound = 1 + random.nextLong(model.store().revision());
    int which = random.nextInt(4);
    return new Request.Range(
        range.key(),
        range.rangeEnd(),
        range.limit(),
        range.revision(),
        range.sortOrder(),
        range.sortTarget(),
        range.serializable(),
        range.keysOnly(),
        range.countOnly(),
        which == 0 ? bound : 0,
        which == 1 ? bound : 0,
        which == 2 ? bound : 0,
        which == 3 ? bound : 0);
  }

  private Request.Put put() {
    long lease =
        shape.leases() && !leases.isEmpty() && random.chance(0.3) ? random.pick(leases) : 0;
    boolean keep = random.chance(0.05);
    return new Request.Put(
        key(),
        keep ? "" : value(),
        lease,
        random.chance(0.2),
        keep,
        lease == 0 && random.chance(0.05));
  }

  private Request.DeleteRange delete() {
    return random.chance(0.85)
        ? new Request.DeleteRange(key(), "", random.chance(0.2))
        : new Request.DeleteRange("k0", "k2", random.chance(0.2));
  }

  private Request.Txn swap() {
    String key = key();
    long mod = model.store().get(key).map(KeyValue::modRevision).orElse(0L);
    return new Request.Txn(
        List.of(
            Compare.of(
                key,
                Compare.Relation.EQUAL,
                new Compare.ModRevision(random.chance(0.8) ? mod : random.nextInt(4)))),
        List.of(Request.Put.of(key, value())),
        random.chance(0.5) ? List.of(Request.Range.of(key, "")) : List.of());
  }

  private Request.Txn txn(int depth) {
    Compare compare =
        new Compare(
            key(),
            random.chance(0.1) ? "l" : "",
            random.pick(List.of(Compare.Relation.values())),
            switch (random.nextInt(5)) {
              case 0 -> new Compare.Version(random.nextInt(3));
              case 1 -> new Compare.CreateRevision(random.nextInt(4));
              case 2 -> new Compare.Value("v" + random.nextInt(3));
              case 3 -> new Compare.Lease(random.chance(0.5) ? 0 : 100);
              default -> new Compare.ModRevision(random.nextInt(5));
            });
    return new Request.Txn(
        random.chance(0.8) ? List.of(compare) : List.of(), branch(depth), branch(depth));
  }

  private List<Request.InTxn> branch(int depth) {
    List<Request.InTxn> branch = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      branch.add(
          switch (random.nextInt(depth == 0 ? 6 : 5)) {
            case 0, 1 -> put();
            case 2 -> delete();
            case 5 -> txn(1);
            default -> range();
          });
    }
    return branch;
  }

  private record Moment(long time, long number, Runnable what) {}
}
