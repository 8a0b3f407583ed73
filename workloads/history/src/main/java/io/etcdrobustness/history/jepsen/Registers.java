package io.etcdrobustness.history.jepsen;

import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.file.HistoryFormatException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The workload {@code register}: values are {@code [key [version value]]}, where the version is the
 * one that was read, or that a write led to.
 *
 * <p>Revisions are not told, but no request touches two keys, and no key is ever deleted. So each
 * key is a store of its own, in which every put raises the version by one as it would raise the
 * revision of an etcd that holds nothing else: <em>version v is revision v + 1</em>. A history is
 * linearizable exactly if it is so key by key (Herlihy and Wing, "Linearizability", 1990, Theorem
 * 1), so judging the keys one by one loses nothing.
 */
final class Registers {

  private final Reads reads;
  private int conditionsFailed;

  /** Reads registers, of which plain reads are of this kind; it must be known. */
  Registers(Reads reads) {
    this.reads = reads;
  }

  /** A history for each key, in the order in which they were first used. */
  List<History> histories(List<Call> calls, List<FaultWindow> faults)
      throws HistoryFormatException {
    Map<Edn, List<Entry>> keys = new LinkedHashMap<>();
    for (Call call : calls) {
      Pair value = Pair.of(call, call.asked());
      Optional<Operation> operation = operation(call, value);
      List<Entry> entries = keys.computeIfAbsent(value.key, any -> new ArrayList<>(faults));
      operation.ifPresent(entries::add);
    }
    // Values are drawn from five.
    History.Facts facts = new History.Facts(History.Start.EMPTY, true, false, false);
    return keys.values().stream().map(entries -> History.of(facts, entries)).toList();
  }

  /** What the reader of a verdict must know. */
  List<String> notes() {
    List<String> notes = new ArrayList<>();
    notes.add(
        "this workload tells versions and no revisions: every key is judged as a store of its own,"
            + " whose revision is the key's version plus one");
    if (conditionsFailed > 0) {
      notes.add(
          conditionsFailed
              + " compare-and-sets whose condition did not hold tell no version: they are taken as"
              + " without effect, and whether the condition held is not judged");
    }
    return notes;
  }

  /** {@code [key [version value]]}. */
  private record Pair(Edn key, Edn version, Edn value) {

    static Pair of(Call call, Edn value) throws HistoryFormatException {
      if (!(value instanceof Edn.Items(List<Edn> outer)) || outer.size() != 2) {
        throw call.wrong("expected [key [version value]], found " + value.text());
      }
      boolean unasked = outer.get(1).isNil();
      if (!unasked && !versioned(call, outer.get(1))) {
        throw call.wrong(
            "expected [key [version value]], found "
                + value.text()
                + ": without versions nothing tells in which order values were written, so the"
                + " register cannot be judged; jepsen.etcd tells them since October 2019");
      }
      return outer.get(1) instanceof Edn.Items(List<Edn> inner)
          ? new Pair(outer.getFirst(), inner.get(0), inner.get(1))
          : new Pair(outer.getFirst(), Edn.NIL, Edn.NIL);
    }

    private static boolean versioned(Call call, Edn value) {
      return value instanceof Edn.Items(List<Edn> inner)
          && inner.size() == 2
          && (inner.getFirst().isNil() || inner.getFirst() instanceof Edn.Whole)
          && (!call.f().equals("cas") || inner.get(1) instanceof Edn.Items);
    }
  }

  private Optional<Operation> operation(Call call, Pair asked) throws HistoryFormatException {
    String key = asked.key.asKey();
    Request request =
        switch (call.f()) {
          case "read" ->
              reads == Reads.SERIALIZABLE
                  ? Request.Range.of(key, "").asSerializable()
                  : Request.Range.of(key, "");
          case "write" -> Request.Put.of(key, asked.value.asValue());
          case "cas" -> compareAndSet(call, key, asked.value);
          case String other -> throw call.wrong("expected :read, :write or :cas, found :" + other);
        };
    Optional<Outcome> outcome = outcome(call, asked, request);
    return outcome.map(known ->
        new Operation(call.id(0), call.client(), "", request, call.begin(), call.end(), known));
  }

  private static Request compareAndSet(Call call, String key, Edn value)
      throws HistoryFormatException {
    if (!(value instanceof Edn.Items(List<Edn> both)) || both.size() != 2) {
      throw call.wrong("expected [old new] to compare and set, found " + value.text());
    }
    return new Request.Txn(
        List.of(
            Compare.of(key, Compare.Relation.EQUAL, new Compare.Value(both.getFirst().asValue()))),
        List.of(Request.Put.of(key, both.get(1).asValue())),
        List.of());
  }

  /** Nothing for a read that was not answered, of which there is nothing to judge. */
  private Optional<Outcome> outcome(Call call, Pair asked, Request request)
      throws HistoryFormatException {
    boolean read = request instanceof Request.Range;
    return switch (call.ended()) {
      case OK -> Optional.of(answer(call, asked, request));
      case REFUSED -> {
        if (read) {
          yield Optional.empty();
        }
        conditionsFailed += request instanceof Request.Txn ? 1 : 0;
        yield Optional.of(new Outcome.Failed(call.failure()));
      }
      case UNKNOWN -> read ? Optional.empty() : Optional.of(new Outcome.Unknown(call.failure()));
    };
  }

  private static Outcome answer(Call call, Pair asked, Request request)
      throws HistoryFormatException {
    Pair answered = Pair.of(call, call.answered());
    if (!answered.key.equals(asked.key)) {
      throw call.wrong(
          "answers for key %s to a request for key %s"
              .formatted(answered.key.text(), asked.key.text()));
    }
    long version = version(call, answered.version);
    Header header = Header.ofRevision(version + 1);
    if (request instanceof Request.Range) {
      List<KeyValue> kvs =
          version == 0
              ? List.of()
              : List.of(
                  new KeyValue(
                      asked.key.asKey(), answered.value.asValue(), 2, version + 1, version, 0));
      if (version == 0 && !answered.value.isNil()) {
        throw call.wrong("read the value " + answered.value.text() + " without a version");
      }
      return new Outcome.Ok(new Response.Ranged(header, kvs, kvs.size(), false));
    }
    if (!answered.value.equals(asked.value)) {
      throw call.wrong(
          "wrote %s, but was to write %s".formatted(answered.value.text(), asked.value.text()));
    }
    if (version == 0) {
      // It took effect, but without its version it may be any of those that nobody owns.
      return new Outcome.Unknown(
          new Failure(Failure.Kind.OTHER, "", "answered, but the version is not in the history"));
    }
    Response.PutDone done =
        new Response.PutDone(
            request instanceof Request.Txn ? Header.ofRevision(0) : header, Optional.empty());
    return new Outcome.Ok(
        request instanceof Request.Txn ? new Response.TxnDone(header, true, List.of(done)) : done);
  }

  /** 0 where there is none. */
  private static long version(Call call, Edn version) throws HistoryFormatException {
    if (version.isNil()) {
      return 0;
    }
    long number = version.asLong().orElse(0);
    if (number < 1 || number > Integer.MAX_VALUE) {
      throw call.wrong("expected a version from 1, found " + version.text());
    }
    return number;
  }
}
