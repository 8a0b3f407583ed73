package io.etcdrobustness.runs;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Members whose stores the test sets; each answers after a millisecond, or never. */
final class FakeMembers implements FinalReads.Send {

  /** What a member holds. */
  record Store(long revision, long applied, long hash) {}

  private final Map<String, Store> stores = new TreeMap<>();
  private final List<String> silent = new ArrayList<>();
  private final List<Operation> sent = new ArrayList<>();
  private final Scheduler scheduler;

  FakeMembers(Scheduler scheduler, Store all) {
    this.scheduler = scheduler;
    FakeCluster.MEMBERS.forEach(member -> stores.put(member, all));
  }

  void holds(String member, Store store) {
    stores.put(member, store);
  }

  void silence(String member) {
    silent.add(member);
  }

  void speaks(String member) {
    silent.remove(member);
  }

  /** Everything that was sent and has ended. */
  List<Operation> sent() {
    return List.copyOf(sent);
  }

  long count(Class<? extends Request> kind) {
    return sent.stream().filter(operation -> kind.isInstance(operation.request())).count();
  }

  @Override
  public CompletionStage<Operation> apply(String member, Request request) {
    CompletableFuture<Operation> told = new CompletableFuture<>();
    long call = scheduler.now();
    boolean answers = !silent.contains(member);
    scheduler.after(
        answers ? Duration.ofMillis(1) : FinalReads.patience(),
        () -> {
          Outcome outcome =
              answers
                  ? outcome(member, request)
                  : new Outcome.Unknown(
                      new Failure(Failure.Kind.DEADLINE, "DEADLINE_EXCEEDED", ""));
          Operation operation =
              new Operation(sent.size(), 0, member, request, call, scheduler.now(), outcome);
          sent.add(operation);
          told.complete(operation);
        });
    return told;
  }

  private Outcome outcome(String member, Request request) {
    return request instanceof Request.LeaseRevoke
        ? new Outcome.Failed(
            new Failure(
                Failure.Kind.LEASE_NOT_FOUND, "NOT_FOUND", "etcdserver: requested lease not found"))
        : new Outcome.Ok(answer(member, request));
  }

  private Response answer(String member, Request request) {
    Store store = stores.getOrDefault(member, new Store(1, 1, 1));
    Header header = Header.ofRevision(store.revision);
    return switch (request) {
      case Request.Range _ -> new Response.Ranged(header, List.of(), 0, false);
      case Request.AlarmList _ -> new Response.Alarms(header, List.of());
      case Request.Status _ ->
          new Response.MemberStatus(
              header, "3.7.3", 4096, 1, store.applied, 2, store.applied, false, List.of());
      case Request.HashKv(long revision) -> new Response.KvHash(header, store.hash, 0, revision);
      case Request.Put _,
          Request.DeleteRange _,
          Request.Txn _,
          Request.Compact _,
          Request.LeaseGrant _,
          Request.LeaseRevoke _,
          Request.LeaseKeepAlive _,
          Request.LeaseTimeToLive _,
          Request.Lock _,
          Request.Unlock _,
          Request.Defragment _ ->
          throw new AssertionError("no final read: " + request);
    };
  }
}
