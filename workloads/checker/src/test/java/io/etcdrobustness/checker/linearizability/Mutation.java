package io.etcdrobustness.checker.linearizability;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Small damages to a history: some make it illegal, some do not. */
final class Mutation {

  private Mutation() {}

  /** {@code history} with one operation damaged. */
  static History of(History history, RandomSource random) {
    List<Operation> operations = new ArrayList<>(history.operations());
    if (operations.isEmpty()) {
      return history;
    }
    int at = random.nextInt(operations.size());
    Operation operation = operations.get(at);
    switch (random.nextInt(6)) {
      case 0 -> operations.remove(at);
      case 1 -> operations.set(at, moved(operation, random));
      case 2 -> swapRevisions(operations, at, random.nextInt(operations.size()));
      default -> operations.set(at, damaged(operation, random));
    }
    return History.of(history.facts(), operations);
  }

  private static Operation moved(Operation operation, RandomSource random) {
    long shift = HistoryGenerator.UNIT * random.between(-80, 80);
    long call = Math.max(0, operation.call() + shift);
    return new Operation(
        operation.id(),
        operation.client(),
        operation.member(),
        operation.request(),
        call,
        call + operation.end() - operation.call(),
        operation.outcome());
  }

  private static void swapRevisions(List<Operation> operations, int first, int second) {
    Operation one = operations.get(first);
    Operation two = operations.get(second);
    if (one.outcome() instanceof Outcome.Ok(Response a)
        && two.outcome() instanceof Outcome.Ok(Response b)) {
      operations.set(first, with(one, header(a, b.header().revision())));
      operations.set(second, with(two, header(b, a.header().revision())));
    }
  }

  private static Operation damaged(Operation operation, RandomSource random) {
    if (!(operation.outcome() instanceof Outcome.Ok(Response response))) {
      return operation;
    }
    long revision = Math.max(1, response.header().revision() + random.between(-1, 1));
    return with(
        operation,
        switch (response) {
          case Response.Ranged ranged when !ranged.kvs().isEmpty() && random.chance(0.7) -> {
            List<KeyValue> kvs = new ArrayList<>(ranged.kvs());
            int at = random.nextInt(kvs.size());
            kvs.set(at, damaged(kvs.get(at), random));
            yield new Response.Ranged(ranged.header(), kvs, ranged.count(), ranged.more());
          }
          case Response.Ranged ranged when random.chance(0.3) ->
              new Response.Ranged(ranged.header(), ranged.kvs(), ranged.count() + 1, ranged.more());
          case Response.Deleted deleted when random.chance(0.5) ->
              new Response.Deleted(
                  deleted.header(), 1 - Math.min(1, deleted.deleted()), deleted.previous());
          case Response.TxnDone txn when random.chance(0.5) ->
              new Response.TxnDone(txn.header(), !txn.succeeded(), txn.responses());
          case Response.PutDone put when put.previous().isPresent() ->
              new Response.PutDone(put.header(), Optional.empty());
          case Response other -> header(other, revision);
        });
  }

  static KeyValue damaged(KeyValue kv, RandomSource random) {
    int die = random.nextInt(5);
    return new KeyValue(
        kv.key(),
        die == 0 ? "v" + random.nextInt(6) : kv.value(),
        die == 1 ? kv.createRevision() + 1 : kv.createRevision(),
        die == 2 ? kv.modRevision() + random.between(-1, 1) : kv.modRevision(),
        die == 3 ? kv.version() + random.between(-1, 1) : kv.version(),
        die == 4 ? 100 - kv.lease() : kv.lease());
  }

  private static Operation with(Operation operation, Response response) {
    return operation.withOutcome(new Outcome.Ok(response));
  }

  private static Response header(Response response, long revision) {
    Header was = response.header();
    return withHeader(
        response, new Header(was.clusterId(), was.memberId(), revision, was.raftTerm()));
  }

  static Response withHeader(Response response, Header header) {
    return switch (response) {
      case Response.Ranged r -> new Response.Ranged(header, r.kvs(), r.count(), r.more());
      case Response.PutDone r -> new Response.PutDone(header, r.previous());
      case Response.Deleted r -> new Response.Deleted(header, r.deleted(), r.previous());
      case Response.TxnDone r -> new Response.TxnDone(header, r.succeeded(), r.responses());
      case Response.LeaseGranted r -> new Response.LeaseGranted(header, r.id(), r.ttl());
      case Response.LeaseRevoked r -> new Response.LeaseRevoked(header);
      case Response.LeaseKeptAlive r -> new Response.LeaseKeptAlive(header, r.id(), r.ttl());
      case Response other -> other;
    };
  }
}
