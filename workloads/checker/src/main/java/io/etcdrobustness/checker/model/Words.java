package io.etcdrobustness.checker.model;

import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Request;
import java.util.List;
import java.util.stream.Collectors;

/** Requests and keys as a reader of a violation sees them, such as {@code put(k7,b)}. */
public final class Words {

  private static final int LONGEST = 40;

  private Words() {}

  /** The request in short. */
  public static String request(Request request) {
    return switch (request) {
      case Request.Range range ->
          (range.rangeEnd().isEmpty() ? "get(" : "range(")
              + interval(range.key(), range.rangeEnd())
              + (range.revision() > 0 ? " at revision " + range.revision() : "")
              + ")";
      case Request.Put put ->
          "put("
              + key(put.key())
              + (put.ignoreValue() ? "" : "," + key(put.value()))
              + (put.lease() == 0 ? "" : ",lease " + Long.toHexString(put.lease()))
              + ")";
      case Request.DeleteRange delete ->
          "delete(" + interval(delete.key(), delete.rangeEnd()) + ")";
      case Request.Txn txn ->
          "txn(if "
              + txn.compares().stream().map(Words::compare).collect(Collectors.joining(" and "))
              + " then "
              + branch(txn.success())
              + " else "
              + branch(txn.failure())
              + ")";
      case Request.Compact compact -> "compact(" + compact.revision() + ")";
      case Request.LeaseGrant grant -> "leaseGrant(" + Long.toHexString(grant.id()) + ")";
      case Request.LeaseRevoke revoke -> "leaseRevoke(" + Long.toHexString(revoke.id()) + ")";
      case Request.LeaseKeepAlive alive -> "keepAlive(" + Long.toHexString(alive.id()) + ")";
      case Request.LeaseTimeToLive live -> "timeToLive(" + Long.toHexString(live.id()) + ")";
      case Request.Lock lock -> "lock(" + key(lock.name()) + ")";
      case Request.Unlock unlock -> "unlock(" + key(unlock.key()) + ")";
      case Request.Status status -> "status";
      case Request.HashKv hash -> "hashKv(" + hash.revision() + ")";
      case Request.Defragment defragment -> "defragment";
      case Request.AlarmList alarms -> "alarmList";
    };
  }

  /** The key with its value and revisions. */
  public static String kv(KeyValue kv) {
    return "%s=%s (create %s, mod %s, version %s, lease %s)"
        .formatted(
            key(kv.key()),
            key(kv.value()),
            number(kv.createRevision()),
            number(kv.modRevision()),
            number(kv.version()),
            kv.lease() == KeyValue.NOT_RECORDED ? "?" : Long.toHexString(kv.lease()));
  }

  /** A key or value, shortened, with only printable characters. */
  public static String key(String text) {
    String shortened = text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    StringBuilder printable = new StringBuilder(shortened.length());
    for (char each : shortened.toCharArray()) {
      if (each < ' ' || (each > '~' && each < 0x100)) {
        printable.append(String.format("\\x%02x", (int) each));
      } else {
        printable.append(each);
      }
    }
    return printable.toString();
  }

  private static String number(long field) {
    return field == KeyValue.NOT_RECORDED ? "?" : Long.toString(field);
  }

  private static String interval(String key, String end) {
    if (end.isEmpty()) {
      return key(key);
    }
    return key(key) + ".." + (end.equals("\0") ? "end" : key(end));
  }

  private static String branch(List<Request.InTxn> branch) {
    return branch.stream().map(Words::request).collect(Collectors.joining(", ", "[", "]"));
  }

  private static String compare(Compare compare) {
    String field =
        switch (compare.operand()) {
          case Compare.Value(String value) -> "value%s" + key(value).replace("%", "%%");
          case Compare.Version(long version) -> "version%s" + version;
          case Compare.CreateRevision(long revision) -> "create%s" + revision;
          case Compare.ModRevision(long revision) -> "mod%s" + revision;
          case Compare.Lease(long id) -> "lease%s" + Long.toHexString(id);
        };
    String relation =
        switch (compare.relation()) {
          case EQUAL -> "=";
          case NOT_EQUAL -> "≠";
          case GREATER -> ">";
          case LESS -> "<";
        };
    return interval(compare.key(), compare.rangeEnd()) + " " + field.formatted(relation);
  }
}
