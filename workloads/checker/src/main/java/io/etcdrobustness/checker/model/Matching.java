package io.etcdrobustness.checker.model;

import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a recorded answer is the one that must come.
 *
 * <p>Lenient exactly where the record or etcd is: a field that was not recorded equals anything;
 * headers inside a txn's answer are not compared (etcd fills them or not); keys that tie in the
 * order of a sorted range come in any order; a keys-only range tells the lease or not (etcd 3.8
 * answers it from the index alone, {@code FastKeysOnly} in {@code range.go}).
 */
public final class Matching {

  private Matching() {}

  /**
   * What is wrong with {@code actual}, in words; nothing if it is right.
   *
   * @param expected what the model says must be answered to {@code request}
   */
  public static Optional<String> difference(Request request, Response expected, Response actual) {
    if (actual.header().revision() != expected.header().revision()) {
      return Optional.of(
          "revision %d instead of %d"
              .formatted(actual.header().revision(), expected.header().revision()));
    }
    return content(request, expected, actual);
  }

  /** The same, whatever the headers say. */
  public static Optional<String> content(Request request, Response expected, Response actual) {
    return switch (expected) {
      case Response.Ranged ranged
          when request instanceof Request.Range range && actual instanceof Response.Ranged answer ->
          ranged(range, ranged, answer);
      case Response.PutDone put when actual instanceof Response.PutDone answer ->
          previous(
              put.previous().map(List::of).orElse(List.of()),
              answer.previous().map(List::of).orElse(List.of()));
      case Response.Deleted deleted when actual instanceof Response.Deleted answer ->
          deleted.deleted() != answer.deleted()
              ? Optional.of(
                  "%d deleted instead of %d".formatted(answer.deleted(), deleted.deleted()))
              : previous(deleted.previous(), answer.previous());
      case Response.TxnDone txn
          when request instanceof Request.Txn asked && actual instanceof Response.TxnDone answer ->
          txn(asked, txn, answer);
      case Response.LeaseGranted granted when actual instanceof Response.LeaseGranted answer ->
          granted.id() != 0 && granted.id() != answer.id()
              ? Optional.of("lease %x instead of %x".formatted(answer.id(), granted.id()))
              : Optional.empty();
      case Response other ->
          other.getClass() == actual.getClass()
              ? Optional.empty()
              : Optional.of(
                  "an answer of the kind %s to a request of the kind %s"
                      .formatted(
                          actual.getClass().getSimpleName(), request.getClass().getSimpleName()));
    };
  }

  /** Whether both may be the same version of a key, as far as each was told. */
  static boolean alike(KeyValue one, KeyValue other, boolean keysOnly) {
    return difference(
            keysOnly ? Ranges.withoutValue(one) : one,
            keysOnly ? Ranges.withoutValue(other) : other,
            keysOnly)
        .isEmpty();
  }

  private static Optional<String> txn(
      Request.Txn request, Response.TxnDone expected, Response.TxnDone actual) {
    if (expected.succeeded() != actual.succeeded()) {
      return Optional.of(
          actual.succeeded()
              ? "the conditions hold, which they do not"
              : "the conditions do not hold, which they do");
    }
    if (expected.responses().size() != actual.responses().size()) {
      return Optional.of(
          "%d answers instead of %d"
              .formatted(actual.responses().size(), expected.responses().size()));
    }
    List<Request.InTxn> branch = expected.succeeded() ? request.success() : request.failure();
    for (int i = 0; i < branch.size(); i++) {
      Optional<String> difference =
          content(branch.get(i), expected.responses().get(i), actual.responses().get(i));
      if (difference.isPresent()) {
        return Optional.of("in answer %d of the txn %s".formatted(i + 1, difference.get()));
      }
    }
    return Optional.empty();
  }

  private static Optional<String> ranged(
      Request.Range range, Response.Ranged expected, Response.Ranged actual) {
    if (expected.count() != actual.count()) {
      return Optional.of("count %d instead of %d".formatted(actual.count(), expected.count()));
    }
    if (expected.more() != actual.more()) {
      return Optional.of("more=%s instead of %s".formatted(actual.more(), expected.more()));
    }
    if (expected.kvs().size() != actual.kvs().size()) {
      return Optional.of(
          "%d keys instead of %d".formatted(actual.kvs().size(), expected.kvs().size()));
    }
    boolean inOrder = true;
    for (int i = 0; i < actual.kvs().size(); i++) {
      KeyValue wanted = expected.kvs().get(i);
      KeyValue got = actual.kvs().get(i);
      Optional<String> difference = difference(wanted, got, range.keysOnly());
      if (difference.isEmpty()) {
        continue;
      }
      // What ties may come in any order.
      inOrder = false;
      Optional<KeyValue> own =
          expected.kvs().stream().filter(kv -> kv.key().equals(got.key())).findFirst();
      if (own.isEmpty()
          || Ranges.order(range).compare(wanted, own.get()) != 0
          || !same(own.get(), got, range.keysOnly())) {
        return difference;
      }
    }
    return inOrder ? Optional.empty() : twice(actual.kvs());
  }

  private static Optional<String> twice(List<KeyValue> kvs) {
    Set<String> keys = new HashSet<>();
    return kvs.stream()
        .filter(kv -> !keys.add(kv.key()))
        .findFirst()
        .map(kv -> Words.key(kv.key()) + " more than once");
  }

  private static Optional<String> previous(List<KeyValue> expected, List<KeyValue> actual) {
    if (expected.size() != actual.size()) {
      return Optional.of(
          "%d previous keys instead of %d".formatted(actual.size(), expected.size()));
    }
    for (int i = 0; i < expected.size(); i++) {
      Optional<String> difference = difference(expected.get(i), actual.get(i), false);
      if (difference.isPresent()) {
        return difference.map(words -> "as previous " + words);
      }
    }
    return Optional.empty();
  }

  private static Optional<String> difference(KeyValue expected, KeyValue actual, boolean keysOnly) {
    return same(expected, actual, keysOnly)
        ? Optional.empty()
        : Optional.of("%s instead of %s".formatted(Words.kv(actual), Words.kv(expected)));
  }

  /** Whether {@code actual} was rightly answered for {@code expected}. */
  static boolean same(KeyValue expected, KeyValue actual, boolean keysOnly) {
    return expected.key().equals(actual.key())
        && sameValue(expected.value(), actual.value())
        && same(expected.createRevision(), actual.createRevision())
        && same(expected.modRevision(), actual.modRevision())
        && same(expected.version(), actual.version())
        && (same(expected.lease(), actual.lease()) || (keysOnly && actual.lease() == 0));
  }

  private static boolean same(long expected, long actual) {
    return expected == actual
        || expected == KeyValue.NOT_RECORDED
        || actual == KeyValue.NOT_RECORDED;
  }

  /** Values of etcd's own suite are recorded as {@code fnv32a:N} where they are long. */
  private static boolean sameValue(String expected, String actual) {
    if (expected.equals(actual)) {
      return true;
    }
    boolean hashedExpected = expected.startsWith(HASHED);
    boolean hashedActual = actual.startsWith(HASHED);
    return hashedExpected != hashedActual
        && (hashedExpected ? expected.equals(hash(actual)) : actual.equals(hash(expected)));
  }

  private static final String HASHED = "fnv32a:";

  private static String hash(String value) {
    int hash = 0x811c9dc5;
    for (byte each : value.getBytes(StandardCharsets.ISO_8859_1)) {
      hash = (hash ^ (each & 0xff)) * 0x01000193;
    }
    return HASHED + Integer.toUnsignedString(hash);
  }
}
