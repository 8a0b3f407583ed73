package io.etcdrobustness.checker.etcdcases;

import static io.etcdrobustness.history.KeyValue.NOT_RECORDED;

import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Requests, answers and events with as much as etcd's cases tell of them: neither create revisions
 * nor leases of keys, nor versions of events.
 */
final class Told {

  /** Seconds; longer than any case lasts. */
  private static final long TTL = 60;

  private Told() {}

  // Requests

  static Request.Put put(String key, String value) {
    return Request.Put.of(key, value);
  }

  static Request.Put put(String key, String value, long lease) {
    return new Request.Put(key, value, lease, false, false, false);
  }

  static Request.DeleteRange delete(String key) {
    return Request.DeleteRange.of(key);
  }

  static Request.Range get(String key) {
    return Request.Range.of(key, "");
  }

  static Request.Range list(String prefix) {
    return Request.Range.of(prefix, ByteStrings.prefixEnd(prefix));
  }

  /** If {@code key} was last changed at {@code revision} (0: is absent) then put it. */
  static Request.Txn putIf(String key, long revision, String value) {
    return txn(changedAt(key, revision), List.of(put(key, value)), List.of());
  }

  static Request.Txn txn(
      List<Compare> compares, List<Request.InTxn> success, List<Request.InTxn> failure) {
    return new Request.Txn(compares, success, failure);
  }

  static Request.Txn txn(List<Request.InTxn> success, List<Request.InTxn> failure) {
    return txn(List.of(), success, failure);
  }

  static List<Compare> changedAt(String key, long revision) {
    return List.of(Compare.of(key, Compare.Relation.EQUAL, new Compare.ModRevision(revision)));
  }

  static Request.LeaseGrant grant(long lease) {
    return new Request.LeaseGrant(lease, TTL);
  }

  static Request.LeaseRevoke revoke(long lease) {
    return new Request.LeaseRevoke(lease);
  }

  static Request.Compact compact(long revision) {
    return new Request.Compact(revision, false);
  }

  static Request.Defragment defragment() {
    return new Request.Defragment();
  }

  // Answers

  static Response done(long revision) {
    return new Response.PutDone(header(revision), Optional.empty());
  }

  static Response deleted(long count, long revision) {
    return new Response.Deleted(header(revision), count, List.of());
  }

  /** A txn of which {@code puts} puts were executed. */
  static Response txnDone(boolean succeeded, int puts, long revision) {
    return new Response.TxnDone(
        header(revision),
        succeeded,
        Collections.nCopies(puts, new Response.PutDone(header(0), Optional.empty())));
  }

  /** The answer to {@link #putIf}. */
  static Response putIfDone(boolean succeeded, long revision) {
    return txnDone(succeeded, succeeded ? 1 : 0, revision);
  }

  static Response granted(long lease, long revision) {
    return new Response.LeaseGranted(header(revision), lease, TTL);
  }

  static Response revoked(long revision) {
    return new Response.LeaseRevoked(header(revision));
  }

  static Response compacted() {
    return new Response.Compacted(header(0));
  }

  static Response defragmented() {
    return new Response.Defragmented(header(0));
  }

  /** All there is in a range. */
  static Response found(long revision, KeyValue... kvs) {
    return page(revision, kvs.length, kvs);
  }

  /** The first of {@code count} keys in a range. */
  static Response page(long revision, long count, KeyValue... kvs) {
    return new Response.Ranged(header(revision), Arrays.asList(kvs), count, count > kvs.length);
  }

  static Response absent(long revision) {
    return found(revision);
  }

  static KeyValue kv(String key, String value, long modified, long version) {
    return new KeyValue(key, value, NOT_RECORDED, modified, version, NOT_RECORDED);
  }

  static Header header(long revision) {
    return Header.ofRevision(revision);
  }

  // Events

  /** A put that created its key. */
  static Event created(String key, String value, long revision) {
    return event(key, value, revision, true);
  }

  /** A put that says that its key existed. */
  static Event changed(String key, String value, long revision) {
    return event(key, value, revision, false);
  }

  private static Event event(String key, String value, long revision, boolean created) {
    return new Event(
        Event.Type.PUT, kv(key, value, revision, NOT_RECORDED), Optional.empty(), created);
  }

  static Event gone(String key, long revision) {
    return new Event(
        Event.Type.DELETE, kv(key, "", revision, NOT_RECORDED), Optional.empty(), false);
  }

  /** {@code event} with the key as it was before. */
  static Event after(Event event, String value, long modified, long version) {
    return new Event(
        event.type(),
        event.kv(),
        Optional.of(kv(event.kv().key(), value, modified, version)),
        event.created());
  }
}
