package io.etcdrobustness.checker;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A history written by hand: times in milliseconds, ids of operations counted from 1. */
public final class Histories {

  public static final long TERM = 5;

  private final List<Entry> entries = new ArrayList<>();
  private History.Facts facts = History.Facts.OWN_CLUSTER;
  private long lastId;

  public static Histories empty() {
    return new Histories();
  }

  public Histories facts(History.Facts newFacts) {
    facts = newFacts;
    return this;
  }

  public History build() {
    return History.of(facts, entries);
  }

  public Evidence evidence() {
    return new Evidence(build());
  }

  public Histories add(Entry entry) {
    entries.add(entry);
    return this;
  }

  public Histories op(long call, long end, String member, Request request, Outcome outcome) {
    return add(new Operation(++lastId, 1, member, request, ns(call), ns(end), outcome));
  }

  public Histories ok(long call, long end, Request request, Response response) {
    return op(call, end, "", request, new Outcome.Ok(response));
  }

  public Histories unknown(long call, long end, Request request) {
    return unknown(call, end, request, Failure.Kind.DEADLINE);
  }

  public Histories unknown(long call, long end, Request request, Failure.Kind kind) {
    return op(call, end, "", request, new Outcome.Unknown(failure(kind)));
  }

  public Histories failed(long call, long end, Request request, Failure.Kind kind) {
    return op(call, end, "", request, new Outcome.Failed(failure(kind)));
  }

  public Histories grant(long call, long end, long id, long ttl) {
    return ok(
        call,
        end,
        new Request.LeaseGrant(id, ttl),
        new Response.LeaseGranted(header(1, TERM), id, ttl));
  }

  public Histories keepAlive(long call, long end, long id, long ttl, long term) {
    return ok(
        call,
        end,
        new Request.LeaseKeepAlive(id),
        new Response.LeaseKeptAlive(header(1, term), id, ttl));
  }

  public Histories revoke(long call, long end, long id) {
    return ok(call, end, new Request.LeaseRevoke(id), new Response.LeaseRevoked(header(1, TERM)));
  }

  public Histories put(long call, long end, String key, long lease, long revision) {
    return ok(
        call,
        end,
        leased(key, lease),
        new Response.PutDone(header(revision, TERM), Optional.empty()));
  }

  public Histories get(long call, long end, String key, KeyValue... found) {
    return ok(call, end, Request.Range.of(key, ""), ranged(found));
  }

  public Histories delete(long call, long end, String key) {
    return ok(
        call,
        end,
        Request.DeleteRange.of(key),
        new Response.Deleted(header(9, TERM), 1, List.of()));
  }

  public Histories lock(long call, long end, int client, String name, long lease) {
    return add(
        new Operation(
            ++lastId,
            client,
            "",
            new Request.Lock(name, lease),
            ns(call),
            ns(end),
            new Outcome.Ok(new Response.Locked(header(3, TERM), name + "/" + lease))));
  }

  public Histories status(long call, String member, long index, long revision) {
    return status(call, member, index, revision, "3.7.1", 1, List.of());
  }

  public Histories status(
      long call,
      String member,
      long index,
      long revision,
      String version,
      long leader,
      List<String> errors) {
    return op(
        call,
        call + 1,
        member,
        new Request.Status(),
        new Outcome.Ok(
            new Response.MemberStatus(
                header(revision, TERM), version, 0, leader, index, TERM, index, false, errors)));
  }

  public Histories hash(long call, String member, long revision, long compacted, long hash) {
    return op(
        call,
        call + 1,
        member,
        new Request.HashKv(revision),
        new Outcome.Ok(new Response.KvHash(header(revision, TERM), hash, compacted, revision)));
  }

  public Histories phase(long time, Phase.Name name) {
    return add(new Phase(name, ns(time)));
  }

  public Histories event(long time, String member, MemberEvent.Kind kind, String detail) {
    return event(time, member, kind, detail, false);
  }

  public Histories event(
      long time, String member, MemberEvent.Kind kind, String detail, boolean expected) {
    return add(new MemberEvent(member, kind, 0, 0, detail, expected, ns(time)));
  }

  public Histories fault(long start, long end, FaultWindow.Result result) {
    return add(
        new FaultWindow(
            "f1", "Pause", "leader", List.of("m1"), "", ns(start), ns(end), result, "seen"));
  }

  public Histories fault(String kind, String member, long start, long end) {
    return add(
        new FaultWindow(
            "f1",
            kind,
            "leader",
            List.of(member),
            "",
            ns(start),
            ns(end),
            FaultWindow.Result.CONFIRMED,
            "seen"));
  }

  public Histories deleted(long time, String key, long revision) {
    Event event =
        new Event(
            Event.Type.DELETE, new KeyValue(key, "", 0, revision, 0, 0), Optional.empty(), false);
    return add(new Watch.Events(7, header(revision, TERM), List.of(event), false, ns(time)));
  }

  public Histories opened(long time, long watch, long startRevision) {
    return add(
        new Watch.Opened(
            watch, 1, "", "k", "", startRevision, false, false, false, false, ns(time)));
  }

  public static Request.Put leased(String key, long lease) {
    return new Request.Put(key, "v-" + key, lease, false, false, false);
  }

  public static KeyValue kv(String key, long revision, long lease) {
    return new KeyValue(key, "v-" + key, revision, revision, 1, lease);
  }

  public static Response.Ranged ranged(KeyValue... found) {
    return new Response.Ranged(header(9, TERM), List.of(found), found.length, false);
  }

  public static Header header(long revision, long term) {
    return new Header(0xc1, 0, revision, term);
  }

  public static Failure failure(Failure.Kind kind) {
    return new Failure(kind, "UNKNOWN", kind.toString());
  }

  public static long ns(long millis) {
    return millis * 1_000_000L;
  }
}
