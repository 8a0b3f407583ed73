package io.etcdrobustness.history;

import java.util.List;
import java.util.Optional;

/** An answer of etcd, field by field as in {@code rpc.proto}. */
public sealed interface Response {

  /** The header; inside a txn etcd fills only the revision, or nothing. */
  Header header();

  /** An answer that may stand inside the answer to a txn. */
  sealed interface InTxn extends Response permits Ranged, PutDone, Deleted, TxnDone {}

  /**
   * Answer to a range.
   *
   * @param kvs the keys in the order in which they came; empty for count-only
   * @param count number of keys in the range at that revision, whatever the limit
   * @param more whether the limit left keys out
   */
  record Ranged(Header header, List<KeyValue> kvs, long count, boolean more) implements InTxn {
    public Ranged {
      kvs = List.copyOf(kvs);
    }
  }

  /** Answer to a put; {@code previous} only where it was asked for and the key existed. */
  record PutDone(Header header, Optional<KeyValue> previous) implements InTxn {}

  /** Answer to a delete; {@code previous} only where it was asked for. */
  record Deleted(Header header, long deleted, List<KeyValue> previous) implements InTxn {
    public Deleted {
      previous = List.copyOf(previous);
    }
  }

  /** Answer to a txn: one response for each request of the branch that was executed. */
  record TxnDone(Header header, boolean succeeded, List<InTxn> responses) implements InTxn {
    public TxnDone {
      responses = List.copyOf(responses);
    }
  }

  /** Answer to a compaction. */
  record Compacted(Header header) implements Response {}

  /** Answer to a lease grant; {@code ttl} in seconds, as granted. */
  record LeaseGranted(Header header, long id, long ttl) implements Response {}

  /** Answer to a lease revoke. */
  record LeaseRevoked(Header header) implements Response {}

  /** Answer to a keep-alive; {@code ttl} in seconds, 0 or less: the lease is gone. */
  record LeaseKeptAlive(Header header, long id, long ttl) implements Response {}

  /**
   * Answer to a time-to-live.
   *
   * @param ttl seconds left, -1: the lease is gone
   * @param grantedTtl seconds as granted
   */
  record LeaseTtl(Header header, long id, long ttl, long grantedTtl, List<String> keys)
      implements Response {
    public LeaseTtl {
      keys = List.copyOf(keys);
    }
  }

  /** The lock is held as long as {@code key} exists. */
  record Locked(Header header, String key) implements Response {}

  /** The lock was given back. */
  record Unlocked(Header header) implements Response {}

  /**
   * Answer to a status request.
   *
   * @param leader id of the leader as this member knows it, 0 for none
   * @param raftAppliedIndex the last entry of the raft log that this member has applied
   * @param errors what the member complains of, such as a corruption alarm
   */
  record MemberStatus(
      Header header,
      String version,
      long dbSize,
      long leader,
      long raftIndex,
      long raftTerm,
      long raftAppliedIndex,
      boolean learner,
      List<String> errors)
      implements Response {
    public MemberStatus {
      errors = List.copyOf(errors);
    }
  }

  /**
   * Answer to a hash request.
   *
   * @param hash CRC of all key versions between {@code compactRevision} and {@code hashRevision}
   * @param hashRevision 0 where the member's version does not tell (before 3.6)
   */
  record KvHash(Header header, long hash, long compactRevision, long hashRevision)
      implements Response {}

  /** Answer to a defragmentation. */
  record Defragmented(Header header) implements Response {}

  /** Active alarms, each as {@code TYPE@memberId}. */
  record Alarms(Header header, List<String> alarms) implements Response {
    public Alarms {
      alarms = List.copyOf(alarms);
    }
  }
}
