package io.etcdrobustness.runs.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.model.EtcdModel;
import io.etcdrobustness.checker.model.LeaseRule;
import io.etcdrobustness.checker.model.Store;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.spec.Release;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The model and real releases get the same random requests, and must give the same answers.
 *
 * <p>{@code -Dmodel.requests=100000} sends more, {@code -Dmodel.seed=7} others.
 */
@Tag("etcd")
class ModelAgainstEtcdTest {

  private static final int ENOUGH = 3_000;
  private static final int REQUESTS = Integer.getInteger("model.requests", ENOUGH);
  private static final long SEED = Long.getLong("model.seed", 1);

  /** In these an answer may be wrong without being refused by the judge that compares answers. */
  private static final Set<String> UNCHECKED =
      Set.of(
          "header: cluster id",
          "header: member id",
          "header: raft term",
          "header in a txn",
          "lease grant: id that etcd chooses",
          "lease grant: ttl",
          "keys-only range: lease left out",
          "keys-only range by value: order");

  /** What must have been met, or the requests were not worth their name. */
  private static final Set<String> MET =
      Set.of(
          "Compact COMPACTED",
          "Compact FUTURE_REVISION",
          "Compact without effect",
          "DeleteRange with effect",
          "DeleteRange without effect",
          "LeaseGrant LEASE_EXISTS",
          "LeaseGrant without effect",
          "LeaseKeepAlive of a lease",
          "LeaseKeepAlive of no lease",
          "LeaseRevoke LEASE_NOT_FOUND",
          "LeaseRevoke with effect",
          "LeaseTimeToLive of a lease",
          "LeaseTimeToLive of no lease",
          "Put KEY_NOT_FOUND",
          "Put LEASE_NOT_FOUND",
          "Put with effect",
          "Range COMPACTED",
          "Range FUTURE_REVISION",
          "Range without effect",
          "Txn COMPACTED",
          "Txn FUTURE_REVISION",
          "Txn INVALID_ARGUMENT",
          "Txn KEY_NOT_FOUND",
          "Txn LEASE_NOT_FOUND",
          "Txn with effect",
          "Txn without effect",
          "Unlock with effect");

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"v3.7.3", "v3.6.16", "v3.5.33"})
  void theModelAndEtcdAnswerAlike(String version) throws Exception {
    long start = System.nanoTime();
    RandomSource random = new RandomSource(SEED);
    Tally tally = new Tally();
    Past past = new Past();
    try (OneMember etcd = new OneMember(version, directory)) {
      Store store = Store.empty();
      RandomRequests requests = new RandomRequests(random.fork("requests"), store);
      Duel duel =
          new Duel(
              new EtcdModel(store, LeaseRule.STRICT),
              new Dialect(Release.parse(version)),
              etcd.header(),
              random.fork("onlooker"),
              tally);
      for (int i = 0; i < REQUESTS; i++) {
        Operation operation = etcd.send(requests.next());
        Request request = operation.request();
        Optional<String> difference = duel.differ(request, operation.outcome());
        if (difference.isPresent()) {
          throw new AssertionError(
              """
              etcd %s, seed %d, request %d: %s
              request: %s
              etcd: %s
              before, on the same keys:
              %s\
              """
                  .formatted(
                      version,
                      SEED,
                      i,
                      difference.get(),
                      request,
                      operation.outcome(),
                      past.before(request)));
        }
        past.add(i, operation);
        if (operation.outcome() instanceof Outcome.Ok(var response)) {
          requests.answered(request, response);
        }
      }
    }
    System.out.printf(
        "etcd %s, seed %d, %d requests in %.1f s%n%s%n",
        version, SEED, REQUESTS, (System.nanoTime() - start) / 1e9, tally);
    assertThat(UNCHECKED).as("seed %d", SEED).containsAll(tally.unchecked());
    if (REQUESTS >= ENOUGH) {
      assertThat(tally.seen()).as("seed %d", SEED).containsAll(MET);
    }
  }
}
