package io.etcdrobustness.history.segment;

import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.Request;
import java.util.List;

/**
 * Requests: a tag, then the fields. What most requests of a kind do not have has a tag of its own.
 */
final class RequestCodec {

  private static final int RANGE = 0;
  private static final int PUT = 1;
  private static final int PUT_WITH = 2;
  private static final int DELETE = 3;
  private static final int DELETE_WITH = 4;
  private static final int TXN = 5;
  private static final int COMPACT = 6;
  private static final int COMPACT_PHYSICAL = 7;
  private static final int LEASE_GRANT = 8;
  private static final int LEASE_REVOKE = 9;
  private static final int LEASE_KEEP_ALIVE = 10;
  private static final int LEASE_TTL = 11;
  private static final int LEASE_TTL_KEYS = 12;
  private static final int LOCK = 13;
  private static final int UNLOCK = 14;
  private static final int STATUS = 15;
  private static final int HASH_KV = 16;
  private static final int DEFRAGMENT = 17;
  private static final int ALARM_LIST = 18;

  // Flags of PUT_WITH.
  private static final int PREV_KV = 1;
  private static final int IGNORE_VALUE = 2;
  private static final int IGNORE_LEASE = 4;

  // Which fields of a range follow, and its flags.
  private static final int LIMIT = 1;
  private static final int REVISION = 2;
  private static final int SORTED = 4;
  private static final int BOUNDS = 8;
  private static final int SERIALIZABLE = 16;
  private static final int KEYS_ONLY = 32;
  private static final int COUNT_ONLY = 64;

  // Of a condition: the relation, plus the operand, plus whether it is on a range.
  private static final int RELATION = 3;
  private static final int EQUAL = 0;
  private static final int GREATER = 1;
  private static final int LESS = 2;
  private static final int NOT_EQUAL = 3;
  private static final int OPERAND = 7 << 2;
  private static final int VERSION_OPERAND = 0;
  private static final int CREATE_OPERAND = 1 << 2;
  private static final int MOD_OPERAND = 2 << 2;
  private static final int VALUE_OPERAND = 3 << 2;
  private static final int LEASE_OPERAND = 4 << 2;
  private static final int ON_RANGE = 1 << 5;

  private RequestCodec() {}

  /**
   * @param depth how many txns it stands in
   */
  static void write(BlockOut out, Request request, int depth) {
    switch (request) {
      case Request.Range range -> {
        out.tag(RANGE);
        out.range(range);
      }
      case Request.Put put -> writePut(out, put);
      case Request.DeleteRange delete -> writeDelete(out, delete);
      case Request.Txn txn -> writeTxn(out, txn, depth);
      case Request.Compact compact -> {
        out.tag(compact.physical() ? COMPACT_PHYSICAL : COMPACT);
        out.revision(compact.revision());
      }
      case Request.LeaseGrant grant -> {
        out.tag(LEASE_GRANT);
        out.number(grant.id());
        out.number(grant.ttl());
      }
      case Request.LeaseRevoke revoke -> {
        out.tag(LEASE_REVOKE);
        out.number(revoke.id());
      }
      case Request.LeaseKeepAlive keepAlive -> {
        out.tag(LEASE_KEEP_ALIVE);
        out.number(keepAlive.id());
      }
      case Request.LeaseTimeToLive ttl -> {
        out.tag(ttl.keys() ? LEASE_TTL_KEYS : LEASE_TTL);
        out.number(ttl.id());
      }
      case Request.Lock lock -> {
        out.tag(LOCK);
        out.string(lock.name());
        out.number(lock.lease());
      }
      case Request.Unlock unlock -> {
        out.tag(UNLOCK);
        out.string(unlock.key());
      }
      case Request.Status status -> out.tag(STATUS);
      case Request.HashKv hash -> {
        out.tag(HASH_KV);
        out.revision(hash.revision());
      }
      case Request.Defragment defragment -> out.tag(DEFRAGMENT);
      case Request.AlarmList alarms -> out.tag(ALARM_LIST);
    }
  }

  static Request read(BlockIn in, int tag, int depth) {
    return switch (tag) {
      case RANGE, PUT, PUT_WITH, DELETE, DELETE_WITH, TXN -> readInTxn(in, tag, depth);
      case COMPACT -> new Request.Compact(in.revision(), false);
      case COMPACT_PHYSICAL -> new Request.Compact(in.revision(), true);
      case LEASE_GRANT -> new Request.LeaseGrant(in.number(), in.number());
      case LEASE_REVOKE -> new Request.LeaseRevoke(in.number());
      case LEASE_KEEP_ALIVE -> new Request.LeaseKeepAlive(in.number());
      case LEASE_TTL -> new Request.LeaseTimeToLive(in.number(), false);
      case LEASE_TTL_KEYS -> new Request.LeaseTimeToLive(in.number(), true);
      case LOCK -> new Request.Lock(in.string(), in.number());
      case UNLOCK -> new Request.Unlock(in.string());
      case STATUS -> new Request.Status();
      case HASH_KV -> new Request.HashKv(in.revision());
      case DEFRAGMENT -> new Request.Defragment();
      case ALARM_LIST -> new Request.AlarmList();
      default -> throw new IllegalArgumentException("there is no request with tag " + tag);
    };
  }

  private static Request.InTxn readInTxn(BlockIn in, int tag, int depth) {
    return switch (tag) {
      case RANGE -> in.range();
      case PUT -> new Request.Put(in.string(), in.string(), 0, false, false, false);
      case PUT_WITH -> readPutWith(in);
      case DELETE -> new Request.DeleteRange(in.string(), "", false);
      case DELETE_WITH -> new Request.DeleteRange(in.string(), in.string(), in.tag() != 0);
      case TXN -> readTxn(in, depth);
      default -> throw new IllegalArgumentException("no request of a txn has tag " + tag);
    };
  }

  private static void writePut(BlockOut out, Request.Put put) {
    int flags =
        (put.prevKv() ? PREV_KV : 0)
            | (put.ignoreValue() ? IGNORE_VALUE : 0)
            | (put.ignoreLease() ? IGNORE_LEASE : 0);
    boolean plain = flags == 0 && put.lease() == 0;
    out.tag(plain ? PUT : PUT_WITH);
    out.string(put.key());
    out.string(put.value());
    if (!plain) {
      out.tag(flags);
      out.number(put.lease());
    }
  }

  private static Request.Put readPutWith(BlockIn in) {
    String key = in.string();
    String value = in.string();
    int flags = in.tag();
    return new Request.Put(
        key,
        value,
        in.number(),
        (flags & PREV_KV) != 0,
        (flags & IGNORE_VALUE) != 0,
        (flags & IGNORE_LEASE) != 0);
  }

  private static void writeDelete(BlockOut out, Request.DeleteRange delete) {
    boolean plain = delete.rangeEnd().isEmpty() && !delete.prevKv();
    out.tag(plain ? DELETE : DELETE_WITH);
    out.string(delete.key());
    if (!plain) {
      out.string(delete.rangeEnd());
      out.tag(delete.prevKv() ? 1 : 0);
    }
  }

  static void writeRange(BlockOut out, Request.Range range) {
    boolean sorted =
        range.sortOrder() != Request.SortOrder.NONE || range.sortTarget() != Request.SortTarget.KEY;
    boolean bounds =
        (range.minModRevision()
                | range.maxModRevision()
                | range.minCreateRevision()
                | range.maxCreateRevision())
            != 0;
    out.tag(
        (range.limit() != 0 ? LIMIT : 0)
            | (range.revision() != 0 ? REVISION : 0)
            | (sorted ? SORTED : 0)
            | (bounds ? BOUNDS : 0)
            | (range.serializable() ? SERIALIZABLE : 0)
            | (range.keysOnly() ? KEYS_ONLY : 0)
            | (range.countOnly() ? COUNT_ONLY : 0));
    out.string(range.key());
    out.string(range.rangeEnd());
    if (range.limit() != 0) {
      out.number(range.limit());
    }
    if (range.revision() != 0) {
      out.revision(range.revision());
    }
    if (sorted) {
      out.constant(range.sortOrder());
      out.constant(range.sortTarget());
    }
    if (bounds) {
      out.number(range.minModRevision());
      out.number(range.maxModRevision());
      out.number(range.minCreateRevision());
      out.number(range.maxCreateRevision());
    }
  }

  static Request.Range readRange(BlockIn in) {
    int tag = in.tag();
    boolean sorted = (tag & SORTED) != 0;
    boolean bounds = (tag & BOUNDS) != 0;
    return new Request.Range(
        in.string(),
        in.string(),
        (tag & LIMIT) != 0 ? in.number() : 0,
        (tag & REVISION) != 0 ? in.revision() : 0,
        sorted ? in.constant(Request.SortOrder.class) : Request.SortOrder.NONE,
        sorted ? in.constant(Request.SortTarget.class) : Request.SortTarget.KEY,
        (tag & SERIALIZABLE) != 0,
        (tag & KEYS_ONLY) != 0,
        (tag & COUNT_ONLY) != 0,
        bounds ? in.number() : 0,
        bounds ? in.number() : 0,
        bounds ? in.number() : 0,
        bounds ? in.number() : 0);
  }

  private static void writeTxn(BlockOut out, Request.Txn txn, int depth) {
    if (depth == SegmentFolder.DEEPEST) {
      throw new IllegalArgumentException(
          "more than " + SegmentFolder.DEEPEST + " txns stand within each other");
    }
    out.tag(TXN);
    out.size(txn.compares().size());
    out.size(txn.success().size());
    out.size(txn.failure().size());
    txn.compares().forEach(compare -> writeCompare(out, compare));
    txn.success().forEach(request -> write(out, request, depth + 1));
    txn.failure().forEach(request -> write(out, request, depth + 1));
  }

  private static Request.Txn readTxn(BlockIn in, int depth) {
    if (depth == SegmentFolder.DEEPEST) {
      throw new IllegalArgumentException("too many txns stand within each other");
    }
    int compares = in.size();
    int success = in.size();
    int failure = in.size();
    return new Request.Txn(
        readCompares(in, compares),
        readBranch(in, success, depth + 1),
        readBranch(in, failure, depth + 1));
  }

  private static List<Request.InTxn> readBranch(BlockIn in, int size, int depth) {
    if (size == 0) {
      return List.of();
    }
    Request.InTxn[] branch = new Request.InTxn[size];
    for (int i = 0; i < size; i++) {
      branch[i] = readInTxn(in, in.tag(), depth);
    }
    return List.of(branch);
  }

  private static List<Compare> readCompares(BlockIn in, int size) {
    if (size == 0) {
      return List.of();
    }
    Compare[] compares = new Compare[size];
    for (int i = 0; i < size; i++) {
      compares[i] = readCompare(in);
    }
    return List.of(compares);
  }

  private static void writeCompare(BlockOut out, Compare compare) {
    int relation =
        switch (compare.relation()) {
          case EQUAL -> EQUAL;
          case GREATER -> GREATER;
          case LESS -> LESS;
          case NOT_EQUAL -> NOT_EQUAL;
        };
    int operand =
        switch (compare.operand()) {
          case Compare.Version version -> VERSION_OPERAND;
          case Compare.CreateRevision create -> CREATE_OPERAND;
          case Compare.ModRevision mod -> MOD_OPERAND;
          case Compare.Value value -> VALUE_OPERAND;
          case Compare.Lease lease -> LEASE_OPERAND;
        };
    boolean onRange = !compare.rangeEnd().isEmpty();
    out.tag(relation | operand | (onRange ? ON_RANGE : 0));
    out.string(compare.key());
    if (onRange) {
      out.string(compare.rangeEnd());
    }
    switch (compare.operand()) {
      case Compare.Version version -> out.number(version.version());
      case Compare.CreateRevision create -> out.revision(create.revision());
      case Compare.ModRevision mod -> out.revision(mod.revision());
      case Compare.Value value -> out.string(value.value());
      case Compare.Lease lease -> out.number(lease.id());
    }
  }

  private static Compare readCompare(BlockIn in) {
    int tag = in.tag();
    String key = in.string();
    String rangeEnd = (tag & ON_RANGE) != 0 ? in.string() : "";
    Compare.Relation relation =
        switch (tag & RELATION) {
          case EQUAL -> Compare.Relation.EQUAL;
          case GREATER -> Compare.Relation.GREATER;
          case LESS -> Compare.Relation.LESS;
          default -> Compare.Relation.NOT_EQUAL;
        };
    Compare.Operand operand =
        switch (tag & OPERAND) {
          case VERSION_OPERAND -> new Compare.Version(in.number());
          case CREATE_OPERAND -> new Compare.CreateRevision(in.revision());
          case MOD_OPERAND -> new Compare.ModRevision(in.revision());
          case VALUE_OPERAND -> new Compare.Value(in.string());
          case LEASE_OPERAND -> new Compare.Lease(in.number());
          default -> throw new IllegalArgumentException("there is no condition with tag " + tag);
        };
    return new Compare(key, rangeEnd, relation, operand);
  }
}
