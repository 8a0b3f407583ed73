package io.etcdrobustness.traffic.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Request.SortOrder;
import io.etcdrobustness.history.Request.SortTarget;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.spec.WorkloadSpec.Profile;
import io.etcdrobustness.traffic.profile.PlannedStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the profiles send in twenty seconds at 500 requests a second. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProfilesTest {

  private static final long SEED = 42;
  private final Map<Profile, TrafficRun> runs = new EnumMap<>(Profile.class);

  private TrafficRun run(Profile profile) {
    return runs.computeIfAbsent(
        profile, p -> new TrafficRun(p, SEED).start().run(Duration.ofSeconds(20)));
  }

  private record Kind(String name, Profile profile, int least, Predicate<Request> request) {}

  private static final List<Kind> KINDS =
      List.of(
          new Kind("put", Profile.Mixed, 1000, r -> r instanceof Request.Put),
          range("get of one key", 500, r -> r.rangeEnd().isEmpty()),
          range("prefix list", 100, r -> !r.rangeEnd().isEmpty()),
          range("later page of a list", 20, r -> r.key().endsWith("\0") && r.limit() > 0),
          range("historical read", 100, r -> r.revision() > 0),
          range("serializable read", 100, r -> r.serializable()),
          range("serializable historical read", 10, r -> r.serializable() && r.revision() > 0),
          range("count only", 20, r -> r.countOnly()),
          range("keys only", 20, r -> r.keysOnly()),
          range("limit", 50, r -> r.limit() > 0),
          range("lower bound on the mod revision", 5, r -> r.minModRevision() > 0),
          range("upper bound on the mod revision", 5, r -> r.maxModRevision() > 0),
          range("lower bound on the create revision", 5, r -> r.minCreateRevision() > 0),
          range("upper bound on the create revision", 5, r -> r.maxCreateRevision() > 0),
          put("put with a lease", 30, p -> p.lease() != 0),
          put("put that asks for what was before", 100, p -> p.prevKv()),
          put("put that keeps the value", 20, p -> p.ignoreValue()),
          put("put that keeps the lease", 20, p -> p.ignoreLease()),
          put("big value", 10, p -> p.value().length() > 100),
          put("value of 100 KiB", 1, p -> p.value().length() == 100 << 10),
          new Kind("delete of one key", Profile.Mixed, 100, r -> delete(r) && !wide(r)),
          new Kind("delete of several keys", Profile.Mixed, 50, r -> delete(r) && wide(r)),
          txn("nested txn", 20, t -> t.success().stream().anyMatch(Request.Txn.class::isInstance)),
          txn("txn with several writes", 100, t -> writes(t).count() > 1),
          txn("read-only txn", 50, t -> writes(t).findAny().isEmpty()),
          txn("txn with many compares", 10, t -> t.compares().size() >= 50),
          txn("compare of a range", 50, t -> anyCompare(t, c -> !c.rangeEnd().isEmpty())),
          txn("illegal txn", 3, MemoryStore::writesTwice),
          new Kind("short lease", Profile.Mixed, 10, r -> grant(r, 2, 5)),
          new Kind("long lease", Profile.Mixed, 10, r -> grant(r, 60, 600)),
          new Kind("keep alive", Profile.Mixed, 50, r -> r instanceof Request.LeaseKeepAlive),
          new Kind("revoke", Profile.Mixed, 10, r -> r instanceof Request.LeaseRevoke),
          new Kind("time to live", Profile.Mixed, 20, r -> r instanceof Request.LeaseTimeToLive),
          new Kind("status", Profile.Mixed, 1, r -> r instanceof Request.Status),
          new Kind("hash", Profile.Mixed, 1, r -> r instanceof Request.HashKv),
          new Kind("alarms", Profile.Mixed, 1, r -> r instanceof Request.AlarmList),
          new Kind("compaction", Profile.Mixed, 10, r -> r instanceof Request.Compact),
          new Kind("defragmentation", Profile.Mixed, 1, r -> r instanceof Request.Defragment),
          new Kind("create", Profile.Kubernetes, 50, r -> guard(r, false) && puts(r)),
          new Kind("update", Profile.Kubernetes, 500, r -> guard(r, true) && puts(r)),
          new Kind("delete", Profile.Kubernetes, 50, r -> guard(r, true) && !puts(r)),
          new Kind("event lease", Profile.Kubernetes, 50, r -> grant(r, 2, 30)),
          new Kind("event object", Profile.Kubernetes, 50, r -> leased(r)),
          new Kind("first page", Profile.Kubernetes, 100, r -> page(r, false)),
          new Kind("next page", Profile.Kubernetes, 50, r -> page(r, true)),
          new Kind(
              "count", Profile.Kubernetes, 50, r -> r instanceof Request.Range x && x.countOnly()),
          new Kind("turn of a compactor", Profile.Kubernetes, 10, r -> compactor(r)),
          new Kind("its compaction", Profile.Kubernetes, 5, r -> r instanceof Request.Compact),
          new Kind("append to one list", Profile.Append, 100, r -> appends(r, 1)),
          new Kind("append to three lists", Profile.Append, 100, r -> appends(r, 3)),
          new Kind(
              "read of lists",
              Profile.Append,
              500,
              r -> r instanceof Request.Txn t && writes(t).findAny().isEmpty()),
          new Kind("lock", Profile.Lock, 50, r -> r instanceof Request.Lock),
          new Kind("unlock", Profile.Lock, 30, r -> r instanceof Request.Unlock),
          new Kind("lease of a lock", Profile.Lock, 50, r -> r instanceof Request.LeaseGrant),
          new Kind("its revoke", Profile.Lock, 50, r -> r instanceof Request.LeaseRevoke),
          new Kind(
              "keep alive of a holder", Profile.Lock, 30, r -> r instanceof Request.LeaseKeepAlive),
          new Kind("counting under a lock", Profile.Lock, 50, r -> r instanceof Request.Txn),
          new Kind("put in a burst", Profile.Watch, 1000, r -> r instanceof Request.Put),
          new Kind("delete in a burst", Profile.Watch, 300, ProfilesTest::delete),
          new Kind(
              "txn in a burst",
              Profile.Watch,
              300,
              r -> r instanceof Request.Txn t && writes(t).count() > 1));

  private static Kind range(String name, int least, Predicate<Request.Range> range) {
    return new Kind(name, Profile.Mixed, least, r -> r instanceof Request.Range x && range.test(x));
  }

  private static Kind put(String name, int least, Predicate<Request.Put> put) {
    return new Kind(name, Profile.Mixed, least, r -> r instanceof Request.Put x && put.test(x));
  }

  private static Kind txn(String name, int least, Predicate<Request.Txn> txn) {
    return new Kind(name, Profile.Mixed, least, r -> r instanceof Request.Txn x && txn.test(x));
  }

  private static boolean delete(Request request) {
    return request instanceof Request.DeleteRange;
  }

  private static boolean wide(Request request) {
    return request instanceof Request.DeleteRange d && !d.rangeEnd().isEmpty();
  }

  private static Stream<Request> writes(Request.Txn txn) {
    return TrafficRun.inside(txn)
        .filter(r -> r instanceof Request.Put || r instanceof Request.DeleteRange);
  }

  private static boolean anyCompare(Request.Txn txn, Predicate<Compare> compare) {
    return txn.compares().stream().anyMatch(compare);
  }

  private static boolean grant(Request request, long least, long most) {
    return request instanceof Request.LeaseGrant g && g.ttl() >= least && g.ttl() <= most;
  }

  private static boolean guard(Request request, boolean existing) {
    return request instanceof Request.Txn t
        && t.compares().size() == 1
        && t.compares().getFirst().operand() instanceof Compare.ModRevision(long at)
        && at > 0 == existing
        && t.failure().size() == 1
        && t.failure().getFirst() instanceof Request.Range;
  }

  private static boolean puts(Request request) {
    return request instanceof Request.Txn t && t.success().getFirst() instanceof Request.Put;
  }

  private static boolean leased(Request request) {
    return guard(request, false)
        && request instanceof Request.Txn t
        && t.success().getFirst() instanceof Request.Put p
        && p.lease() != 0;
  }

  private static boolean page(Request request, boolean following) {
    return request instanceof Request.Range r
        && r.limit() > 0
        && following == r.key().endsWith("\0")
        && following == r.revision() > 0;
  }

  private static boolean compactor(Request request) {
    return request instanceof Request.Txn t
        && t.compares().getFirst().key().equals("compact_rev_key");
  }

  private static boolean appends(Request request, int lists) {
    return request instanceof Request.Txn t && writes(t).count() == lists;
  }

  @TestFactory
  Stream<DynamicTest> aProfileReaches() {
    return KINDS.stream()
        .map(kind ->
            DynamicTest.dynamicTest(
                kind.profile + ": " + kind.name,
                () ->
                    assertThat(run(kind.profile).requests().filter(kind.request).count())
                        .as("seed %d", SEED)
                        .isGreaterThanOrEqualTo(kind.least)));
  }

  @Test
  void mixedSortsByEveryTargetInEveryOrder() {
    Set<String> seen = new HashSet<>();
    run(Profile.Mixed)
        .requests()
        .filter(Request.Range.class::isInstance)
        .map(Request.Range.class::cast)
        .forEach(range -> seen.add(range.sortTarget() + " " + range.sortOrder()));
    List<String> all = new ArrayList<>();
    for (SortTarget target : SortTarget.values()) {
      for (SortOrder order : SortOrder.values()) {
        all.add(target + " " + order);
      }
    }
    assertThat(seen).as("seed %d", SEED).containsExactlyInAnyOrderElementsOf(all);
  }

  @Test
  void mixedComparesEveryTargetInEveryRelationOfOneKeyAndOfARange() {
    Set<String> seen = new HashSet<>();
    run(Profile.Mixed)
        .requests()
        .filter(Request.Txn.class::isInstance)
        .flatMap(txn -> ((Request.Txn) txn).compares().stream())
        .forEach(compare ->
            seen.add(
                compare.operand().getClass().getSimpleName()
                    + compare.relation()
                    + compare.rangeEnd().isEmpty()));
    assertThat(seen)
        .as("seed %d: %s", SEED, seen)
        .hasSize(
            Arrays.stream(Compare.Operand.class.getPermittedSubclasses()).toList().size()
                * Compare.Relation.values().length
                * 2);
  }

  @Test
  void mixedWritesTogetherWithRangesAtRevisionsThatWereJustCompacted() {
    // etcd #18667; judged by what came back: the write would have been made but for the range.
    TrafficRun run = run(Profile.Mixed);
    List<Operation> refused =
        run.etcd.operations.stream()
            .filter(operation ->
                operation.request() instanceof Request.Txn t && writes(t).findAny().isPresent())
            .filter(operation ->
                operation.outcome() instanceof Outcome.Failed(Failure failure)
                    && failure.kind() == Failure.Kind.COMPACTED)
            .toList();
    assertThat(refused.size()).as("seed %d", SEED).isGreaterThanOrEqualTo(20);
    assertThat(refused.stream().filter(operation -> operation.id() < 10_000).count())
        .as("seed %d: within the first 10000 operations", SEED)
        .isGreaterThanOrEqualTo(10);
  }

  @ParameterizedTest
  @EnumSource(Profile.class)
  void whatLiesInTheArchiveIsReadFromAllMembersAndTouchedByNobodyElse(Profile profile) {
    TrafficRun run = run(profile);
    Set<Integer> archive = run.clients(PlannedStream.Kind.ARCHIVE);
    Map<String, Integer> reads = new HashMap<>();
    int puts = 0;
    for (Operation operation : run.etcd.operations) {
      if (!archive.contains(operation.client())) {
        assertThat(touched(operation.request())).as("seed %d: %s", SEED, operation).isFalse();
      } else if (operation.request() instanceof Request.Put) {
        puts++;
      } else {
        reads.merge(operation.member(), 1, Integer::sum);
      }
    }

    assertThat(puts).as("seed %d", SEED).isBetween(40, 80);
    assertThat(reads).as("seed %d", SEED).hasSize(3);
    assertThat(reads.values()).as("seed %d", SEED).allMatch(count -> count > 15);
  }

  private static boolean touched(Request request) {
    return switch (request) {
      case Request.Put put -> put.key().startsWith("archive/");
      case Request.DeleteRange delete ->
          ByteStrings.inRange("archive/0/0", delete.key(), delete.rangeEnd());
      case Request.Txn txn ->
          Stream.concat(txn.success().stream(), txn.failure().stream())
              .anyMatch(ProfilesTest::touched);
      default -> false;
    };
  }

  @Test
  void compactionsHitDeletesRefusalsAndTheNewestRevision() {
    TrafficRun run = run(Profile.Mixed);
    Set<Integer> compactor = run.clients(PlannedStream.Kind.COMPACTION);
    Map<String, Integer> seen = new HashMap<>();
    long deletedAt = 0;
    long compacted = 0;
    for (Operation operation : run.etcd.operations) {
      if (!compactor.contains(operation.client())) {
        continue;
      }
      if (operation.outcome() instanceof Outcome.Ok(Response.Deleted deleted)) {
        deletedAt = deleted.header().revision();
      } else if (operation.request() instanceof Request.Compact(long at, boolean _)) {
        switch (operation.outcome()) {
          case Outcome.Ok _ -> {
            compacted++;
            if (at == deletedAt) {
              seen.merge("at a delete", 1, Integer::sum);
            }
          }
          case Outcome.Failed(Failure failure) ->
              seen.merge(failure.kind().name(), 1, Integer::sum);
          case Outcome.Unknown _ -> {}
        }
      }
    }
    assertThat(seen.keySet())
        .as("seed %d: %s", SEED, seen)
        .contains("at a delete", "COMPACTED", "FUTURE_REVISION");
    assertThat(compacted).as("seed %d", SEED).isGreaterThan(5);
  }

  @Test
  void leasesRunOutAndLocksAreLost() {
    assertThat(
            run(Profile.Lock).etcd.operations.stream()
                .filter(operation ->
                    operation.request() instanceof Request.Txn
                        && operation.outcome() instanceof Outcome.Ok(Response.TxnDone done)
                        && done.succeeded())
                .count())
        .as("seed %d: increments", SEED)
        .isGreaterThan(50);
    assertThat(
            run(Profile.Mixed).etcd.operations.stream()
                .filter(operation ->
                    operation.outcome() instanceof Outcome.Ok(Response.LeaseKeptAlive kept)
                        && kept.ttl() > 0)
                .count())
        .as("seed %d: renewals", SEED)
        .isGreaterThan(20);
  }

  @Test
  void optimisticTxnsMostlySucceedAndSometimesLoseARace() {
    for (Profile profile : List.of(Profile.Kubernetes, Profile.Append)) {
      List<Boolean> ends =
          run(profile).etcd.operations.stream()
              .filter(operation ->
                  operation.request() instanceof Request.Txn t && !t.compares().isEmpty())
              .map(Operation::outcome)
              .filter(Outcome.Ok.class::isInstance)
              .map(outcome -> ((Response.TxnDone) ((Outcome.Ok) outcome).response()).succeeded())
              .toList();
      assertThat(ends.stream().filter(succeeded -> succeeded).count())
          .as("%s, seed %d", profile, SEED)
          .isGreaterThan(ends.size() / 2);
      assertThat(ends).as("%s, seed %d", profile, SEED).contains(false);
    }
  }

  @ParameterizedTest
  @EnumSource(Profile.class)
  void noValueIsPutTwice(Profile profile) {
    Set<String> seen = new HashSet<>();
    run(profile)
        .requests()
        .filter(request -> request instanceof Request.Put put && !put.ignoreValue())
        .map(request -> ((Request.Put) request).value())
        .forEach(value ->
            assertThat(seen.add(value))
                .as("%s, seed %d: %s put once", profile, SEED, value)
                .isTrue());
    assertThat(seen).as("%s, seed %d", profile, SEED).hasSizeGreaterThan(50);
  }

  @ParameterizedTest
  @EnumSource(Profile.class)
  void txnsWriteAKeyOnceButForFewDeliberateOnes(Profile profile) {
    List<Operation> illegal =
        run(profile).etcd.operations.stream()
            .filter(operation ->
                operation.request() instanceof Request.Txn txn && MemoryStore.writesTwice(txn))
            .toList();
    assertThat(illegal.size())
        .as("%s, seed %d", profile, SEED)
        .isBetween(profile == Profile.Mixed ? 1 : 0, profile == Profile.Mixed ? 60 : 0);
    assertThat(
            run(profile).etcd.operations.stream()
                .filter(operation ->
                    operation.outcome() instanceof Outcome.Failed(Failure failure)
                        && failure.kind() == Failure.Kind.INVALID_ARGUMENT)
                .toList())
        .as("%s, seed %d: nothing else is malformed", profile, SEED)
        .containsExactlyInAnyOrderElementsOf(illegal);
  }

  @ParameterizedTest
  @EnumSource(
      value = Profile.class,
      names = {"Mixed", "Kubernetes", "Append", "Watch"})
  void theRateHolds(Profile profile) {
    TrafficRun run = run(profile);
    Set<Integer> clients = run.clients(PlannedStream.Kind.REQUESTS);
    long requests = run.etcd.sent.stream().filter(sent -> clients.contains(sent.client())).count();
    assertThat(requests).as("%s, seed %d", profile, SEED).isBetween(9_000L, 11_000L);
    assertThat(run.driver.stats().snapshot().perSecond())
        .as("%s, seed %d", profile, SEED)
        .isBetween(350.0, 900.0);
  }
}
