package io.etcdrobustness.traffic.profile;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Request.DeleteRange;
import io.etcdrobustness.history.Request.InTxn;
import io.etcdrobustness.history.Request.Put;
import io.etcdrobustness.history.Request.Range;
import io.etcdrobustness.history.Request.Txn;
import io.etcdrobustness.history.Response.Ranged;
import io.etcdrobustness.history.Response.TxnDone;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Draws txns. etcd takes up to 128 compares and 128 ops in a branch. */
record Txns(
    RandomSource random,
    Observed observed,
    Keys keys,
    Compares compares,
    Reads reads,
    Writes writes) {

  private static final int DEEPEST = 2;
  private static final int CAS_TRIES = 3;

  /** Any conditions, any ops, txns within the txn. */
  Txn any() {
    return txn(new FreeKeys(keys), new FreeKeys(keys), DEEPEST);
  }

  /** Several ops, at least one of them a put, without a condition. */
  Txn multiOp() {
    FreeKeys free = new FreeKeys(keys);
    List<InTxn> ops = new ArrayList<>();
    free.take(random).map(writes::put).ifPresent(ops::add);
    ops.addAll(ops(free, (int) random.between(1, 4), 0));
    return new Txn(List.of(), random.shuffled(ops), List.of());
  }

  /**
   * Reads only; all serializable at times: such a txn the asked member answers by itself ({@code
   * isTxnSerializable} in {@code v3_server.go}).
   */
  Txn readOnly() {
    boolean serializable = random.chance(0.3);
    return new Txn(
        some(0, 2, compares::any),
        some(1, 4, () -> serializable ? reads.serializable() : read()),
        some(0, 2, () -> serializable ? reads.serializable() : read()));
  }

  /** Very many conditions and one put: what kept etcd busy enough for #13766. */
  Txn manyCompares() {
    List<Compare> conditions =
        IntStream.range(0, (int) random.between(50, 100))
            .mapToObj(i -> compares.holding(keys.any(random)))
            .toList();
    return new Txn(conditions, List.of(writes.put()), List.of(reads.get()));
  }

  /**
   * A write together with a range at an old revision, most often one that has just been compacted.
   * Up to 3.6, the member that was asked refused it while the others wrote: etcd #18667.
   */
  Txn rangeAtOldRevision() {
    Revisions revisions = new Revisions(random, observed);
    long revision =
        random.chance(0.7)
            ? revisions.justCompacted()
            : random.chance(0.9) ? revisions.past() : revisions.future();
    KeyRange read = keys.anyRange(random);
    List<InTxn> ops = new ArrayList<>();
    ops.add(Put.of(keys.any(random), writes.values().next()));
    ops.add(Range.of(read.key(), read.end()).atRevision(revision));
    if (random.chance(0.2)) {
      Collections.reverse(ops);
    }
    return new Txn(
        random.chance(0.5) ? List.of() : List.of(compares.holding(keys.any(random))),
        ops,
        List.of(reads.get()));
  }

  /** A txn that etcd must refuse, because it writes a key twice. */
  Txn illegal() {
    String key = keys.any(random);
    InTxn again =
        switch (random.nextInt(3)) {
          case 0 -> Put.of(key, writes.values().next());
          case 1 -> new DeleteRange(key, "", false);
          default -> new Txn(List.of(), List.of(Put.of(key, writes.values().next())), List.of());
        };
    return new Txn(
        some(0, 1, compares::any),
        random.shuffled(List.of(Put.of(key, writes.values().next()), again)),
        List.of());
  }

  /** Reads a key and writes it if nobody else has in between; tries again, as a client would. */
  Step compareAndSet() {
    String key = keys.any(random);
    return Step.of(
        Range.of(key, ""),
        read ->
            Answers.answer(read, Ranged.class)
                .map(answer -> compareAndSet(key, Answers.keyValues(answer), CAS_TRIES)));
  }

  private Step compareAndSet(String key, List<KeyValue> read, int tries) {
    Compare unchanged =
        Compare.of(
            key,
            Compare.Relation.EQUAL,
            new Compare.ModRevision(read.isEmpty() ? 0 : read.getFirst().modRevision()));
    InTxn write =
        !read.isEmpty() && random.chance(0.15)
            ? DeleteRange.of(key)
            : Put.of(key, writes.values().next());
    return Step.of(
            new Txn(List.of(unchanged), List.of(write), List.of(Range.of(key, ""))),
            written ->
                Answers.answer(written, TxnDone.class)
                    .filter(done -> !done.succeeded() && tries > 1)
                    .map(done -> compareAndSet(key, Answers.keyValues(done), tries - 1)))
        .atOnce();
  }

  private Txn txn(FreeKeys success, FreeKeys failure, int depth) {
    return new Txn(
        some(0, 3, compares::any),
        ops(success, (int) random.between(1, 4), depth),
        ops(failure, (int) random.between(0, 3), depth));
  }

  private List<InTxn> ops(FreeKeys free, int count, int depth) {
    return IntStream.range(0, count).mapToObj(i -> op(free, depth)).toList();
  }

  private InTxn op(FreeKeys free, int depth) {
    int draw = random.nextInt(100);
    if (draw < 12 && depth > 0) {
      return txn(free, free, depth - 1);
    }
    Optional<InTxn> write =
        draw < 60
            ? free.take(random).map(writes::put)
            : draw < 75 ? free.takeDelete(random).map(delete -> delete) : Optional.empty();
    return write.orElseGet(this::read);
  }

  private Range read() {
    return random.chance(0.5) ? reads.get() : reads.any();
  }

  private <T> List<T> some(int least, int most, Supplier<T> draw) {
    return Stream.generate(draw).limit(random.between(least, most)).toList();
  }
}
