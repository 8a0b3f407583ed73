package io.etcdrobustness.history.jepsen;

import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.file.HistoryFormatException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The workloads {@code append} and {@code wr} of a test that ran with {@code --debug}: etcd's
 * answers are in the history, with their revisions, and so are the requests.
 *
 * <p>An append transaction is two txns of etcd: one that reads the keys that are to be written, and
 * one that writes them if nobody has changed them since ({@code read}, {@code guards}, {@code
 * write-txn} of {@code append.clj}). A transaction of {@code wr} is one txn.
 *
 * <p>Where a client got no answer it recorded no request either. What an append without an answer
 * put is known where somebody has seen it, for its element is the last of the list; where nobody
 * has, the value is nobody's matter.
 */
final class DebuggedTxns {

  private final List<Entry> entries;
  private final Map<KeyAndElement, String> seen = new HashMap<>();
  private int undebugged;

  private DebuggedTxns(List<FaultWindow> faults) {
    entries = new ArrayList<>(faults);
  }

  private record KeyAndElement(String key, Edn element) {}

  /**
   * What was read.
   *
   * @param undebugged reads that were answered without a revision: {@code append} reads a single
   *     key by a plain read, of which it records the value alone
   */
  record Read(History history, int undebugged) {}

  /** Whether any of {@code calls} tells what etcd answered. */
  static boolean areIn(List<Call> calls) {
    return calls.stream()
        .anyMatch(call -> call.debug().has("read-res") || call.debug().has("txn-res"));
  }

  static Read read(List<Call> calls, List<FaultWindow> faults) throws HistoryFormatException {
    DebuggedTxns txns = new DebuggedTxns(faults);
    for (Call call : calls) {
      txns.see(call);
    }
    for (Call call : calls) {
      txns.add(call);
    }
    return new Read(
        History.of(new History.Facts(History.Start.EMPTY, true, false, false), txns.entries),
        txns.undebugged);
  }

  private void see(Call call) {
    for (String answer : List.of("read-res", "write-txn-res")) {
      if (call.debug().get(answer).get("results") instanceof Edn.Items(List<Edn> results)) {
        for (Edn result : results) {
          if (result.get("kvs") instanceof Edn.MapOf(Map<Edn, Edn> kvs)) {
            kvs.forEach(this::see);
          }
          if (result.get("prev-kv") instanceof Edn.Items(List<Edn> pair) && pair.size() == 2) {
            see(pair.getFirst(), pair.get(1));
          }
        }
      }
    }
  }

  private void see(Edn key, Edn fields) {
    Edn value = DebugParts.plain(fields.get("value"));
    if (value instanceof Edn.Items(List<Edn> list) && !list.isEmpty()) {
      seen.putIfAbsent(new KeyAndElement(key.asKey(), list.getLast()), value.asValue());
    }
  }

  private void add(Call call) throws HistoryFormatException {
    boolean told = call.debug().has("read-res") || call.debug().has("txn-res");
    switch (call.ended()) {
      case OK -> {
        if (told) {
          answered(call);
        } else if (Mop.asked(call).stream().allMatch(Mop::reads)) {
          undebugged++;
        } else {
          throw call.wrong("has no :debug, which other transactions of this history have");
        }
      }
      case REFUSED -> {
        if (told) {
          answered(call);
        }
      }
      case UNKNOWN -> {
        Request.Txn request = new Request.Txn(List.of(), requests(call), List.of());
        if (request.success().stream().anyMatch(each -> each instanceof Request.Put)) {
          add(call, 2, request, new Outcome.Unknown(call.failure()));
        }
      }
    }
  }

  private void answered(Call call) throws HistoryFormatException {
    Edn debug = call.debug();
    if (debug.has("txn-res")) {
      Edn answer = debug.get("txn-res");
      add(call, 2, answer, List.of(), requests(call));
      return;
    }
    if (!(debug.get("write-txn") instanceof Edn.Items(List<Edn> write)) || write.size() != 2) {
      add(call, 1, debug.get("read-res"), List.of(), readsOf(call));
      return;
    }
    List<Compare> guards = guards(call, write.getFirst());
    List<Request.InTxn> reads = new ArrayList<>();
    guards.forEach(guard -> reads.add(Request.Range.of(guard.key(), "")));
    add(call, 1, debug.get("read-res"), List.of(), reads);
    add(call, 2, debug.get("write-txn-res"), guards, written(call, write.get(1)));
  }

  private void add(
      Call call, int part, Edn answer, List<Compare> guards, List<Request.InTxn> branch)
      throws HistoryFormatException {
    Header header =
        DebugParts.header(answer)
            .orElseThrow(() -> call.wrong("the answer in :debug has no revision in its :header"));
    boolean succeeded = DebugParts.succeeded(call, answer);
    boolean previous = DebugParts.tellsPrevious(answer);
    List<Request.InTxn> asked =
        branch.stream().map(request -> withPrevious(request, previous)).toList();
    List<Response.InTxn> responses =
        DebugParts.results(call, answer, succeeded ? asked : List.of());
    add(
        call,
        part,
        new Request.Txn(guards, asked, List.of()),
        new Outcome.Ok(new Response.TxnDone(header, succeeded, responses)));
  }

  private void add(Call call, int part, Request request, Outcome outcome) {
    entries.add(
        new Operation(
            call.id(part), call.client(), "", request, call.begin(), call.end(), outcome));
  }

  private static Request.InTxn withPrevious(Request.InTxn request, boolean previous) {
    return request instanceof Request.Put put
        ? new Request.Put(put.key(), put.value(), 0, previous, false, false)
        : request;
  }

  /** What a transaction asks for, as far as its steps tell. */
  private List<Request.InTxn> requests(Call call) throws HistoryFormatException {
    List<Request.InTxn> requests = new ArrayList<>();
    for (Mop mop : Mop.asked(call)) {
      String key = mop.key().asKey();
      requests.add(
          switch (mop.kind()) {
            case READ -> Request.Range.of(key, "");
            case WRITE -> Request.Put.of(key, mop.value().asValue());
            case APPEND ->
                Request.Put.of(
                    key,
                    seen.getOrDefault(
                        new KeyAndElement(key, mop.value()),
                        "a list that ends in " + mop.value().text()));
          });
    }
    return requests;
  }

  private static List<Request.InTxn> readsOf(Call call) throws HistoryFormatException {
    List<Request.InTxn> reads = new ArrayList<>();
    Mop.asked(call).stream()
        .map(mop -> mop.key().asKey())
        .distinct()
        .forEach(key -> reads.add(Request.Range.of(key, "")));
    return reads;
  }

  private static List<Compare> guards(Call call, Edn guards) throws HistoryFormatException {
    List<Compare> compares = new ArrayList<>();
    for (Edn guard : items(call, guards)) {
      if (!(guard instanceof Edn.Items(List<Edn> parts))
          || parts.size() != 3
          || !(parts.get(2) instanceof Edn.Items(List<Edn> target))
          || target.size() != 2
          || !target.getFirst().is("mod-revision")
          || target.get(1).asLong().isEmpty()) {
        throw call.wrong("expected [:= key [:mod-revision n]], found " + guard.text());
      }
      Compare.Relation relation =
          switch (parts.getFirst().text()) {
            case ":=" -> Compare.Relation.EQUAL;
            case ":<" -> Compare.Relation.LESS;
            case ":>" -> Compare.Relation.GREATER;
            case String other -> throw call.wrong("expected :=, :< or :>, found " + other);
          };
      compares.add(
          Compare.of(
              parts.get(1).asKey(),
              relation,
              new Compare.ModRevision(target.get(1).asLong().getAsLong())));
    }
    return compares;
  }

  private static List<Request.InTxn> written(Call call, Edn branch) throws HistoryFormatException {
    List<Request.InTxn> requests = new ArrayList<>();
    for (Edn step : items(call, branch)) {
      if (step instanceof Edn.Items(List<Edn> parts)
          && parts.size() == 2
          && parts.getFirst().is("get")) {
        requests.add(Request.Range.of(parts.get(1).asKey(), ""));
      } else if (step instanceof Edn.Items(List<Edn> parts)
          && parts.size() == 3
          && parts.getFirst().is("put")) {
        requests.add(
            Request.Put.of(parts.get(1).asKey(), DebugParts.plain(parts.get(2)).asValue()));
      } else {
        throw call.wrong("expected [:get key] or [:put key value], found " + step.text());
      }
    }
    return requests;
  }

  private static List<Edn> items(Call call, Edn value) throws HistoryFormatException {
    return switch (value) {
      case Edn.Items(List<Edn> items) -> items;
      case Edn.Nil() -> List.of();
      case Edn other -> throw call.wrong("expected a vector in :write-txn, found " + other.text());
    };
  }
}
