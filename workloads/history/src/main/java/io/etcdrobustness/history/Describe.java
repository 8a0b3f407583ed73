package io.etcdrobustness.history;

import java.util.ArrayList;
import java.util.List;

/**
 * Operations in words, one line each, for people: {@code put("k7", "c3-118", lease 5) → rev 318}.
 *
 * <p>A line is never longer than {@link #LONGEST} chars and holds printable ASCII, apart from the
 * few signs that this class itself puts in: other bytes are written as {@code \x00}. What is left
 * out is marked by {@code …}.
 */
public final class Describe {

  /** The most chars of a line. */
  public static final int LONGEST = 400;

  private static final int LONGEST_STRING = 120;
  private static final int MOST_ITEMS = 8;
  private static final int DEEPEST = 4;

  private Describe() {}

  /** Who asked what and how it ended: {@code client 3: put("k7", "x") → rev 318}. */
  public static String operation(Operation operation) {
    return limited(
        "client "
            + operation.client()
            + (operation.member().isEmpty() ? "" : " at " + escaped(operation.member()))
            + ": "
            + request(operation.request())
            + " → "
            + outcome(operation.outcome()));
  }

  /** The request alone. */
  public static String request(Request request) {
    return limited(request(request, 0));
  }

  /** The answer alone. */
  public static String response(Response response) {
    return limited(response(response, 0));
  }

  /** How it ended. */
  public static String outcome(Outcome outcome) {
    return limited(
        switch (outcome) {
          case Outcome.Ok ok -> response(ok.response(), 0);
          case Outcome.Failed failed -> "failed: " + failure(failed.failure());
          case Outcome.Unknown unknown -> "unknown: " + failure(unknown.failure());
        });
  }

  /** What came in on a watch. */
  public static String watch(Watch watch) {
    String text =
        switch (watch) {
          case Watch.Opened o ->
              "opened on "
                  + range(o.key(), o.rangeEnd())
                  + (o.startRevision() == 0 ? " from now on" : " from rev " + o.startRevision())
                  + words(
                      o.progressNotify() ? "progress notify" : "",
                      o.prevKv() ? "prev kv" : "",
                      o.noPut() ? "no puts" : "",
                      o.noDelete() ? "no deletes" : "");
          case Watch.Created c -> "created" + revision(c.header());
          case Watch.Events e ->
              "events "
                  + list(e.events().stream().limit(MOST_ITEMS + 1).map(Describe::event).toList())
                  + revision(e.header())
                  + (e.fragment() ? ", more of it follows" : "");
          case Watch.Progress p -> "progress" + revision(p.header());
          case Watch.ProgressRequested p -> "progress requested";
          case Watch.Canceled c ->
              "canceled by the server: "
                  + escaped(c.reason())
                  + (c.compactRevision() == 0 ? "" : ", compacted at " + c.compactRevision());
          case Watch.Broken b -> "stream broke: " + failure(b.failure());
          case Watch.Closed c -> "closed by the client";
        };
    return limited("watch " + watch.watch() + " " + text);
  }

  /** A change of one key: {@code put("a", "1") at rev 5}. */
  public static String event(Event event) {
    KeyValue kv = event.kv();
    String change =
        switch (event.type()) {
          case PUT -> "put(" + quoted(kv.key()) + ", " + quoted(kv.value()) + ")";
          case DELETE -> "delete(" + quoted(kv.key()) + ")";
        };
    return change
        + " at rev "
        + kv.modRevision()
        + (event.created() ? ", created" : "")
        + event.previous().map(p -> ", before: " + keyValue(p)).orElse("");
  }

  /** A byte string in quotes, shortened, what cannot be printed as {@code \x00}. */
  public static String quoted(String bytes) {
    return '"' + escaped(bytes) + '"';
  }

  private static String request(Request request, int depth) {
    return switch (request) {
      case Request.Range r ->
          (r.rangeEnd().isEmpty() ? "get(" : "range(")
              + range(r.key(), r.rangeEnd())
              + (r.revision() == 0 ? "" : ", at rev " + r.revision())
              + (r.limit() == 0 ? "" : ", limit " + r.limit())
              + (r.sortOrder() == Request.SortOrder.NONE && r.sortTarget() == Request.SortTarget.KEY
                  ? ""
                  : ", sorted " + r.sortOrder() + " by " + r.sortTarget())
              + bound("mod rev", r.minModRevision(), r.maxModRevision())
              + bound("create rev", r.minCreateRevision(), r.maxCreateRevision())
              + words(
                  r.keysOnly() ? "keys only" : "",
                  r.countOnly() ? "count only" : "",
                  r.serializable() ? "serializable" : "")
              + ")";
      case Request.Put p ->
          "put("
              + quoted(p.key())
              + (p.ignoreValue() ? ", value kept" : ", " + quoted(p.value()))
              + (p.ignoreLease() ? ", lease kept" : "")
              + (p.lease() == 0 ? "" : ", lease " + p.lease())
              + words(p.prevKv() ? "prev kv" : "")
              + ")";
      case Request.DeleteRange d ->
          "delete(" + range(d.key(), d.rangeEnd()) + words(d.prevKv() ? "prev kv" : "") + ")";
      case Request.Txn t -> depth == DEEPEST ? "txn(…)" : txn(t, depth);
      case Request.Compact c ->
          "compact(" + c.revision() + words(c.physical() ? "physical" : "") + ")";
      case Request.LeaseGrant g ->
          "leaseGrant(" + (g.id() == 0 ? "" : "id " + g.id() + ", ") + seconds(g.ttl()) + ")";
      case Request.LeaseRevoke r -> "leaseRevoke(" + r.id() + ")";
      case Request.LeaseKeepAlive k -> "leaseKeepAlive(" + k.id() + ")";
      case Request.LeaseTimeToLive l ->
          "leaseTimeToLive(" + l.id() + words(l.keys() ? "with keys" : "") + ")";
      case Request.Lock l -> "lock(" + quoted(l.name()) + ", lease " + l.lease() + ")";
      case Request.Unlock u -> "unlock(" + quoted(u.key()) + ")";
      case Request.Status s -> "status()";
      case Request.HashKv h ->
          "hashKV(" + (h.revision() == 0 ? "" : "at rev " + h.revision()) + ")";
      case Request.Defragment d -> "defragment()";
      case Request.AlarmList a -> "alarmList()";
    };
  }

  private static String txn(Request.Txn txn, int depth) {
    return "txn("
        + (txn.compares().isEmpty()
            ? ""
            : "if "
                + joined(" and ", txn.compares().stream().map(Describe::compare).toList())
                + " ")
        + "then "
        + branch(txn.success(), depth)
        + (txn.failure().isEmpty() ? "" : " else " + branch(txn.failure(), depth))
        + ")";
  }

  private static String branch(List<Request.InTxn> requests, int depth) {
    return list(requests.stream().limit(MOST_ITEMS + 1).map(r -> request(r, depth + 1)).toList());
  }

  private static String compare(Compare compare) {
    String key = range(compare.key(), compare.rangeEnd());
    String relation =
        switch (compare.relation()) {
          case EQUAL -> "=";
          case GREATER -> ">";
          case LESS -> "<";
          case NOT_EQUAL -> "≠";
        };
    return switch (compare.operand()) {
      case Compare.Version v -> "version(" + key + ")" + relation + v.version();
      case Compare.CreateRevision c -> "create(" + key + ")" + relation + c.revision();
      case Compare.ModRevision m -> "mod(" + key + ")" + relation + m.revision();
      case Compare.Value v -> "value(" + key + ")" + relation + quoted(v.value());
      case Compare.Lease l -> "lease(" + key + ")" + relation + l.id();
    };
  }

  private static String response(Response response, int depth) {
    String text =
        switch (response) {
          case Response.Ranged r ->
              list(r.kvs().stream().limit(MOST_ITEMS + 1).map(Describe::keyValue).toList())
                  + ", count "
                  + r.count()
                  + (r.more() ? ", more" : "");
          case Response.PutDone p ->
              p.previous().map(kv -> "done, before: " + keyValue(kv)).orElse("done");
          case Response.Deleted d ->
              d.deleted()
                  + " deleted"
                  + (d.previous().isEmpty()
                      ? ""
                      : ", before: "
                          + list(d.previous().stream().map(Describe::keyValue).toList()));
          case Response.TxnDone t ->
              (t.succeeded() ? "then " : "else ")
                  + (depth == DEEPEST
                      ? "[…]"
                      : list(
                          t.responses().stream()
                              .limit(MOST_ITEMS + 1)
                              .map(r -> response(r, depth + 1))
                              .toList()));
          case Response.Compacted c -> "compacted";
          case Response.LeaseGranted g -> "lease " + g.id() + " for " + seconds(g.ttl());
          case Response.LeaseRevoked r -> "revoked";
          case Response.LeaseKeptAlive k ->
              k.ttl() <= 0 ? "lease " + k.id() + " is gone" : "kept for " + seconds(k.ttl());
          case Response.LeaseTtl l ->
              (l.ttl() < 0 ? "lease " + l.id() + " is gone" : seconds(l.ttl()) + " left")
                  + " of "
                  + seconds(l.grantedTtl())
                  + (l.keys().isEmpty()
                      ? ""
                      : ", keys " + list(l.keys().stream().map(Describe::quoted).toList()));
          case Response.Locked l -> "locked by " + quoted(l.key());
          case Response.Unlocked u -> "unlocked";
          case Response.MemberStatus s ->
              "version "
                  + escaped(s.version())
                  + ", leader "
                  + Long.toHexString(s.leader())
                  + ", term "
                  + s.raftTerm()
                  + ", applied "
                  + s.raftAppliedIndex()
                  + (s.learner() ? ", learner" : "")
                  + (s.errors().isEmpty()
                      ? ""
                      : ", errors " + list(s.errors().stream().map(Describe::quoted).toList()));
          case Response.KvHash h ->
              "hash "
                  + h.hash()
                  + " of ("
                  + h.compactRevision()
                  + ", "
                  + (h.hashRevision() == 0 ? "?" : h.hashRevision())
                  + "]";
          case Response.Defragmented d -> "defragmented";
          case Response.Alarms a ->
              "alarms " + list(a.alarms().stream().map(Describe::escaped).toList());
        };
    String revision = revision(response.header());
    // "→ rev 318" says all that there is to say of a plain put.
    return text.equals("done") && !revision.isEmpty() ? revision.substring(2) : text + revision;
  }

  private static String keyValue(KeyValue kv) {
    return quoted(kv.key())
        + "="
        + quoted(kv.value())
        + " (mod "
        + kv.modRevision()
        + (kv.version() == KeyValue.NOT_RECORDED ? "" : ", version " + kv.version())
        + (kv.lease() == KeyValue.NOT_RECORDED || kv.lease() == 0 ? "" : ", lease " + kv.lease())
        + ")";
  }

  private static String failure(Failure failure) {
    return failure.kind()
        + (failure.code().isEmpty() ? "" : " " + escaped(failure.code()))
        + (failure.message().isEmpty() ? "" : " \"" + escaped(failure.message()) + '"');
  }

  private static String revision(Header header) {
    return header.revision() <= 0 ? "" : ", rev " + header.revision();
  }

  private static String range(String key, String rangeEnd) {
    if (rangeEnd.isEmpty()) {
      return quoted(key);
    }
    if (rangeEnd.equals("\0")) {
      return key.equals("\0") || key.isEmpty() ? "all keys" : "[" + quoted(key) + ", ∞)";
    }
    return rangeEnd.equals(ByteStrings.prefixEnd(key))
        ? quoted(key) + "*"
        : "[" + quoted(key) + ", " + quoted(rangeEnd) + ")";
  }

  private static String bound(String what, long min, long max) {
    if (min == 0 && max == 0) {
      return "";
    }
    return ", " + what + " in [" + min + ", " + (max == 0 ? "∞)" : max + "]");
  }

  private static String seconds(long ttl) {
    return ttl == KeyValue.NOT_RECORDED ? "? s" : ttl + " s";
  }

  private static String words(String... words) {
    StringBuilder result = new StringBuilder();
    for (String word : words) {
      if (!word.isEmpty()) {
        result.append(", ").append(word);
      }
    }
    return result.toString();
  }

  private static String list(List<String> items) {
    return "[" + joined(", ", items) + "]";
  }

  private static String joined(String separator, List<String> items) {
    if (items.size() <= MOST_ITEMS) {
      return String.join(separator, items);
    }
    List<String> first = new ArrayList<>(items.subList(0, MOST_ITEMS));
    first.add("…");
    return String.join(separator, first);
  }

  private static String escaped(String text) {
    StringBuilder result = new StringBuilder();
    int shown = Math.min(text.length(), LONGEST_STRING);
    for (int i = 0; i < shown; i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        result.append('\\').append(c);
      } else if (c >= 0x20 && c < 0x7f) {
        result.append(c);
      } else if (c <= 0xff) {
        result.append("\\x").append(hex(c >> 4)).append(hex(c));
      } else {
        result.append("\\u").append(hex(c >> 12)).append(hex(c >> 8)).append(hex(c >> 4));
        result.append(hex(c));
      }
    }
    return shown < text.length() ? result + "…" : result.toString();
  }

  private static char hex(int bits) {
    return Character.forDigit(bits & 0xf, 16);
  }

  private static String limited(String line) {
    return line.length() <= LONGEST ? line : line.substring(0, LONGEST - 1) + "…";
  }
}
