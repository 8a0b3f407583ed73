package io.etcdrobustness.history.file;

import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.Response;
import java.io.IOException;
import java.util.List;

/**
 * Answers, each as an object with one field, whose name is the kind of the request that it answers.
 */
final class ResponseCodec {

  private ResponseCodec() {}

  static void write(JsonFields out, Response response) throws IOException {
    switch (response) {
      case Response.Ranged ranged ->
          answer(
              out,
              "range",
              ranged,
              (o, r) ->
                  o.objects("kvs", r.kvs(), PartsCodec::writeKeyValue)
                      .number("count", r.count())
                      .flag("more", r.more()));
      case Response.PutDone put ->
          answer(out, "put", put, (o, r) -> PartsCodec.writePrevious(o, r.previous()));
      case Response.Deleted deleted ->
          answer(
              out,
              "delete",
              deleted,
              (o, r) ->
                  o.number("deleted", r.deleted())
                      .objects("previous", r.previous(), PartsCodec::writeKeyValue));
      case Response.TxnDone txn ->
          answer(
              out,
              "txn",
              txn,
              (o, r) ->
                  o.flag("succeeded", r.succeeded())
                      .objects("responses", r.responses(), ResponseCodec::write));
      case Response.Compacted compacted -> answer(out, "compact", compacted, (o, r) -> {});
      case Response.LeaseGranted granted ->
          answer(
              out, "leaseGrant", granted, (o, r) -> o.number("id", r.id()).number("ttl", r.ttl()));
      case Response.LeaseRevoked revoked -> answer(out, "leaseRevoke", revoked, (o, r) -> {});
      case Response.LeaseKeptAlive kept ->
          answer(
              out, "leaseKeepAlive", kept, (o, r) -> o.number("id", r.id()).number("ttl", r.ttl()));
      case Response.LeaseTtl ttl ->
          answer(
              out,
              "leaseTtl",
              ttl,
              (o, r) ->
                  o.number("id", r.id())
                      .number("ttl", r.ttl())
                      .number("grantedTtl", r.grantedTtl())
                      .texts("keys", r.keys()));
      case Response.Locked locked -> answer(out, "lock", locked, (o, r) -> o.text("key", r.key()));
      case Response.Unlocked unlocked -> answer(out, "unlock", unlocked, (o, r) -> {});
      case Response.MemberStatus status ->
          answer(
              out,
              "status",
              status,
              (o, r) ->
                  o.text("version", r.version())
                      .number("dbSize", r.dbSize())
                      .hex("leader", r.leader())
                      .number("raftIndex", r.raftIndex())
                      .number("raftTerm", r.raftTerm())
                      .number("raftAppliedIndex", r.raftAppliedIndex())
                      .flag("learner", r.learner())
                      .texts("errors", r.errors()));
      case Response.KvHash hash ->
          answer(
              out,
              "hashKv",
              hash,
              (o, r) ->
                  o.number("hash", r.hash())
                      .number("compactRev", r.compactRevision())
                      .number("hashRev", r.hashRevision()));
      case Response.Defragmented done -> answer(out, "defragment", done, (o, r) -> {});
      case Response.Alarms alarms ->
          answer(out, "alarms", alarms, (o, r) -> o.texts("active", r.alarms()));
    }
  }

  static Response read(JsonObject in) throws HistoryFormatException {
    String kind = in.onlyName();
    JsonObject o = in.object(kind);
    Header header = PartsCodec.readHeader(o);
    Response response =
        switch (kind) {
          case "range" ->
              new Response.Ranged(
                  header,
                  PartsCodec.readAll(o.objects("kvs"), PartsCodec::readKeyValue),
                  o.number("count", 0),
                  o.flag("more"));
          case "put" -> new Response.PutDone(header, PartsCodec.readPrevious(o));
          case "delete" ->
              new Response.Deleted(
                  header,
                  o.number("deleted", 0),
                  PartsCodec.readAll(o.objects("previous"), PartsCodec::readKeyValue));
          case "txn" -> new Response.TxnDone(header, o.flag("succeeded"), readResponses(o));
          case "compact" -> new Response.Compacted(header);
          case "leaseGrant" ->
              new Response.LeaseGranted(header, o.number("id", 0), o.number("ttl", 0));
          case "leaseRevoke" -> new Response.LeaseRevoked(header);
          case "leaseKeepAlive" ->
              new Response.LeaseKeptAlive(header, o.number("id", 0), o.number("ttl", 0));
          case "leaseTtl" ->
              new Response.LeaseTtl(
                  header,
                  o.number("id", 0),
                  o.number("ttl", 0),
                  o.number("grantedTtl", 0),
                  o.texts("keys"));
          case "lock" -> new Response.Locked(header, o.bytes("key"));
          case "unlock" -> new Response.Unlocked(header);
          case "status" ->
              new Response.MemberStatus(
                  header,
                  o.textOrEmpty("version"),
                  o.number("dbSize", 0),
                  o.hexOrZero("leader"),
                  o.number("raftIndex", 0),
                  o.number("raftTerm", 0),
                  o.number("raftAppliedIndex", 0),
                  o.flag("learner"),
                  o.texts("errors"));
          case "hashKv" ->
              new Response.KvHash(
                  header, o.number("hash", 0), o.number("compactRev", 0), o.number("hashRev", 0));
          case "defragment" -> new Response.Defragmented(header);
          case "alarms" -> new Response.Alarms(header, o.texts("active"));
          default -> throw in.error(kind, "is no kind of answer");
        };
    o.finish();
    return response;
  }

  private static <R extends Response> void answer(
      JsonFields out, String kind, R response, JsonFields.Content<R> fields) throws IOException {
    out.object(
        kind,
        response,
        (o, r) -> {
          PartsCodec.writeHeader(o, r.header());
          fields.write(o, r);
        });
  }

  private static List<Response.InTxn> readResponses(JsonObject in) throws HistoryFormatException {
    return PartsCodec.readAll(
        in.objects("responses"),
        o -> {
          if (read(o) instanceof Response.InTxn response) {
            return response;
          }
          throw o.error(
              "the answer to a txn holds range, put, delete and txn only, found " + o.onlyName());
        });
  }
}
