package io.etcdrobustness.checker.linearizability;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.InOnePass;
import io.etcdrobustness.checker.model.EtcdModel;
import io.etcdrobustness.checker.model.LeaseRule;
import io.etcdrobustness.checker.model.Step;
import io.etcdrobustness.checker.model.Store;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What an API server asks, of which no watch tells anything: keys that go when their lease ends,
 * which no request does, pages of what was there before, and writes whose conditions tell what they
 * followed.
 */
class BlindLeasesTest {

  private static final int OPERATIONS = 12_000;
  private static final int PODS = 20;
  private static final long BETWEEN_CALLS = 5_000_000;
  private static final long SECOND = 1_000_000_000;
  private static final long PAGE = 10;

  private static final Request ALL_EVENTS = Request.Range.of("events/", "events0");

  private static final Failure LOST =
      new Failure(Failure.Kind.DEADLINE, "DEADLINE_EXCEEDED", "context deadline exceeded");

  private final Linearizable property = new Linearizable();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void leasesThatEndUnseenNeedNoSearch(long seed) {
    ApiServer traffic = new ApiServer(new RandomSource(seed));

    assertThat(traffic.expired).as("seed %d", seed).isGreaterThan(150);
    assertThat(traffic.lost).as("seed %d", seed).isGreaterThan(50);
    assertThat(InOnePass.of(property, traffic.history()).map(Finding::status))
        .as("seed %d", seed)
        .contains(Finding.Status.HOLDS);
  }

  /** What a read told that was gone by then, as another read had told before, no order explains. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void aKeyThatIsBackAfterItsLeaseHasEndedIsNotProved(long seed) {
    ApiServer traffic = new ApiServer(new RandomSource(seed));
    List<Operation> operations = new ArrayList<>(traffic.operations);
    Map<String, KeyValue> gone = new TreeMap<>();
    Map<String, KeyValue> there = new TreeMap<>();
    int back = -1;
    for (int i = 0; i < operations.size() && back < 0; i++) {
      if (operations.get(i).request().equals(ALL_EVENTS)
          && operations.get(i).outcome()
              instanceof
              Outcome.Ok(Response.Ranged(var header, var kvs, long count, boolean more))) {
        if (i > OPERATIONS / 2 && !gone.isEmpty()) {
          back = i;
          Map<String, KeyValue> wrong = new TreeMap<>();
          kvs.forEach(kv -> wrong.put(kv.key(), kv));
          wrong.putAll(gone);
          operations.set(
              i,
              operations
                  .get(i)
                  .withOutcome(
                      new Outcome.Ok(
                          new Response.Ranged(
                              header, List.copyOf(wrong.values()), wrong.size(), false))));
        }
        gone.putAll(there);
        kvs.forEach(kv -> gone.remove(kv.key()));
        kvs.forEach(kv -> there.put(kv.key(), kv));
      }
    }

    assertThat(back).as("seed %d", seed).isPositive();
    assertThat(InOnePass.of(property, History.of(History.Facts.OWN_CLUSTER, operations)))
        .as("seed %d, operation %d", seed, back)
        .isEmpty();
  }

  /** One request after the other, of several clients, five milliseconds apart. */
  private static final class ApiServer {

    private final EtcdModel model = new EtcdModel(Store.forward(1 << 12), LeaseRule.STRICT);
    private final RandomSource random;
    private final List<Operation> operations = new ArrayList<>();
    private final PriorityQueue<End> ends = new PriorityQueue<>();
    private final Map<String, Long> pods = new HashMap<>();
    private int expired;
    private int lost;
    private Optional<Request.Range> next = Optional.empty();

    private record End(long at, long lease) implements Comparable<End> {
      @Override
      public int compareTo(End other) {
        return Comparator.comparingLong(End::at).thenComparingLong(End::lease).compare(this, other);
      }
    }

    ApiServer(RandomSource random) {
      this.random = random;
      while (operations.size() < OPERATIONS) {
        switch (random.nextInt(8)) {
          case 0 -> event();
          case 1 -> ask(ALL_EVENTS);
          case 2 -> page();
          default -> pod("pods/" + random.nextInt(PODS));
        }
      }
    }

    History history() {
      return History.of(History.Facts.OWN_CLUSTER, operations);
    }

    private long now() {
      return operations.size() * BETWEEN_CALLS;
    }

    private void event() {
      long lease = operations.size() + 1L;
      long ttl = 2 + random.nextInt(4);
      ask(new Request.LeaseGrant(lease, ttl));
      ends.add(new End(now() + ttl * SECOND + random.nextInt((int) SECOND), lease));
      for (int i = random.nextInt(3); i >= 0; i--) {
        String key = "events/%d-%d".formatted(lease, i);
        ask(
            new Request.Txn(
                List.of(modified(key, 0)),
                List.of(new Request.Put(key, "e" + lease, lease, false, false, false)),
                List.of(Request.Range.of(key, ""))));
      }
    }

    /** The first keys, then those behind them as they were then. */
    private void page() {
      Request.Range range = next.orElse(page("events/", 0));
      if (ask(range).orElse(null) instanceof Response.Ranged ranged && ranged.more()) {
        long at = range.revision() == 0 ? ranged.header().revision() : range.revision();
        next = Optional.of(page(ranged.kvs().getLast().key() + "\0", at));
      } else {
        next = Optional.empty();
      }
    }

    private static Request.Range page(String from, long revision) {
      return Request.Range.of(from, "events0").withLimit(PAGE).atRevision(revision);
    }

    private void pod(String key) {
      long known = pods.getOrDefault(key, 0L);
      Request.InTxn write =
          known > 0 && random.chance(0.15)
              ? Request.DeleteRange.of(key)
              : Request.Put.of(key, "p" + operations.size());
      Request txn =
          new Request.Txn(
              List.of(modified(key, known)), List.of(write), List.of(Request.Range.of(key, "")));
      switch (ask(txn).orElse(null)) {
        case Response.TxnDone done when done.succeeded() ->
            pods.put(key, write instanceof Request.Put ? done.header().revision() : 0);
        case Response.TxnDone done -> learn(key, (Response.Ranged) done.responses().getFirst());
        case null, default ->
            ask(Request.Range.of(key, "")).ifPresent(read -> learn(key, (Response.Ranged) read));
      }
    }

    private void learn(String key, Response.Ranged read) {
      pods.put(key, read.kvs().isEmpty() ? 0 : read.kvs().getFirst().modRevision());
    }

    private static Compare modified(String key, long revision) {
      return Compare.of(key, Compare.Relation.EQUAL, new Compare.ModRevision(revision));
    }

    /** What is answered, if anything is; half of what is not answered never takes effect. */
    private Optional<Response> ask(Request request) {
      while (!ends.isEmpty() && ends.peek().at() <= now()) {
        expired +=
            model.execute(new Request.LeaseRevoke(ends.remove().lease()))
                        instanceof Step.Done(Response any, boolean effective)
                    && effective
                ? 1
                : 0;
      }
      boolean answered = !(request instanceof Request.Txn) || !random.chance(0.02);
      Optional<Response> response = Optional.empty();
      if (answered || random.chance(0.5)) {
        if (model.execute(request) instanceof Step.Done(Response done, boolean any) && answered) {
          response = Optional.of(done);
        }
      }
      lost += answered ? 0 : 1;
      long call = now();
      operations.add(
          new Operation(
              operations.size(),
              operations.size() % 8,
              "",
              request,
              call,
              call + BETWEEN_CALLS / 2,
              response.<Outcome>map(Outcome.Ok::new).orElse(new Outcome.Unknown(LOST))));
      return response;
    }
  }
}
