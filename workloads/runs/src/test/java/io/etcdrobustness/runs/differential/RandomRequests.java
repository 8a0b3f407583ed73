package io.etcdrobustness.runs.differential;

import io.etcdrobustness.checker.model.Store;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.engine.WeightedChoice;
import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Request.SortOrder;
import io.etcdrobustness.history.Request.SortTarget;
import io.etcdrobustness.history.Response;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Draws requests of every kind that the model knows, with every option, valid and not. Time plays
 * no part: leases last for hours.
 */
final class RandomRequests {

  private enum Kind {
    RANGE,
    PUT,
    DELETE,
    TXN,
    COMPACT,
    GRANT,
    REVOKE,
    KEEP_ALIVE,
    TIME_TO_LIVE,
    UNLOCK
  }

  private static final WeightedChoice<Kind> KINDS =
      WeightedChoice.<Kind>of()
          .with(30, Kind.RANGE)
          .with(26, Kind.PUT)
          .with(6, Kind.DELETE)
          .with(24, Kind.TXN)
          .with(3, Kind.COMPACT)
          .with(4, Kind.GRANT)
          .with(2, Kind.REVOKE)
          .with(2, Kind.KEEP_ALIVE)
          .with(3, Kind.TIME_TO_LIVE)
          .with(1, Kind.UNLOCK);

  private enum Inner {
    RANGE,
    PUT,
    DELETE,
    TXN
  }

  private static final WeightedChoice<Inner> IN_TXN =
      WeightedChoice.<Inner>of()
          .with(38, Inner.RANGE)
          .with(38, Inner.PUT)
          .with(12, Inner.DELETE)
          .with(12, Inner.TXN);

  private static final int DEEPEST = 3;
  private static final int MOST_CHOSEN = 4;

  /** {@code MaxLeaseTTL} of {@code server/lease/lessor.go}. */
  private static final long LONGEST_TTL = 9_000_000_000L;

  private final RandomSource random;
  private final Store store;
  private final List<Long> chosen = new ArrayList<>();
  private final Vocabulary words;

  /**
   * A stream of requests.
   *
   * @param store what the requests so far have led to
   */
  RandomRequests(RandomSource random, Store store) {
    this.random = random;
    this.store = store;
    this.words = new Vocabulary(random, store, chosen);
  }

  /** Takes note of an answer: of the lease that etcd has chosen. */
  void answered(Request request, Response response) {
    if (request instanceof Request.LeaseGrant(long id, long _)
        && id == 0
        && response instanceof Response.LeaseGranted granted) {
      chosen.add(granted.id());
      if (chosen.size() > MOST_CHOSEN) {
        chosen.removeFirst();
      }
    }
  }

  /** The next request. */
  Request next() {
    Request request = any();
    while (Fatal.maybe(request)) {
      request = any();
    }
    return request;
  }

  private Request any() {
    return switch (KINDS.draw(random)) {
      case RANGE -> range();
      case PUT -> put(words.key());
      case DELETE -> delete();
      case TXN -> txn(1);
      case COMPACT -> new Request.Compact(compaction(), random.chance(0.2));
      case GRANT -> new Request.LeaseGrant(words.lease(), ttl());
      case REVOKE -> new Request.LeaseRevoke(words.lease());
      case KEEP_ALIVE -> new Request.LeaseKeepAlive(words.lease());
      case TIME_TO_LIVE -> new Request.LeaseTimeToLive(words.lease(), random.chance(0.7));
      case UNLOCK -> new Request.Unlock(words.key());
    };
  }

  private long compaction() {
    return switch (random.nextInt(10)) {
      case 0 -> store.revision();
      case 1 -> store.compacted();
      case 2 -> store.compacted() - 1;
      case 3 -> random.between(-2, 1);
      case 4 -> store.revision() + random.between(1, 3);
      default -> words.past();
    };
  }

  private long ttl() {
    return switch (random.nextInt(20)) {
      case 0 -> LONGEST_TTL;
      case 1 -> LONGEST_TTL + random.between(1, 1000);
      default -> random.between(10_000, 1_000_000);
    };
  }

  private Request.Range range() {
    String key = words.key();
    return new Request.Range(
        key,
        words.end(key),
        random.chance(0.5) ? 0 : random.between(-1, 6),
        words.revision(),
        random.chance(0.4) ? SortOrder.NONE : random.pick(List.of(SortOrder.values())),
        random.chance(0.3) ? SortTarget.KEY : random.pick(List.of(SortTarget.values())),
        random.chance(0.2),
        random.chance(0.2),
        random.chance(0.1),
        bound(),
        bound(),
        bound(),
        bound());
  }

  private long bound() {
    return random.chance(0.9) ? 0 : store.revision() - random.between(-2, 40);
  }

  private Request.Put put(String key) {
    boolean ignoreValue = random.chance(0.1);
    boolean ignoreLease = random.chance(0.1);
    boolean wrong = random.chance(0.05);
    return new Request.Put(
        key,
        ignoreValue && !wrong ? "" : words.value(),
        (ignoreLease && !wrong) || random.chance(0.7) ? 0 : words.lease(),
        random.chance(0.4),
        ignoreValue,
        ignoreLease);
  }

  private Request.DeleteRange delete() {
    String key = words.key();
    return new Request.DeleteRange(key, words.narrowEnd(key), random.chance(0.5));
  }

  private Request.Txn txn(int depth) {
    List<Compare> compares = new ArrayList<>();
    while (compares.size() < 3 && random.chance(0.5)) {
      compares.add(compare());
    }
    return new Request.Txn(compares, branch(depth), branch(depth));
  }

  private List<Request.InTxn> branch(int depth) {
    Set<String> put = new HashSet<>();
    List<Request.InTxn> branch = new ArrayList<>();
    boolean readOnly = random.chance(0.1);
    while (branch.size() < 5 && random.chance(0.65)) {
      branch.add(
          switch (readOnly ? Inner.RANGE : IN_TXN.draw(random)) {
            case RANGE -> range();
            case PUT -> put(fresh(put));
            case DELETE -> delete();
            case TXN -> depth < DEEPEST ? txn(depth + 1) : range();
          });
    }
    return branch;
  }

  /** A key that this branch does not put yet, mostly: twice is refused. */
  private String fresh(Set<String> put) {
    String key = words.key();
    while (!put.add(key) && random.chance(0.98)) {
      key = words.key();
    }
    return key;
  }

  private Compare compare() {
    String key = words.key();
    Optional<KeyValue> known = store.get(key);
    return new Compare(
        key,
        random.chance(0.75) ? "" : words.end(key),
        random.pick(List.of(Compare.Relation.values())),
        switch (random.nextInt(5)) {
          case 0 -> new Compare.Version(words.near(known.map(KeyValue::version).orElse(0L)));
          case 1 ->
              new Compare.CreateRevision(
                  words.near(known.map(KeyValue::createRevision).orElse(0L)));
          case 2 ->
              new Compare.ModRevision(words.near(known.map(KeyValue::modRevision).orElse(0L)));
          case 3 -> new Compare.Lease(words.near(known.map(KeyValue::lease).orElse(0L)));
          default -> new Compare.Value(words.value());
        });
  }
}
