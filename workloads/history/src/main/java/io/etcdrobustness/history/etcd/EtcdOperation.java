package io.etcdrobustness.history.etcd;

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

/** One document of {@code operations.json}. */
final class EtcdOperation {

  /** What the suite records of an answer inside a txn has no header. */
  private static final Header NO_HEADER = Header.ofRevision(0);

  private EtcdOperation() {}

  static Operation read(long id, JsonObject document) throws HistoryFormatException {
    JsonObject input = document.object("Input");
    JsonObject output = document.object("Output");
    Request request = request(input);
    long call = document.number("Call");
    long end = document.number("Return");
    if (end < call) {
      throw document.error("Return", "is before Call: " + end + " < " + call);
    }
    return new Operation(
        id, document.integer("ClientId"), "", request, call, end, outcome(input, request, output));
  }

  private static Request request(JsonObject input) throws HistoryFormatException {
    String type = input.text("Type");
    return switch (type) {
      case "range" -> {
        JsonObject range = input.object("Range");
        yield range(range).atRevision(range.number("Revision", 0));
      }
      case "txn" -> {
        JsonObject txn = input.object("Txn");
        yield new Request.Txn(
            compares(txn), branch(txn, "OperationsOnSuccess"), branch(txn, "OperationsOnFailure"));
      }
      // The client lets etcd choose the id; what stands here is what etcd chose, if it answered.
      case "leaseGrant" -> new Request.LeaseGrant(0, KeyValue.NOT_RECORDED);
      case "leaseRevoke" -> new Request.LeaseRevoke(input.object("LeaseRevoke").number("LeaseID"));
      case "defragment" -> new Request.Defragment();
      case "compact" -> new Request.Compact(input.object("Compact").number("Revision"), false);
      default ->
          throw input.error(
              "Type",
              "expected range, txn, leaseGrant, leaseRevoke, defragment or compact, found \""
                  + type
                  + "\"");
    };
  }

  private static Request.Range range(JsonObject range) throws HistoryFormatException {
    Request.Range request =
        Request.Range.of(
                EtcdParts.bytes(range.text("Start")), EtcdParts.bytes(range.textOrEmpty("End")))
            .withLimit(range.number("Limit", 0));
    return range.flag("KeysOnly") ? request.withKeysOnly() : request;
  }

  /** Only equality of the revision of the last change, or of the version where that is asked. */
  private static List<Compare> compares(JsonObject txn) throws HistoryFormatException {
    List<Compare> compares = new ArrayList<>();
    for (JsonObject condition : txn.objects("Conditions")) {
      long version = condition.number("ExpectedVersion", 0);
      long revision = condition.number("ExpectedRevision", 0);
      String key = EtcdParts.bytes(condition.text("Key"));
      if (version != 0 && revision != 0) {
        throw condition.error("expected a condition on the revision or the version, found both");
      }
      // Both 0 is absence of the key either way.
      compares.add(
          Compare.of(
              key,
              Compare.Relation.EQUAL,
              version != 0 ? new Compare.Version(version) : new Compare.ModRevision(revision)));
    }
    return compares;
  }

  private static List<Request.InTxn> branch(JsonObject txn, String name)
      throws HistoryFormatException {
    List<Request.InTxn> branch = new ArrayList<>();
    for (JsonObject operation : txn.objects(name)) {
      String type = operation.text("Type");
      branch.add(
          switch (type) {
            case "range-operation" -> range(operation.object("Range"));
            case "put-operation" -> put(operation.object("Put"));
            case "delete-operation" ->
                Request.DeleteRange.of(EtcdParts.bytes(operation.object("Delete").text("Key")));
            default ->
                throw operation.error(
                    "Type",
                    "expected range-operation, put-operation or delete-operation, found \""
                        + type
                        + "\"");
          });
    }
    return branch;
  }

  private static Request.Put put(JsonObject put) throws HistoryFormatException {
    return new Request.Put(
        EtcdParts.bytes(put.text("Key")),
        EtcdParts.value(put, "Value"),
        put.number("LeaseID", 0),
        false,
        false,
        false);
  }

  private static Outcome outcome(JsonObject input, Request request, JsonObject output)
      throws HistoryFormatException {
    String refused = output.textOrEmpty("ClientError");
    if (!refused.isEmpty()) {
      return new Outcome.Failed(EtcdParts.failure(refused));
    }
    String error = output.textOrEmpty("Error");
    if (!error.isEmpty()) {
      return error(request, EtcdParts.failure(error));
    }
    // Persisted (PartialResponse before 2024): known from the WAL, while the client had no answer.
    if (output.flag("Persisted") || output.flag("PartialResponse")) {
      return new Outcome.Unknown(
          new Failure(Failure.Kind.OTHER, "", "no answer; the suite found it in the WAL"));
    }
    return new Outcome.Ok(response(input, request, output));
  }

  /**
   * A read that was told "compacted" or "future revision" got an answer, which can be judged. Of
   * everything else nothing is known, least of all of a write.
   */
  private static Outcome error(Request request, Failure failure) {
    boolean told =
        failure.kind() == Failure.Kind.COMPACTED || failure.kind() == Failure.Kind.FUTURE_REVISION;
    return told && request instanceof Request.Range
        ? new Outcome.Failed(failure)
        : new Outcome.Unknown(failure);
  }

  private static Response response(JsonObject input, Request request, JsonObject output)
      throws HistoryFormatException {
    Header header = new Header(0, output.hexOrZero("member-id"), output.number("Revision"), 0);
    return switch (request) {
      case Request.Range range -> ranged(header, range, output.object("Range"));
      case Request.Txn txn -> txnDone(header, txn, output.object("Txn"));
      case Request.LeaseGrant grant ->
          new Response.LeaseGranted(
              header, input.object("LeaseGrant").number("LeaseID"), KeyValue.NOT_RECORDED);
      case Request.LeaseRevoke revoke -> new Response.LeaseRevoked(header);
      case Request.Compact compact -> new Response.Compacted(header);
      case Request.Defragment defragment -> new Response.Defragmented(header);
      case Request.Put r -> throw notInReports(input, r);
      case Request.DeleteRange r -> throw notInReports(input, r);
      case Request.LeaseKeepAlive r -> throw notInReports(input, r);
      case Request.LeaseTimeToLive r -> throw notInReports(input, r);
      case Request.Lock r -> throw notInReports(input, r);
      case Request.Unlock r -> throw notInReports(input, r);
      case Request.Status r -> throw notInReports(input, r);
      case Request.HashKv r -> throw notInReports(input, r);
      case Request.AlarmList r -> throw notInReports(input, r);
    };
  }

  private static Response.TxnDone txnDone(Header header, Request.Txn txn, JsonObject output)
      throws HistoryFormatException {
    boolean succeeded = !output.flag("Failure");
    List<Request.InTxn> branch = succeeded ? txn.success() : txn.failure();
    List<JsonObject> results = output.objects("Results");
    if (results.size() != branch.size()) {
      throw output.error(
          "Results",
          "expected one for each of the "
              + branch.size()
              + " operations that were executed, found "
              + results.size());
    }
    List<Response.InTxn> responses = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      JsonObject result = results.get(i);
      responses.add(
          switch (branch.get(i)) {
            case Request.Range range -> ranged(NO_HEADER, range, result);
            case Request.Put put -> new Response.PutDone(NO_HEADER, Optional.empty());
            case Request.DeleteRange delete ->
                new Response.Deleted(NO_HEADER, result.number("Deleted", 0), List.of());
            case Request.Txn nested -> throw notInReports(result, nested);
          });
    }
    return new Response.TxnDone(header, succeeded, responses);
  }

  private static Response.Ranged ranged(Header header, Request.Range request, JsonObject range)
      throws HistoryFormatException {
    List<KeyValue> kvs = new ArrayList<>();
    for (JsonObject kv : range.objects("KVs")) {
      kvs.add(EtcdParts.keyValue(EtcdParts.bytes(kv.text("Key")), kv));
    }
    long count = range.number("Count", 0);
    // "More" is not recorded; it says no more than these two.
    boolean more = request.limit() > 0 && count > kvs.size();
    return new Response.Ranged(header, kvs, count, more);
  }

  private static AssertionError notInReports(JsonObject at, Request request) {
    return new AssertionError("never read from a report: " + request, at.error("here"));
  }
}
