package io.etcdrobustness.history.jepsen;

import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Carries out steps on keys that only grow, and writes down what each asked for and was answered,
 * with the revision that its place gives it.
 *
 * <p>What was read is written down as it was answered, not as it would have to be: to compare the
 * two is the judge's.
 */
final class Replay {

  /** The client of what happened before the first operation; no process of Jepsen's. */
  private static final int SETUP = -1;

  private static final Header NO_HEADER = Header.ofRevision(0);

  private final Growth.Kind kind;
  private final Map<Edn, State> states = new HashMap<>();
  private final List<Operation> operations = new ArrayList<>();
  private long revision = 1;

  private record State(
      List<Edn> content, String value, long createRevision, long modRevision, long version) {}

  /** A step. */
  sealed interface Step {

    /** An operation. */
    record Of(GrowingTxn txn) implements Step {}

    /** An element that was there though nobody can have added it. */
    record OfNobody(Edn key, Edn element) implements Step {}
  }

  /**
   * @param start the keys that were there, empty, before {@code txns}: the test's setup puts them
   */
  Replay(Growth.Kind kind, Set<Edn> start, List<GrowingTxn> txns) {
    this.kind = kind;
    long first = txns.stream().mapToLong(txn -> txn.call().begin()).min().orElse(0);
    long id = -1;
    for (Edn key : start) {
      revision++;
      put(key, Optional.empty());
      operations.add(
          new Operation(
              id--,
              SETUP,
              "",
              Request.Put.of(key.asKey(), valueOf(key)),
              first,
              first,
              new Outcome.Ok(new Response.PutDone(Header.ofRevision(revision), Optional.empty()))));
    }
  }

  /** All operations so far. */
  List<Operation> operations() {
    return operations;
  }

  void step(Step step) {
    switch (step) {
      case Step.OfNobody(Edn key, Edn element) -> {
        revision++;
        put(key, Optional.of(element));
      }
      case Step.Of(GrowingTxn txn) -> operations.add(operation(txn));
    }
  }

  private void put(Edn key, Optional<Edn> element) {
    Optional<State> before = Optional.ofNullable(states.get(key));
    List<Edn> content = new ArrayList<>(before.map(State::content).orElse(List.of()));
    element.ifPresent(content::add);
    states.put(
        key,
        new State(
            content,
            text(content),
            before.map(State::createRevision).orElse(revision),
            revision,
            before.map(State::version).orElse(0L) + 1));
  }

  private Operation operation(GrowingTxn txn) {
    Call call = txn.call();
    if (txn.adds()) {
      revision++;
    }
    List<Request.InTxn> requests = new ArrayList<>();
    List<Response.InTxn> responses = new ArrayList<>();
    for (GrowingTxn.Step step : txn.steps()) {
      switch (step) {
        case GrowingTxn.Step.Found found -> {
          requests.add(Request.Range.of(found.key().asKey(), ""));
          responses.add(answer(found));
        }
        case GrowingTxn.Step.Added(Edn key, Edn element) -> {
          put(key, Optional.of(element));
          requests.add(Request.Put.of(key.asKey(), valueOf(key)));
          responses.add(new Response.PutDone(NO_HEADER, Optional.empty()));
        }
      }
    }
    // One step by itself is what it is to etcd, too.
    boolean single = requests.size() == 1;
    Request request =
        single ? requests.getFirst() : new Request.Txn(List.of(), requests, List.of());
    Header header = Header.ofRevision(revision);
    Outcome outcome =
        call.ended() == Call.End.OK
            ? new Outcome.Ok(
                single
                    ? withHeader(responses.getFirst(), header)
                    : new Response.TxnDone(header, true, responses))
            : new Outcome.Unknown(call.failure());
    return new Operation(call.id(0), call.client(), "", request, call.begin(), call.end(), outcome);
  }

  private static Response withHeader(Response.InTxn response, Header header) {
    return switch (response) {
      case Response.Ranged ranged ->
          new Response.Ranged(header, ranged.kvs(), ranged.count(), ranged.more());
      case Response.PutDone put -> new Response.PutDone(header, put.previous());
      case Response.Deleted deleted ->
          new Response.Deleted(header, deleted.deleted(), deleted.previous());
      case Response.TxnDone txn -> new Response.TxnDone(header, txn.succeeded(), txn.responses());
    };
  }

  private String valueOf(Edn key) {
    return Optional.ofNullable(states.get(key)).map(State::value).orElse("");
  }

  private Response.Ranged answer(GrowingTxn.Step.Found found) {
    if (!found.present()) {
      return new Response.Ranged(NO_HEADER, List.of(), 0, false);
    }
    Optional<State> state = Optional.ofNullable(states.get(found.key()));
    KeyValue kv =
        new KeyValue(
            found.key().asKey(),
            text(found.content()),
            state.map(State::createRevision).orElse(revision),
            state.map(State::modRevision).orElse(revision),
            state.map(State::version).orElse(1L),
            0);
    return new Response.Ranged(NO_HEADER, List.of(kv), 1, false);
  }

  private String text(List<Edn> content) {
    String text =
        switch (kind) {
          case LIST -> content.stream().map(Edn::text).collect(Collectors.joining(" ", "[", "]"));
          case SET ->
              content.stream().map(Edn::text).sorted().collect(Collectors.joining(" ", "#{", "}"));
        };
    return ByteStrings.value(text.getBytes(StandardCharsets.UTF_8));
  }
}
