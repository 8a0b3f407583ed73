package io.etcdrobustness.history.histgen;

import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.file.HistoryFormatException;
import io.etcdrobustness.history.file.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One line of a history of the generator: an operation. */
final class HistgenLine {

  private static final Header NO_HEADER = Header.ofRevision(0);

  private HistgenLine() {}

  static Operation operation(long id, JsonObject line) throws HistoryFormatException {
    int client = line.integer("client");
    long call = line.number("call");
    long end = line.number("ret");
    Request request = request(line);
    Outcome outcome = outcome(request, line);
    // When a client gave up is not in the file; it bounds nothing.
    boolean known = outcome instanceof Outcome.Ok;
    if (known && end < call) {
      throw line.error("ret", "is before call: " + end + " < " + call);
    }
    Operation operation = new Operation(id, client, "", request, call, known ? end : call, outcome);
    line.finish();
    return operation;
  }

  private static Request request(JsonObject line) throws HistoryFormatException {
    String op = line.text("op");
    return switch (op) {
      case "get" -> Request.Range.of(line.utf8("key"), "");
      case "range" ->
          Request.Range.of(line.utf8("key"), line.utf8("end")).withLimit(line.number("limit", 0));
      case "put" -> Request.Put.of(line.utf8("key"), line.utf8("value"));
      case "del" -> Request.DeleteRange.of(line.utf8("key"));
      case "txn" -> new Request.Txn(compares(line), branch(line, "then"), branch(line, "else"));
      default ->
          throw line.error("op", "expected get, range, put, del or txn, found \"" + op + "\"");
    };
  }

  private static List<Compare> compares(JsonObject line) throws HistoryFormatException {
    List<JsonObject> objects = line.objects("cmp");
    List<Compare> compares = new ArrayList<>(objects.size());
    for (JsonObject compare : objects) {
      compares.add(
          Compare.of(
              compare.utf8("key"),
              Compare.Relation.EQUAL,
              new Compare.ModRevision(compare.number("modRev"))));
      compare.finish();
    }
    return compares;
  }

  private static List<Request.InTxn> branch(JsonObject line, String name)
      throws HistoryFormatException {
    List<JsonObject> objects = line.objects(name);
    List<Request.InTxn> branch = new ArrayList<>(objects.size());
    for (JsonObject inner : objects) {
      String op = inner.text("op");
      String key = inner.utf8("key");
      branch.add(
          switch (op) {
            case "get" -> Request.Range.of(key, "");
            case "put" -> Request.Put.of(key, inner.utf8("value"));
            case "del" -> Request.DeleteRange.of(key);
            default -> throw inner.error("op", "expected get, put or del, found \"" + op + "\"");
          });
      inner.finish();
    }
    return branch;
  }

  private static Outcome outcome(Request request, JsonObject line) throws HistoryFormatException {
    if (!line.has("rev") && line.has("error")) {
      String error = line.text("error");
      boolean timeout = error.equals("timeout");
      return new Outcome.Unknown(
          new Failure(
              timeout ? Failure.Kind.DEADLINE : Failure.Kind.OTHER,
              timeout ? "DEADLINE_EXCEEDED" : "",
              error));
    }
    // Every answer in such a file has its revision, so one below 1 was told so.
    long revision = line.number("rev");
    Header header = Header.ofRevision(revision > 0 ? revision : Header.IMPOSSIBLE);
    return new Outcome.Ok(
        switch (request) {
          case Request.Txn txn -> txnDone(header, txn, line);
          case Request.Range range -> ranged(header, range, line);
          case Request.Put put -> new Response.PutDone(header, Optional.empty());
          case Request.DeleteRange delete ->
              new Response.Deleted(header, line.number("deleted"), List.of());
          default -> throw new AssertionError("never read from a line: " + request);
        });
  }

  private static Response.TxnDone txnDone(Header header, Request.Txn txn, JsonObject line)
      throws HistoryFormatException {
    boolean succeeded = line.requiredFlag("succeeded");
    List<Request.InTxn> branch = succeeded ? txn.success() : txn.failure();
    List<JsonObject> results = line.objects("results");
    if (results.size() != branch.size()) {
      throw line.error(
          "results", "expected " + branch.size() + " as the branch has, found " + results.size());
    }
    List<Response.InTxn> responses = new ArrayList<>(results.size());
    for (int i = 0; i < results.size(); i++) {
      JsonObject result = results.get(i);
      responses.add(
          switch (branch.get(i)) {
            case Request.Range range -> ranged(NO_HEADER, range, result);
            case Request.Put put -> new Response.PutDone(NO_HEADER, Optional.empty());
            case Request.DeleteRange delete ->
                new Response.Deleted(NO_HEADER, result.number("deleted"), List.of());
            case Request.Txn nested ->
                throw new AssertionError("never read from a line: " + nested);
          });
      result.finish();
    }
    return new Response.TxnDone(header, succeeded, responses);
  }

  /** The generator has no leases; "more" is not in the file, and says no more than the count. */
  private static Response.Ranged ranged(Header header, Request.Range request, JsonObject in)
      throws HistoryFormatException {
    List<JsonObject> objects = in.objects("kvs");
    List<KeyValue> kvs = new ArrayList<>(objects.size());
    for (JsonObject kv : objects) {
      kvs.add(
          new KeyValue(
              kv.utf8("key"),
              kv.utf8("value"),
              kv.number("createRev"),
              kv.number("modRev"),
              kv.number("version"),
              0));
      kv.finish();
    }
    long count = in.number("count");
    return new Response.Ranged(header, kvs, count, request.limit() > 0 && count > kvs.size());
  }
}
