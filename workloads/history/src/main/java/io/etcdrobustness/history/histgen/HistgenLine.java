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
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One line of a history of the generator: an operation. */
final class HistgenLine {

  private static final Header NO_HEADER = Header.ofRevision(0);

  private HistgenLine() {}

  /** A string, which the generator writes as UTF-8, as a byte string. */
  static String bytes(JsonObject in, String name) throws HistoryFormatException {
    String text = in.text(name);
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0x7f) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
      }
    }
    return text;
  }

  static Operation operation(long id, JsonObject line) throws HistoryFormatException {
    long call = line.number("call");
    long end = line.number("ret");
    Request request = request(line);
    Outcome outcome = outcome(request, line);
    // When a client gave up is not in the file; it bounds nothing.
    boolean known = outcome instanceof Outcome.Ok;
    if (known && end < call) {
      throw line.error("ret", "is before call: " + end + " < " + call);
    }
    Operation operation =
        new Operation(id, line.integer("client"), "", request, call, known ? end : call, outcome);
    line.finish();
    return operation;
  }

  private static Request request(JsonObject line) throws HistoryFormatException {
    String op = line.text("op");
    return switch (op) {
      case "get" -> Request.Range.of(bytes(line, "key"), "");
      case "range" ->
          Request.Range.of(bytes(line, "key"), bytes(line, "end"))
              .withLimit(line.number("limit", 0));
      case "put" -> Request.Put.of(bytes(line, "key"), bytes(line, "value"));
      case "del" -> Request.DeleteRange.of(bytes(line, "key"));
      case "txn" -> new Request.Txn(compares(line), branch(line, "then"), branch(line, "else"));
      default ->
          throw line.error("op", "expected get, range, put, del or txn, found \"" + op + "\"");
    };
  }

  private static List<Compare> compares(JsonObject line) throws HistoryFormatException {
    List<Compare> compares = new ArrayList<>();
    for (JsonObject compare : line.objects("cmp")) {
      compares.add(
          Compare.of(
              bytes(compare, "key"),
              Compare.Relation.EQUAL,
              new Compare.ModRevision(compare.number("modRev"))));
      compare.finish();
    }
    return compares;
  }

  private static List<Request.InTxn> branch(JsonObject line, String name)
      throws HistoryFormatException {
    List<Request.InTxn> branch = new ArrayList<>();
    for (JsonObject inner : line.objects(name)) {
      String op = inner.text("op");
      String key = bytes(inner, "key");
      branch.add(
          switch (op) {
            case "get" -> Request.Range.of(key, "");
            case "put" -> Request.Put.of(key, bytes(inner, "value"));
            case "del" -> Request.DeleteRange.of(key);
            default -> throw inner.error("op", "expected get, put or del, found \"" + op + "\"");
          });
      inner.finish();
    }
    return branch;
  }

  private static Outcome outcome(Request request, JsonObject line) throws HistoryFormatException {
    if (line.has("error")) {
      String error = line.text("error");
      boolean timeout = error.equals("timeout");
      return new Outcome.Unknown(
          new Failure(
              timeout ? Failure.Kind.DEADLINE : Failure.Kind.OTHER,
              timeout ? "DEADLINE_EXCEEDED" : "",
              error));
    }
    Header header = Header.ofRevision(line.number("rev"));
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
    List<Response.InTxn> responses = new ArrayList<>();
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
    List<KeyValue> kvs = new ArrayList<>();
    for (JsonObject kv : in.objects("kvs")) {
      kvs.add(
          new KeyValue(
              bytes(kv, "key"),
              bytes(kv, "value"),
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
