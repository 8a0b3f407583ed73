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
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Histories of nothing but plain operations, which are in order, with or without their log. */
final class PlainHistoryGenerator {

  private static final Failure LOST =
      new Failure(Failure.Kind.DEADLINE, "DEADLINE_EXCEEDED", "context deadline exceeded");

  private final RandomSource random;
  private final int keys;
  private final double unknown;
  private final boolean longValues;
  private final boolean repeated;
  private final EtcdModel model = new EtcdModel(Store.empty(), LeaseRule.STRICT);
  private final List<Entry> entries = new ArrayList<>();
  private final List<Watch> log = new ArrayList<>();
  private long values;

  /** When an operation is called, takes effect, and is answered; never: no answer. */
  private record Moments(long id, int client, long call, long effect, long end) {}

  private PlainHistoryGenerator(RandomSource random) {
    this.random = random;
    keys = 1 + random.nextInt(4);
    unknown = random.chance(0.7) ? 0.1 * random.nextInt(5) : 0;
    longValues = random.chance(0.3);
    repeated = random.chance(0.3);
  }

  /** A history of up to {@code most} operations. */
  static History generate(RandomSource random, int most) {
    return new PlainHistoryGenerator(random).run(1 + random.nextInt(most));
  }

  private History run(int operations) {
    boolean watched = random.chance(0.7);
    int clients = 1 + random.nextInt(5);
    long[] free = new long[clients];
    List<Moments> all = new ArrayList<>();
    for (int id = 0; id < operations; id++) {
      int client = random.nextInt(clients);
      long call = free[client] + random.nextInt(4);
      long effect = call + 1 + random.nextInt(40);
      long end = effect + 1 + random.nextInt(40);
      free[client] = end + random.nextInt(3);
      all.add(new Moments(id, client, call, effect, end));
    }
    all.sort(Comparator.comparingLong(Moments::effect));
    log.add(new Watch.Opened(0, 0, "", "\0", "\0", 1, false, false, false, false, 0));
    for (Moments moments : all) {
      execute(moments);
    }
    log.add(new Watch.Closed(0, 0));
    if (watched) {
      entries.addAll(log);
    }
    return History.of(new History.Facts(History.Start.EMPTY, false, false, false), entries);
  }

  private void execute(Moments moments) {
    Request request = request();
    boolean lost = random.chance(unknown);
    Outcome outcome = new Outcome.Unknown(LOST);
    if (!lost || random.chance(0.6)) {
      long before = model.store().revision();
      Step.Done done = (Step.Done) model.execute(request);
      if (done.effective()) {
        deliver(before + 1);
      }
      outcome = lost ? outcome : new Outcome.Ok(done.response());
    }
    entries.add(
        new Operation(moments.id, moments.client, "", request, moments.call, moments.end, outcome));
  }

  private void deliver(long revision) {
    List<Event> events = new ArrayList<>();
    for (int key = 0; key < keys; key++) {
      String name = name(key);
      Optional<KeyValue> now = model.store().get(name);
      Optional<KeyValue> before = model.store().get(name, revision - 1);
      if (!now.equals(before)) {
        events.add(
            new Event(
                now.isPresent() ? Event.Type.PUT : Event.Type.DELETE,
                new KeyValue(name, now.map(KeyValue::value).orElse(""), -1, revision, -1, -1),
                Optional.empty(),
                now.map(kv -> kv.version() == 1).orElse(false)));
      }
    }
    log.add(new Watch.Events(0, Header.ofRevision(revision), events, false, 0));
  }

  private Request request() {
    return switch (random.nextInt(10)) {
      case 0, 1, 2 -> put(random.nextInt(keys));
      case 3, 4 -> Request.Range.of(name(random.nextInt(keys)), "");
      case 5 -> Request.DeleteRange.of(name(random.nextInt(keys)));
      case 6 -> range();
      default -> txn();
    };
  }

  private Request.Range range() {
    Request.Range range =
        Request.Range.of(name(random.nextInt(keys)), random.chance(0.3) ? "\0" : "key9");
    return random.chance(0.5) ? range.withLimit(random.nextInt(4)) : range;
  }

  private Request.Put put(int key) {
    String value = repeated ? "v" + random.nextInt(3) : "" + values++;
    return Request.Put.of(name(key), longValues ? "a value that is long: " + value : value);
  }

  private Request.Txn txn() {
    List<Compare> compares = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      String key = name(random.nextInt(keys));
      long mod =
          random.chance(0.7)
              ? model.store().get(key).map(KeyValue::modRevision).orElse(0L)
              : random.nextInt((int) model.store().revision() + 1);
      compares.add(Compare.of(key, Compare.Relation.EQUAL, new Compare.ModRevision(mod)));
    }
    List<Request.InTxn> then = branch();
    List<Request.InTxn> otherwise = branch();
    return then.isEmpty() && otherwise.isEmpty()
        ? new Request.Txn(compares, List.of(put(0)), List.of())
        : new Request.Txn(compares, then, otherwise);
  }

  private List<Request.InTxn> branch() {
    List<Request.InTxn> branch = new ArrayList<>();
    for (int key = 0; key < keys; key++) {
      switch (random.nextInt(6)) {
        case 0 -> branch.add(put(key));
        case 1 -> branch.add(Request.DeleteRange.of(name(key)));
        case 2 -> {
          branch.add(Request.Range.of(name(key), ""));
          branch.add(put(key));
          branch.add(Request.Range.of(name(key), ""));
        }
        case 3 -> branch.add(range());
        default -> {}
      }
    }
    return branch;
  }

  private static String name(int key) {
    return key == 3 ? "key-of-many-letters" : "key" + key;
  }
}
