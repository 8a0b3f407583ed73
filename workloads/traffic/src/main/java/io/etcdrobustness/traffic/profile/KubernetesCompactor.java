package io.etcdrobustness.traffic.profile;

import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Request.Compact;
import io.etcdrobustness.history.Request.Put;
import io.etcdrobustness.history.Request.Range;
import io.etcdrobustness.history.Request.Txn;
import io.etcdrobustness.history.Response.TxnDone;
import java.util.List;
import java.util.Optional;

/**
 * The apiserver's compactor ({@code staging/src/k8s.io/apiserver/pkg/storage/etcd3/compact.go} in
 * Kubernetes). Several of them agree by the version of one key: whoever changes it compacts, at the
 * revision that it had seen one round before; the others learn how far things are.
 */
final class KubernetesCompactor implements Generator {

  static final String KEY = "compact_rev_key";

  private final Values values;
  private long version;
  private long seen;

  KubernetesCompactor(Values values) {
    this.values = values;
  }

  @Override
  public Step fresh() {
    // The apiserver puts the revision alone; ours stands behind what makes the value unique.
    String value = values.small() + "@" + seen;
    return Step.of(
        new Txn(
            List.of(Compare.of(KEY, Compare.Relation.EQUAL, new Compare.Version(version))),
            List.of(Put.of(KEY, value)),
            List.of(Range.of(KEY, ""))),
        operation -> Answers.answer(operation, TxnDone.class).flatMap(this::answered));
  }

  private Optional<Step> answered(TxnDone done) {
    long before = seen;
    seen = done.header().revision();
    if (!done.succeeded()) {
      List<KeyValue> found = Answers.keyValues(done);
      version = found.isEmpty() ? 0 : found.getFirst().version();
      return Optional.empty();
    }
    version++;
    // The first round after a start only learns where things are.
    return before == 0
        ? Optional.empty()
        : Optional.of(Step.single(new Compact(before, false)).atOnce());
  }
}
