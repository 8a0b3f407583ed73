package io.etcdrobustness.traffic.profile;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.Compare.Operand;
import io.etcdrobustness.history.Compare.Relation;
import io.etcdrobustness.history.KeyValue;
import java.util.List;
import java.util.Optional;

/** Draws conditions of txns: every target in every relation, of one key and of a range. */
record Compares(RandomSource random, Observed observed, Keys keys) {

  private static final List<Relation> RELATIONS = List.of(Relation.values());

  /** Any condition; it holds about as often as not. */
  Compare any() {
    KeyRange range = random.chance(0.2) ? keys.anyRange(random) : KeyRange.one(keys.any(random));
    return new Compare(
        range.key(), range.end(), random.pick(RELATIONS), operand(observed.key(range.key())));
  }

  /** A condition on {@code key} that holds as far as is known. */
  Compare holding(String key) {
    Optional<KeyValue> known = observed.key(key);
    return switch (random.nextInt(3)) {
      case 0 -> Compare.of(key, Relation.GREATER, new Compare.Version(-1));
      case 1 ->
          Compare.of(
              key,
              Relation.EQUAL,
              new Compare.ModRevision(known.map(KeyValue::modRevision).orElse(0L)));
      default ->
          Compare.of(
              key,
              known.isPresent() ? Relation.NOT_EQUAL : Relation.EQUAL,
              new Compare.CreateRevision(0));
    };
  }

  private Operand operand(Optional<KeyValue> known) {
    return switch (random.nextInt(5)) {
      case 0 -> new Compare.Version(near(known.map(KeyValue::version).orElse(0L)));
      case 1 -> new Compare.CreateRevision(near(known.map(KeyValue::createRevision).orElse(0L)));
      case 2 -> new Compare.ModRevision(near(known.map(KeyValue::modRevision).orElse(0L)));
      case 3 -> new Compare.Value(value(known));
      default -> new Compare.Lease(lease(known));
    };
  }

  private long near(long number) {
    return random.chance(0.7) ? number : Math.max(0, number + random.between(-2, 2));
  }

  private String value(Optional<KeyValue> known) {
    // Of long values the history keeps a token, which is not what etcd would have to compare with.
    return (random.chance(0.7) ? known : observed.key(keys.any(random)))
        .map(KeyValue::value)
        .filter(value -> value.length() <= ByteStrings.WHOLE)
        .orElse("c");
  }

  private long lease(Optional<KeyValue> known) {
    return random.chance(0.7) || observed.leases().isEmpty()
        ? known.map(KeyValue::lease).orElse(0L)
        : random.pick(observed.leases());
  }
}
