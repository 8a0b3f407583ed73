package io.etcdrobustness.checker.model;

import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.KeyValue;
import java.util.List;
import java.util.Optional;

/**
 * Whether the conditions of a txn hold; follows {@code applyCompare} and {@code compareKV} of
 * etcd's {@code server/etcdserver/txn/txn.go}.
 */
public final class Compares {

  private static final KeyValue ABSENT = new KeyValue("", "", 0, 0, 0, 0);

  private Compares() {}

  /** What is known of a condition. */
  public enum Answer {
    HOLDS,
    FAILS,
    /** It depends on a key of which it is not known what it holds. */
    UNDECIDED
  }

  /** Whether all of {@code compares} hold in {@code store} as it is now. */
  static Answer all(Store store, List<Compare> compares) {
    Answer all = Answer.HOLDS;
    for (int i = 0; i < compares.size(); i++) {
      switch (one(store, compares.get(i))) {
        case FAILS -> {
          return Answer.FAILS;
        }
        case UNDECIDED -> all = Answer.UNDECIDED;
        case HOLDS -> {}
      }
    }
    return all;
  }

  private static Answer one(Store store, Compare compare) {
    if (compare.rangeEnd().isEmpty() && store.certain()) {
      return one(compare, store.get(compare.key()));
    }
    List<KeyValue> kvs = store.range(compare.key(), compare.rangeEnd());
    for (KeyValue kv : kvs) {
      Answer answer = holds(compare, kv);
      if (answer != Answer.HOLDS) {
        return answer;
      }
    }
    if (!store.certain() && (!compare.rangeEnd().isEmpty() || !store.certain(compare.key()))) {
      return Answer.UNDECIDED;
    }
    return kvs.isEmpty() ? one(compare, Optional.empty()) : Answer.HOLDS;
  }

  /** Whether {@code compare} holds if its key is {@code now}. */
  public static Answer one(Compare compare, Optional<KeyValue> now) {
    if (now.isPresent()) {
      return holds(compare, now.get());
    }
    // An absent key compares like one whose fields are all 0, but a comparison of its value fails.
    return compare.operand() instanceof Compare.Value ? Answer.FAILS : holds(compare, ABSENT);
  }

  private static Answer holds(Compare compare, KeyValue kv) {
    return switch (compare.operand()) {
      case Compare.Value(String value) -> relation(compare, kv.value().compareTo(value));
      case Compare.Version(long version) -> number(compare, kv.version(), version);
      case Compare.CreateRevision(long revision) -> number(compare, kv.createRevision(), revision);
      case Compare.ModRevision(long revision) -> number(compare, kv.modRevision(), revision);
      case Compare.Lease(long id) -> number(compare, kv.lease(), id);
    };
  }

  private static Answer number(Compare compare, long field, long operand) {
    return field == KeyValue.NOT_RECORDED
        ? Answer.UNDECIDED
        : relation(compare, Long.compare(field, operand));
  }

  private static Answer relation(Compare compare, int result) {
    boolean holds =
        switch (compare.relation()) {
          case EQUAL -> result == 0;
          case NOT_EQUAL -> result != 0;
          case GREATER -> result > 0;
          case LESS -> result < 0;
        };
    return holds ? Answer.HOLDS : Answer.FAILS;
  }
}
