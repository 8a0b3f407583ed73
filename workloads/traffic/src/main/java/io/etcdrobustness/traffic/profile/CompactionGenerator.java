package io.etcdrobustness.traffic.profile;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.engine.WeightedChoice;
import io.etcdrobustness.history.Request.Compact;
import io.etcdrobustness.history.Request.Put;
import io.etcdrobustness.history.Request.Status;
import io.etcdrobustness.history.Response.Deleted;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Compacts at any revision between the last compaction and now, at times at now itself, and at
 * times at one that etcd must refuse.
 *
 * <p>A part of the compactions is made at the revision of a delete, the newest one or nearly so:
 * there etcd lost the delete for watches (#18089) and after a crash (#19179).
 */
final class CompactionGenerator implements Generator {

  private final RandomSource random;
  private final Observed observed;
  private final Writes writes;
  private final WeightedChoice<Supplier<Step>> choice;

  CompactionGenerator(RandomSource random, Observed observed, Keys keys, Values values) {
    this.random = random;
    this.observed = observed;
    this.writes = new Writes(random, observed, keys, values);
    choice =
        WeightedChoice.<Supplier<Step>>of()
            .with(
                50, () -> compact(observed.compacted() + 1 + random.nextLong(Math.max(1, kept()))))
            .with(15, () -> compact(observed.revision()))
            .with(5, () -> compact(Math.max(1, observed.compacted() - random.nextLong(5))))
            .with(5, () -> compact(observed.revision() + random.between(1, 1000)))
            .with(25, this::deleteThenCompact);
  }

  @Override
  public Step fresh() {
    // Nothing has answered yet: ask where the store stands.
    return observed.revision() == 0 ? Step.single(new Status()) : choice.draw(random).get();
  }

  private long kept() {
    return observed.revision() - observed.compacted();
  }

  private Step compact(long revision) {
    return Step.single(new Compact(revision, random.chance(0.3)));
  }

  private Step deleteThenCompact() {
    return observed.keys().keySet().stream().anyMatch(writes.keys().all()::contains)
        ? delete()
        : Step.of(put(), operation -> Optional.of(delete().atOnce()));
  }

  private Step delete() {
    return Step.of(
        writes.delete(),
        operation ->
            Answers.answer(operation, Deleted.class)
                .filter(deleted -> deleted.deleted() > 0)
                .map(deleted -> afterDelete(deleted.header().revision()).atOnce()));
  }

  private Put put() {
    return Put.of(writes.keys().any(random), writes.values().small());
  }

  private Step afterDelete(long revision) {
    if (random.chance(0.5)) {
      return compact(revision);
    }
    return Step.of(put(), operation -> Optional.of(compact(revision).atOnce()));
  }
}
