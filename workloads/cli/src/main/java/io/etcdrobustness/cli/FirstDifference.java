package io.etcdrobustness.cli;

import io.etcdrobustness.history.Describe;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Operation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * From when on two runs of one plan were not observed to be the same.
 *
 * @param at of the runs' clock, ns
 * @param what differs then
 */
record FirstDifference(long at, String what) {

  /**
   * Between two histories.
   *
   * @param until what is observed later is not compared: the second one was stopped then
   */
  static Optional<FirstDifference> between(History first, History second, long until) {
    List<FirstDifference> all = new ArrayList<>();
    operations(first, second, until).ifPresent(all::add);
    inOrder(
            first.memberEvents().stream().filter(event -> event.time() < until).toList(),
            second.memberEvents().stream().filter(event -> event.time() < until).toList(),
            MemberEvent::time,
            FirstDifference::event)
        .ifPresent(all::add);
    // A fault is recorded when it is over.
    inOrder(
            first.faults().stream().filter(fault -> fault.end() < until).toList(),
            second.faults().stream().filter(fault -> fault.end() < until).toList(),
            FaultWindow::end,
            FirstDifference::fault)
        .ifPresent(all::add);
    return all.stream()
        .filter(difference -> difference.at < until)
        .min(Comparator.comparingLong(FirstDifference::at));
  }

  String inWords() {
    return String.format(Locale.ROOT, "%.6f s: %s", at / 1e9, what);
  }

  private static Optional<FirstDifference> operations(History first, History second, long until) {
    Map<Long, Operation> others = new HashMap<>();
    second.operations().forEach(operation -> others.put(operation.id(), operation));
    Optional<FirstDifference> earliest = Optional.empty();
    for (Operation one : first.operations()) {
      Operation other = others.remove(one.id());
      Optional<FirstDifference> difference =
          other == null
              ? Optional.of(new FirstDifference(one.call(), called(one) + " is missing"))
              : between(one, other, until);
      earliest = earlier(earliest, difference);
    }
    for (Operation other : others.values()) {
      earliest =
          earlier(
              earliest, Optional.of(new FirstDifference(other.call(), called(other) + " is new")));
    }
    return earliest;
  }

  private static Optional<FirstDifference> between(Operation one, Operation other, long until) {
    boolean alike =
        one.client() == other.client()
            && one.member().equals(other.member())
            && one.request().equals(other.request())
            && one.call() == other.call();
    if (!alike) {
      return Optional.of(
          new FirstDifference(
              Math.min(one.call(), other.call()),
              "%s, and in the report %s".formatted(called(other), called(one))));
    }
    // What was under way when the second one was stopped ended as it did only because of that.
    boolean cut = other.end() > until;
    if (cut || (one.end() == other.end() && one.outcome().equals(other.outcome()))) {
      return Optional.empty();
    }
    return Optional.of(
        new FirstDifference(
            Math.min(one.end(), other.end()),
            String.format(
                Locale.ROOT,
                "%s ended at %.6f s with %s, and in the report at %.6f s with %s",
                called(other),
                other.end() / 1e9,
                Describe.outcome(other.outcome()),
                one.end() / 1e9,
                Describe.outcome(one.outcome()))));
  }

  private static <T> Optional<FirstDifference> inOrder(
      List<T> first, List<T> second, ToLongFunction<T> time, Function<T, String> words) {
    for (int i = 0; i < Math.max(first.size(), second.size()); i++) {
      if (i >= first.size()) {
        return Optional.of(
            new FirstDifference(
                time.applyAsLong(second.get(i)), words.apply(second.get(i)) + " is new"));
      }
      if (i >= second.size()) {
        return Optional.of(
            new FirstDifference(
                time.applyAsLong(first.get(i)), words.apply(first.get(i)) + " is missing"));
      }
      if (!first.get(i).equals(second.get(i))) {
        return Optional.of(
            new FirstDifference(
                Math.min(time.applyAsLong(first.get(i)), time.applyAsLong(second.get(i))),
                "%s, and in the report %s"
                    .formatted(words.apply(second.get(i)), words.apply(first.get(i)))));
      }
    }
    return Optional.empty();
  }

  private static Optional<FirstDifference> earlier(
      Optional<FirstDifference> one, Optional<FirstDifference> other) {
    return one.isEmpty() || (other.isPresent() && other.get().at < one.get().at) ? other : one;
  }

  private static String event(MemberEvent event) {
    return String.format(
        Locale.ROOT,
        "%s: %s (%s) at %.6f s",
        event.member(),
        word(event.kind()),
        event.detail(),
        event.time() / 1e9);
  }

  private static String fault(FaultWindow fault) {
    return String.format(
        Locale.ROOT,
        "fault %s of %s from %.6f s to %.6f s, %s",
        fault.id(),
        String.join(", ", fault.members()),
        fault.start() / 1e9,
        fault.end() / 1e9,
        fault.proof());
  }

  private static String called(Operation operation) {
    return "operation %d, %s by client %d"
        .formatted(operation.id(), Describe.request(operation.request()), operation.client());
  }

  private static String word(MemberEvent.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
