package io.etcdrobustness.runs.differential;

import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Request.SortOrder;
import io.etcdrobustness.history.Response;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Compares answers field by field, knowing nothing of what the judge lets pass: nothing passes here
 * but another order of keys that tie in a sorted range, which etcd leaves open.
 */
final class Exactly {

  private final Dialect dialect;
  private final Header member;

  /**
   * Comparisons of one member's answers.
   *
   * @param member the header that all answers must have, but for its revision
   */
  Exactly(Dialect dialect, Header member) {
    this.dialect = dialect;
    this.member = member;
  }

  /** {@code request} so that its answer hides nothing: no limit, and values with all keys. */
  static Request revealing(Request request) {
    return Txns.rewrite(
        request,
        inner ->
            Optional.of(
                inner instanceof Request.Range range
                    ? new Request.Range(
                        range.key(),
                        range.rangeEnd(),
                        0,
                        range.revision(),
                        range.sortOrder(),
                        range.sortTarget(),
                        range.serializable(),
                        false,
                        range.countOnly(),
                        range.minModRevision(),
                        range.maxModRevision(),
                        range.minCreateRevision(),
                        range.maxCreateRevision())
                    : inner));
  }

  /**
   * The first field in which {@code actual} is not as it must be; nothing if there is none.
   *
   * @param revealed the answer to the {@link #revealing} request
   */
  Optional<String> difference(
      Request request, Response expected, Response revealed, Response actual) {
    Header header = actual.header();
    return field("cluster id", member.clusterId(), header.clusterId())
        .or(() -> field("member id", member.memberId(), header.memberId()))
        .or(() -> field("raft term", member.raftTerm(), header.raftTerm()))
        .or(() -> field("revision", expected.header().revision(), header.revision()))
        .or(() -> content(request, expected, revealed, actual));
  }

  private Optional<String> content(
      Request request, Response expected, Response revealed, Response actual) {
    return switch (expected) {
      case Response.Ranged ranged
          when request instanceof Request.Range range
              && revealed instanceof Response.Ranged all
              && actual instanceof Response.Ranged answer ->
          ranged(range, ranged, all, answer);
      case Response.PutDone put when actual instanceof Response.PutDone answer ->
          kvs("previous", put.previous().stream().toList(), answer.previous().stream().toList());
      case Response.Deleted deleted when actual instanceof Response.Deleted answer ->
          field("deleted", deleted.deleted(), answer.deleted())
              .or(() -> kvs("previous", deleted.previous(), answer.previous()));
      case Response.TxnDone txn
          when request instanceof Request.Txn asked
              && revealed instanceof Response.TxnDone all
              && actual instanceof Response.TxnDone answer ->
          txn(asked, txn, all, answer);
      case Response.LeaseGranted granted when actual instanceof Response.LeaseGranted answer ->
          field("id", granted.id(), answer.id())
              .or(() -> field("ttl", granted.ttl(), answer.ttl()));
      case Response other ->
          field("kind", other.getClass().getSimpleName(), actual.getClass().getSimpleName());
    };
  }

  private Optional<String> txn(
      Request.Txn request,
      Response.TxnDone expected,
      Response.TxnDone revealed,
      Response.TxnDone actual) {
    Optional<String> difference =
        field("succeeded", expected.succeeded(), actual.succeeded())
            .or(() -> field("answers", expected.responses().size(), actual.responses().size()));
    List<Request.InTxn> branch = expected.succeeded() ? request.success() : request.failure();
    for (int i = 0; i < branch.size() && difference.isEmpty(); i++) {
      Response.InTxn inner = expected.responses().get(i);
      // etcd fills in the revision alone, and nothing in the header of a txn in a txn.
      Header header =
          Header.ofRevision(inner instanceof Response.TxnDone ? 0 : inner.header().revision());
      Response.InTxn answer = actual.responses().get(i);
      Response.InTxn all = revealed.responses().get(i);
      Request.InTxn asked = branch.get(i);
      String where = "in answer %d of the txn: ".formatted(i + 1);
      difference =
          field("header", header, answer.header())
              .or(() -> content(asked, inner, all, answer))
              .map(where::concat);
    }
    return difference;
  }

  private Optional<String> ranged(
      Request.Range range, Response.Ranged expected, Response.Ranged all, Response.Ranged actual) {
    List<KeyValue> told =
        dialect.tellsLease(range)
            ? expected.kvs()
            : expected.kvs().stream().map(Exactly::withoutLease).toList();
    return field("count", expected.count(), actual.count())
        .or(() -> field("more", expected.more(), actual.more()))
        .or(() -> kvs("kvs", retied(range, told, all.kvs(), actual.kvs()), actual.kvs()));
  }

  /** {@code expected} with its ties in the order of {@code actual}, as far as that is one. */
  private List<KeyValue> retied(
      Request.Range range, List<KeyValue> expected, List<KeyValue> all, List<KeyValue> actual) {
    Comparator<KeyValue> order = order(range);
    List<KeyValue> choice = choice(range, all);
    Set<String> used = new HashSet<>();
    List<KeyValue> retied = new ArrayList<>(expected);
    for (int i = 0; i < Math.min(expected.size(), actual.size()); i++) {
      KeyValue wanted = whole(choice, expected.get(i)).orElse(expected.get(i));
      Optional<KeyValue> instead = whole(choice, actual.get(i));
      if (instead.isPresent()
          && order.compare(wanted, instead.get()) == 0
          && used.add(instead.get().key())) {
        KeyValue kv = instead.get();
        retied.set(
            i,
            new KeyValue(
                kv.key(),
                range.keysOnly() ? "" : kv.value(),
                kv.createRevision(),
                kv.modRevision(),
                kv.version(),
                dialect.tellsLease(range) ? kv.lease() : 0));
      }
    }
    return retied;
  }

  /** What is sorted: without an order that was asked for, it is cut in the order of keys before. */
  private static List<KeyValue> choice(Request.Range range, List<KeyValue> all) {
    boolean filtered =
        range.minModRevision() != 0
            || range.maxModRevision() != 0
            || range.minCreateRevision() != 0
            || range.maxCreateRevision() != 0;
    return range.sortOrder() == SortOrder.NONE && range.limit() > 0 && !filtered
        ? all.stream().sorted(Comparator.comparing(KeyValue::key)).limit(range.limit() + 1).toList()
        : all;
  }

  private static Optional<KeyValue> whole(List<KeyValue> all, KeyValue part) {
    return all.stream().filter(kv -> kv.key().equals(part.key())).findFirst();
  }

  private static Comparator<KeyValue> order(Request.Range range) {
    return switch (range.sortTarget()) {
      case KEY -> Comparator.comparing(KeyValue::key);
      case VERSION -> Comparator.comparing(KeyValue::version);
      case CREATE -> Comparator.comparing(KeyValue::createRevision);
      case MOD -> Comparator.comparing(KeyValue::modRevision);
      case VALUE -> Comparator.comparing(KeyValue::value);
    };
  }

  private static KeyValue withoutLease(KeyValue kv) {
    return new KeyValue(
        kv.key(), kv.value(), kv.createRevision(), kv.modRevision(), kv.version(), 0);
  }

  private static Optional<String> kvs(String name, List<KeyValue> expected, List<KeyValue> actual) {
    Optional<String> difference = field(name, expected.size(), actual.size());
    for (int i = 0; i < expected.size() && difference.isEmpty(); i++) {
      difference = kv("%s[%d] ".formatted(name, i), expected.get(i), actual.get(i));
    }
    return difference;
  }

  private static Optional<String> kv(String name, KeyValue expected, KeyValue actual) {
    return field(name + "key", expected.key(), actual.key())
        .or(() -> field(name + "value", expected.value(), actual.value()))
        .or(() -> field(name + "create", expected.createRevision(), actual.createRevision()))
        .or(() -> field(name + "mod", expected.modRevision(), actual.modRevision()))
        .or(() -> field(name + "version", expected.version(), actual.version()))
        .or(() -> field(name + "lease", expected.lease(), actual.lease()));
  }

  private static Optional<String> field(String name, Object expected, Object actual) {
    return Objects.equals(expected, actual)
        ? Optional.empty()
        : Optional.of("%s is %s, the model says %s".formatted(name, actual, expected));
  }
}
