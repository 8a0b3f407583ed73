package io.etcdrobustness.history.jepsen;

import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.file.HistoryFormatException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * etcd's answers as {@code --debug} records them ({@code ToClj} of {@code client.clj}, {@code
 * parse-res} of {@code client/etcdctl.clj}).
 *
 * <p>In debug mode a value in the store is a map that tells who wrote it, with the value proper
 * under {@code :value}; that is what a history holds here.
 */
final class DebugParts {

  private static final Header NO_HEADER = Header.ofRevision(0);

  private DebugParts() {}

  /** The answer to a txn, where its revision was recorded. */
  static Optional<Header> header(Edn answer) {
    Edn header = answer.get("header");
    long revision = header.get("revision").asLong().orElse(0);
    return revision <= 0
        ? Optional.empty()
        : Optional.of(
            new Header(
                0,
                id(header.get("member-id")),
                revision,
                header.get("raft-term").asLong().orElse(0)));
  }

  /** An unsigned number of 64 bits, which Java's printer shows as negative, and JSON's does not. */
  private static long id(Edn id) {
    return id instanceof Edn.Whole(BigInteger number) ? number.longValue() : 0;
  }

  /** Whether the conditions held. */
  static boolean succeeded(Call call, Edn answer) throws HistoryFormatException {
    if (answer.get("succeeded?") instanceof Edn.Bool(boolean value)) {
      return value;
    }
    throw call.wrong(
        "expected :succeeded? in the answer to a txn, found " + answer.get("succeeded?").text());
  }

  /** The answers to each of {@code requests}, in their order. */
  static List<Response.InTxn> results(Call call, Edn answer, List<Request.InTxn> requests)
      throws HistoryFormatException {
    if (!(answer.get("results") instanceof Edn.Items(List<Edn> results))
        || results.size() != requests.size()) {
      throw call.wrong(
          "expected %d :results of a txn, found %s"
              .formatted(requests.size(), answer.get("results").text()));
    }
    List<Response.InTxn> responses = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      responses.add(
          requests.get(i) instanceof Request.Range
              ? ranged(call, results.get(i))
              : new Response.PutDone(NO_HEADER, previous(call, results.get(i))));
    }
    return responses;
  }

  /** Whether the puts of an answer tell what was there before; etcdctl's do not. */
  static boolean tellsPrevious(Edn answer) {
    return answer.get("results") instanceof Edn.Items(List<Edn> results)
        && results.stream().filter(result -> !result.has("kvs")).allMatch(put -> put.has("prev-kv"))
        && results.stream().anyMatch(put -> put.has("prev-kv"));
  }

  private static Optional<KeyValue> previous(Call call, Edn result) throws HistoryFormatException {
    boolean told =
        result.get("prev-kv?").equals(new Edn.Bool(true))
            // A put of a new key comes with an empty key, of version 0.
            || (!result.has("prev-kv?")
                && result.get("prev-kv") instanceof Edn.Items(List<Edn> pair)
                && pair.size() == 2
                && pair.get(1).get("version").asLong().orElse(0) > 0);
    if (!told) {
      return Optional.empty();
    }
    if (!(result.get("prev-kv") instanceof Edn.Items(List<Edn> pair)) || pair.size() != 2) {
      throw call.wrong("expected [key {…}] as :prev-kv, found " + result.get("prev-kv").text());
    }
    return Optional.of(keyValue(call, pair.getFirst(), pair.get(1)));
  }

  private static Response.Ranged ranged(Call call, Edn result) throws HistoryFormatException {
    if (!(result.get("kvs") instanceof Edn.MapOf(Map<Edn, Edn> found))) {
      throw call.wrong("expected {key {…}} as :kvs, found " + result.get("kvs").text());
    }
    List<KeyValue> kvs = new ArrayList<>();
    for (Map.Entry<Edn, Edn> entry : found.entrySet()) {
      kvs.add(keyValue(call, entry.getKey(), entry.getValue()));
    }
    long count = result.get("count").asLong().orElse(kvs.size());
    return new Response.Ranged(NO_HEADER, kvs, count, false);
  }

  /** A key with its value; leases are not recorded. */
  static KeyValue keyValue(Call call, Edn key, Edn fields) throws HistoryFormatException {
    return new KeyValue(
        key.asKey(),
        plain(fields.get("value")).asValue(),
        number(call, fields, "create-revision"),
        number(call, fields, "mod-revision"),
        number(call, fields, "version"),
        KeyValue.NOT_RECORDED);
  }

  private static long number(Call call, Edn fields, String name) throws HistoryFormatException {
    long number = fields.get(name).asLong().orElse(-1);
    if (number < 0) {
      throw call.wrong(
          "expected a number as :%s of a key, found %s".formatted(name, fields.get(name).text()));
    }
    return number;
  }

  /** A value without what debug mode adds. */
  static Edn plain(Edn value) {
    return value.has("value") ? value.get("value") : value;
  }
}
