package io.etcdrobustness.history.jepsen;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.file.HistoryFormatException;
import io.etcdrobustness.history.jepsen.GrowingTxn.Step;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Workloads whose keys only grow, each element added once: {@code append}, {@code set}, {@code
 * lock-etcd-set}. No revision is told, but what was read tells the order of what was added.
 *
 * <p>What must come before what:
 *
 * <ul>
 *   <li>who added what a read saw, before who read; who read, before who added what it did not see
 *       (Kingsbury and Alvaro, "Elle", 2020, for lists);
 *   <li>what had ended when another was invoked, before that.
 * </ul>
 *
 * <p>An order that respects all of it gives every recorded answer, and an order that gives every
 * recorded answer respects all of it. So the history is strictly serializable exactly if there is
 * no cycle, and then any {@linkplain Order sorted} order is a witness. Its places are told as
 * revisions. The judge replays them, and so is not asked to believe this class when it says that a
 * history is sound; where there is a cycle, no order and so no revisions can stand up to it.
 *
 * <p>What has no answer took effect if somebody saw an element of it, and else is left out: nothing
 * depends on it.
 */
final class Growing {

  private final Growth.Kind kind;
  private final List<GrowingTxn> txns = new ArrayList<>();
  private final Map<Added, GrowingTxn> adders = new HashMap<>();
  private final Map<Edn, List<List<Edn>>> contents = new LinkedHashMap<>();
  private final Order order = new Order();
  private final Map<Integer, Replay.Step> steps = new HashMap<>();

  /** By the id of its call: a transaction may be long, and slow to hash. */
  private final Map<Long, Integer> numbers = new HashMap<>();

  private final List<String> notes = new ArrayList<>();

  private Growing(Growth.Kind kind) {
    this.kind = kind;
  }

  private record Added(Edn key, Edn element) {}

  private record Addition(Added what, GrowingTxn by) {}

  /**
   * What was read.
   *
   * @param notes what no order can mend
   */
  record Read(History history, List<String> notes) {}

  /**
   * The history of {@code txns}.
   *
   * @param start the keys that were there, empty, before the first of them
   */
  static Read read(
      Growth.Kind kind, List<GrowingTxn> txns, Set<Edn> start, List<FaultWindow> faults)
      throws HistoryFormatException {
    Growing growing = new Growing(kind);
    for (GrowingTxn txn : txns) {
      growing.note(txn);
    }
    growing.choose(txns);
    growing.orderByContents();
    growing.orderByClock();
    Replay replay = new Replay(kind, start, txns);
    growing
        .order
        .sorted()
        .forEach(number -> Optional.ofNullable(growing.steps.get(number)).ifPresent(replay::step));
    List<Entry> entries = new ArrayList<>(faults);
    entries.addAll(replay.operations());
    return new Read(
        History.of(new History.Facts(History.Start.EMPTY, true, false, false), entries),
        growing.notes);
  }

  private void note(GrowingTxn txn) throws HistoryFormatException {
    if (txn.addsTwice() && txn.call().ended() == Call.End.OK) {
      throw txn.call()
          .wrong(
              "was answered, though it adds twice to one key, which etcd refuses as a duplicate key:"
                  + " this is not the transaction that was sent");
    }
    for (Step step : txn.steps()) {
      switch (step) {
        case Step.Found(Edn key, boolean present, List<Edn> content) -> {
          if (!content.isEmpty()) {
            contents.computeIfAbsent(key, any -> new ArrayList<>()).add(content);
          }
        }
        case Step.Added(Edn key, Edn element) -> {
          GrowingTxn other = adders.put(new Added(key, element), txn);
          if (other != null) {
            throw txn.call()
                .invoke()
                .wrong(
                    "adds %s to key %s, as the operation at %s does: who added it cannot be told"
                        .formatted(element.text(), key.text(), other.call().invoke().at()));
          }
        }
      }
    }
  }

  /** Leaves out what did nothing, or nothing that anybody saw. */
  private void choose(List<GrowingTxn> all) {
    Set<Added> seen = new HashSet<>();
    contents.forEach((key, list) ->
        list.forEach(content -> content.forEach(element -> seen.add(new Added(key, element)))));
    for (GrowingTxn txn : all) {
      boolean effective =
          switch (txn.call().ended()) {
            case OK -> true;
            case REFUSED -> false;
            case UNKNOWN ->
                !txn.addsTwice()
                    && txn.steps().stream()
                        .anyMatch(step ->
                            step instanceof Step.Added(Edn key, Edn element)
                                && seen.contains(new Added(key, element)));
          };
      if (effective) {
        txns.add(txn);
        int number = order.add(settledBy(txn));
        numbers.put(txn.call().id(0), number);
        steps.put(number, new Replay.Step.Of(txn));
      }
    }
  }

  private static long settledBy(GrowingTxn txn) {
    return txn.call().ended() == Call.End.OK ? txn.call().end() : Long.MAX_VALUE;
  }

  /** Layer by layer: who added it; what saw it and not the next; who added the next. */
  private void orderByContents() {
    Map<Edn, Growth> growths = new HashMap<>();
    contents.forEach((key, list) -> growths.put(key, new Growth(kind, list)));
    Map<Edn, List<GrowingTxn>> readers = new LinkedHashMap<>();
    Map<Edn, List<Addition>> additions = new LinkedHashMap<>();
    for (GrowingTxn txn : txns) {
      for (Step step : txn.steps()) {
        switch (step) {
          case Step.Found found ->
              readers.computeIfAbsent(found.key(), any -> new ArrayList<>()).add(txn);
          case Step.Added(Edn key, Edn element) ->
              additions
                  .computeIfAbsent(key, any -> new ArrayList<>())
                  .add(new Addition(new Added(key, element), txn));
        }
      }
    }
    Set<Edn> keys = new HashSet<>(readers.keySet());
    keys.addAll(additions.keySet());
    for (Edn key : keys.stream().sorted(Comparator.comparing(Edn::text)).toList()) {
      orderByContents(
          key,
          growths.getOrDefault(key, new Growth(kind, List.of())),
          readers.getOrDefault(key, List.of()),
          additions.getOrDefault(key, List.of()));
    }
  }

  private void orderByContents(
      Edn key, Growth growth, List<GrowingTxn> readers, List<Addition> additions) {
    int last = growth.layers().size();
    // Between who added a layer and who saw it stands a step that does nothing, and another one
    // between who saw it and who added the next: else every pair would have to be told.
    int[] before = new int[last + 1];
    int[] behind = new int[last + 1];
    for (int layer = 0; layer <= last; layer++) {
      before[layer] = order.add(Long.MIN_VALUE);
      behind[layer] = order.add(Long.MIN_VALUE);
      order.contents(before[layer], behind[layer]);
    }
    Map<Integer, Integer> layerOfAdder = new HashMap<>();
    Set<Added> seen = new HashSet<>();
    for (int layer = 1; layer <= last; layer++) {
      for (Edn element : growth.layers().get(layer - 1)) {
        Added added = new Added(key, element);
        int adder = adder(added, seen.add(added), layerOfAdder, layer);
        order.contents(behind[layer - 1], adder);
        order.contents(adder, before[layer]);
      }
    }
    for (Addition addition : additions) {
      if (!seen.contains(addition.what())) {
        int adder = numberOf(addition.by());
        order.contents(behind[last], adder);
        layerOfAdder.put(adder, last + 1);
      }
    }
    List<Integer> next = new ArrayList<>();
    for (GrowingTxn reader : readers) {
      for (Step step : reader.steps()) {
        if (step instanceof Step.Found(Edn found, boolean present, List<Edn> content)
            && found.equals(key)) {
          int layer = growth.seen(content);
          int own = layerOfAdder.getOrDefault(numberOf(reader), -1);
          // What a transaction reads just before or behind its own addition follows from that.
          if (own != layer) {
            order.contents(before[layer], numberOf(reader));
          }
          if (own != layer + 1) {
            order.contents(numberOf(reader), behind[layer]);
          } else if (layer == last) {
            next.add(numberOf(reader));
          }
        }
      }
    }
    orderUnseen(next, additions.stream().filter(each -> !seen.contains(each.what())).toList());
  }

  /**
   * Of those who added what nobody saw, one may have read all that was seen before it added: it
   * came first of them. If two did, each came before the other, and that is a cycle.
   */
  private void orderUnseen(List<Integer> next, List<Addition> unseen) {
    if (next.isEmpty()) {
      return;
    }
    int first = next.getFirst();
    for (Addition addition : unseen) {
      int other = numberOf(addition.by());
      if (other != first) {
        order.contents(first, other);
      }
    }
    for (int other : next) {
      if (other != first) {
        order.contents(other, first);
      }
    }
  }

  /** Who added it; a step of nobody's, where that is not known. */
  private int adder(Added added, boolean first, Map<Integer, Integer> layers, int layer) {
    GrowingTxn txn = adders.get(added);
    boolean took = txn != null && numbers.containsKey(txn.call().id(0));
    if (first && txn != null && took && layers.putIfAbsent(numberOf(txn), layer) == null) {
      return numberOf(txn);
    }
    notes.add(
        txn == null
            ? "key %s held %s, which nobody added"
                .formatted(added.key().text(), added.element().text())
            : took
                ? "key %s held %s more than once, or beside another element of one transaction"
                    .formatted(added.key().text(), added.element().text())
                : "key %s held %s, although the operation at %s was refused"
                    .formatted(
                        added.key().text(),
                        added.element().text(),
                        txn.call().completion().orElse(txn.call().invoke()).at()));
    int number = order.add(Long.MAX_VALUE);
    steps.put(number, new Replay.Step.OfNobody(added.key(), added.element()));
    return number;
  }

  private int numberOf(GrowingTxn txn) {
    Integer number = numbers.get(txn.call().id(0));
    if (number == null) {
      throw new AssertionError("has no place in the order: " + txn.call());
    }
    return number;
  }

  /**
   * One chain of the ends, in their order: an operation comes behind the last one before its
   * invocation. Intervals that touch are not ordered.
   */
  private void orderByClock() {
    List<GrowingTxn> byEnd =
        txns.stream()
            .filter(txn -> settledBy(txn) != Long.MAX_VALUE)
            .sorted(Comparator.comparingLong(txn -> txn.call().end()))
            .toList();
    int[] chain = new int[byEnd.size()];
    for (int i = 0; i < chain.length; i++) {
      chain[i] = order.add(byEnd.get(i).call().end());
      order.clock(numberOf(byEnd.get(i)), chain[i]);
      if (i > 0) {
        order.clock(chain[i - 1], chain[i]);
      }
    }
    List<GrowingTxn> byBegin =
        txns.stream().sorted(Comparator.comparingLong(txn -> txn.call().begin())).toList();
    int ended = 0;
    for (GrowingTxn txn : byBegin) {
      while (ended < chain.length && byEnd.get(ended).call().end() < txn.call().begin()) {
        ended++;
      }
      if (ended > 0) {
        order.clock(chain[ended - 1], numberOf(txn));
      }
    }
  }
}
