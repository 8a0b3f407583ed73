package io.etcdrobustness.traffic.profile;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.engine.WeightedChoice;
import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Request.DeleteRange;
import io.etcdrobustness.history.Request.InTxn;
import io.etcdrobustness.history.Request.LeaseGrant;
import io.etcdrobustness.history.Request.Put;
import io.etcdrobustness.history.Request.Range;
import io.etcdrobustness.history.Request.Txn;
import io.etcdrobustness.history.Response.LeaseGranted;
import io.etcdrobustness.history.Response.TxnDone;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What an apiserver asks of etcd ({@code staging/src/k8s.io/apiserver/pkg/storage/etcd3/store.go}
 * and {@code client/v3/kubernetes} of etcd): objects under {@code /registry}, each written by a txn
 * that expects the revision last seen and reads the object if it was wrong, paginated lists,
 * counts, and events that hang on a lease each.
 */
final class KubernetesGenerator implements Generator {

  /** Where all objects live. */
  static final String REGISTRY = "/registry/";

  private static final String EVENTS = REGISTRY + "events/default/";
  private static final int TRIES = 4;

  private final RandomSource random;
  private final Observed observed;
  private final Keys pods;
  private final Values values;
  private final WeightedChoice<Supplier<Step>> choice;

  KubernetesGenerator(RandomSource random, Observed observed, Keys pods, Values values) {
    this.random = random;
    this.observed = observed;
    this.pods = pods;
    this.values = values;
    choice =
        WeightedChoice.<Supplier<Step>>of()
            .with(40, () -> update(pods.any(random)))
            .with(8, () -> create(pods.any(random), 0))
            .with(8, () -> delete(pods.any(random)))
            .with(4, this::event)
            .with(15, () -> Step.single(Range.of(pods.any(random), "")))
            .with(5, this::getAtLastSeen)
            .with(12, () -> Lists.paginated(pods.all(), random.between(2, 10), revision -> {}))
            .with(4, this::listAtLastSeen)
            .with(4, this::count);
  }

  /** Keys of pods: {@code count} names in few namespaces. */
  static Keys pods(int count) {
    return Keys.of(REGISTRY + "pods/ns-", count);
  }

  @Override
  public Step fresh() {
    return choice.draw(random).get();
  }

  private Step create(String key, long lease) {
    return Step.single(guarded(key, 0, new Put(key, values.next(), lease, false, false, false)));
  }

  private Step update(String key) {
    Optional<KeyValue> known = observed.key(key);
    return known.isEmpty() ? create(key, 0) : update(key, known.get().modRevision(), TRIES);
  }

  /** {@code GuaranteedUpdate}: what the failed txn read is what the next one expects. */
  private Step update(String key, long expected, int tries) {
    return Step.of(
        guarded(key, expected, Put.of(key, values.next())),
        operation ->
            Answers.answer(operation, TxnDone.class)
                .filter(done -> !done.succeeded() && tries > 1)
                .flatMap(done -> Answers.keyValues(done).stream().findFirst())
                .map(now -> update(key, now.modRevision(), tries - 1).atOnce()));
  }

  private Step delete(String key) {
    return observed
        .key(key)
        .map(known -> delete(key, known.modRevision(), TRIES))
        .orElseGet(() -> create(key, 0));
  }

  private Step delete(String key, long expected, int tries) {
    return Step.of(
        guarded(key, expected, DeleteRange.of(key)),
        operation ->
            Answers.answer(operation, TxnDone.class)
                .filter(done -> !done.succeeded() && tries > 1)
                .flatMap(done -> Answers.keyValues(done).stream().findFirst())
                .map(now -> delete(key, now.modRevision(), tries - 1).atOnce()));
  }

  private static Txn guarded(String key, long expected, InTxn write) {
    return new Txn(
        List.of(Compare.of(key, Compare.Relation.EQUAL, new Compare.ModRevision(expected))),
        List.of(write),
        List.of(Range.of(key, "")));
  }

  /** An event object: on a lease, so that etcd removes it. */
  private Step event() {
    // An hour in Kubernetes; here short enough that a run sees them go.
    return Step.of(
        new LeaseGrant(0, random.between(2, 30)),
        granted ->
            Answers.answer(granted, LeaseGranted.class)
                .map(lease -> create(EVENTS + values.small(), lease.id()).atOnce()));
  }

  private Step getAtLastSeen() {
    return Step.single(Range.of(pods.any(random), "").atRevision(lastSeen()));
  }

  private Step listAtLastSeen() {
    return Step.single(
        Range.of(pods.all().key(), pods.all().end()).withLimit(10).atRevision(lastSeen()));
  }

  private Step count() {
    KeyRange all = KeyRange.prefix(REGISTRY);
    return Step.single(Range.of(all.key(), all.end()).withCountOnly());
  }

  private long lastSeen() {
    return Math.max(1, observed.revision());
  }
}
