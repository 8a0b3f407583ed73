package io.etcdrobustness.history.file;

import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.Request;
import java.io.IOException;
import java.util.List;

/** Requests, each as an object with one field, whose name is the kind of the request. */
final class RequestCodec {

  private RequestCodec() {}

  static void write(JsonFields out, Request request) throws IOException {
    switch (request) {
      case Request.Range range -> out.object("range", range, RequestCodec::writeRange);
      case Request.Put put -> out.object("put", put, RequestCodec::writePut);
      case Request.DeleteRange delete ->
          out.object("delete", delete, RequestCodec::writeDeleteRange);
      case Request.Txn txn -> out.object("txn", txn, RequestCodec::writeTxn);
      case Request.Compact compact ->
          out.object(
              "compact",
              compact,
              (o, r) -> o.number("rev", r.revision()).flag("physical", r.physical()));
      case Request.LeaseGrant grant ->
          out.object("leaseGrant", grant, (o, r) -> o.number("id", r.id()).number("ttl", r.ttl()));
      case Request.LeaseRevoke revoke ->
          out.object("leaseRevoke", revoke, (o, r) -> o.number("id", r.id()));
      case Request.LeaseKeepAlive keepAlive ->
          out.object("leaseKeepAlive", keepAlive, (o, r) -> o.number("id", r.id()));
      case Request.LeaseTimeToLive ttl ->
          out.object("leaseTtl", ttl, (o, r) -> o.number("id", r.id()).flag("keys", r.keys()));
      case Request.Lock lock ->
          out.object("lock", lock, (o, r) -> o.text("name", r.name()).number("lease", r.lease()));
      case Request.Unlock unlock -> out.object("unlock", unlock, (o, r) -> o.text("key", r.key()));
      case Request.Status status -> out.object("status", status, (o, r) -> {});
      case Request.HashKv hash ->
          out.object("hashKv", hash, (o, r) -> o.number("rev", r.revision()));
      case Request.Defragment defragment -> out.object("defragment", defragment, (o, r) -> {});
      case Request.AlarmList alarms -> out.object("alarms", alarms, (o, r) -> {});
    }
  }

  static Request read(JsonObject in) throws HistoryFormatException {
    String kind = in.onlyName();
    JsonObject o = in.object(kind);
    Request request =
        switch (kind) {
          case "range" -> readRange(o);
          case "put" ->
              new Request.Put(
                  o.bytes("key"),
                  o.bytes("value"),
                  o.number("lease", 0),
                  o.flag("prevKv"),
                  o.flag("ignoreValue"),
                  o.flag("ignoreLease"));
          case "delete" ->
              new Request.DeleteRange(o.bytes("key"), o.bytes("end"), o.flag("prevKv"));
          case "txn" ->
              new Request.Txn(
                  PartsCodec.readAll(o.objects("if"), RequestCodec::readCompare),
                  readBranch(o, "then"),
                  readBranch(o, "else"));
          case "compact" -> new Request.Compact(o.number("rev", 0), o.flag("physical"));
          case "leaseGrant" -> new Request.LeaseGrant(o.number("id", 0), o.number("ttl", 0));
          case "leaseRevoke" -> new Request.LeaseRevoke(o.number("id", 0));
          case "leaseKeepAlive" -> new Request.LeaseKeepAlive(o.number("id", 0));
          case "leaseTtl" -> new Request.LeaseTimeToLive(o.number("id", 0), o.flag("keys"));
          case "lock" -> new Request.Lock(o.bytes("name"), o.number("lease", 0));
          case "unlock" -> new Request.Unlock(o.bytes("key"));
          case "status" -> new Request.Status();
          case "hashKv" -> new Request.HashKv(o.number("rev", 0));
          case "defragment" -> new Request.Defragment();
          case "alarms" -> new Request.AlarmList();
          default -> throw in.error(kind, "is no kind of request");
        };
    o.finish();
    return request;
  }

  private static void writeRange(JsonFields out, Request.Range range) throws IOException {
    out.text("key", range.key())
        .text("end", range.rangeEnd())
        .number("limit", range.limit())
        .number("rev", range.revision())
        .constant("order", range.sortOrder(), Request.SortOrder.NONE)
        .constant("by", range.sortTarget(), Request.SortTarget.KEY)
        .flag("serializable", range.serializable())
        .flag("keysOnly", range.keysOnly())
        .flag("countOnly", range.countOnly())
        .number("minMod", range.minModRevision())
        .number("maxMod", range.maxModRevision())
        .number("minCreate", range.minCreateRevision())
        .number("maxCreate", range.maxCreateRevision());
  }

  private static Request.Range readRange(JsonObject o) throws HistoryFormatException {
    return new Request.Range(
        o.bytes("key"),
        o.bytes("end"),
        o.number("limit", 0),
        o.number("rev", 0),
        o.constant("order", Request.SortOrder.class, Request.SortOrder.NONE),
        o.constant("by", Request.SortTarget.class, Request.SortTarget.KEY),
        o.flag("serializable"),
        o.flag("keysOnly"),
        o.flag("countOnly"),
        o.number("minMod", 0),
        o.number("maxMod", 0),
        o.number("minCreate", 0),
        o.number("maxCreate", 0));
  }

  private static void writePut(JsonFields out, Request.Put put) throws IOException {
    out.text("key", put.key())
        .text("value", put.value())
        .number("lease", put.lease())
        .flag("prevKv", put.prevKv())
        .flag("ignoreValue", put.ignoreValue())
        .flag("ignoreLease", put.ignoreLease());
  }

  private static void writeDeleteRange(JsonFields out, Request.DeleteRange delete)
      throws IOException {
    out.text("key", delete.key()).text("end", delete.rangeEnd()).flag("prevKv", delete.prevKv());
  }

  private static void writeTxn(JsonFields out, Request.Txn txn) throws IOException {
    out.objects("if", txn.compares(), RequestCodec::writeCompare)
        .objects("then", txn.success(), RequestCodec::write)
        .objects("else", txn.failure(), RequestCodec::write);
  }

  private static List<Request.InTxn> readBranch(JsonObject in, String name)
      throws HistoryFormatException {
    return PartsCodec.readAll(
        in.objects(name),
        o -> {
          if (read(o) instanceof Request.InTxn request) {
            return request;
          }
          throw o.error("a txn holds range, put, delete and txn only, found " + o.onlyName());
        });
  }

  private static void writeCompare(JsonFields out, Compare compare) throws IOException {
    out.text("key", compare.key())
        .text("end", compare.rangeEnd())
        .constant("is", compare.relation());
    switch (compare.operand()) {
      case Compare.Version version -> out.requiredNumber("version", version.version());
      case Compare.CreateRevision create -> out.requiredNumber("create", create.revision());
      case Compare.ModRevision mod -> out.requiredNumber("mod", mod.revision());
      case Compare.Value value -> out.json().writeStringField("value", value.value());
      case Compare.Lease lease -> out.requiredNumber("lease", lease.id());
    }
  }

  private static Compare readCompare(JsonObject o) throws HistoryFormatException {
    Compare compare =
        new Compare(
            o.bytes("key"),
            o.bytes("end"),
            o.constant("is", Compare.Relation.class),
            readOperand(o));
    o.finish();
    return compare;
  }

  private static Compare.Operand readOperand(JsonObject o) throws HistoryFormatException {
    // finish() refuses a second operand: it would be a field that nobody asked for.
    if (o.has("version")) {
      return new Compare.Version(o.number("version"));
    }
    if (o.has("create")) {
      return new Compare.CreateRevision(o.number("create"));
    }
    if (o.has("mod")) {
      return new Compare.ModRevision(o.number("mod"));
    }
    if (o.has("value")) {
      return new Compare.Value(o.bytes("value"));
    }
    if (o.has("lease")) {
      return new Compare.Lease(o.number("lease"));
    }
    throw o.error("expected one of the operands version, create, mod, value, lease");
  }
}
