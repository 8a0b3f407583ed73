package io.etcdrobustness.history.jepsen;

import io.etcdrobustness.history.file.HistoryFormatException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * An operation on keys that only grow, as one step: what it read and what it added, in its order.
 *
 * @param steps with what was read, if it was answered
 */
record GrowingTxn(Call call, List<Step> steps) {

  GrowingTxn {
    steps = List.copyOf(steps);
  }

  /** A step. */
  sealed interface Step {

    /**
     * Found {@code content}, in which the order of a list counts; empty where nothing was there.
     */
    record Found(Edn key, boolean present, List<Edn> content) implements Step {
      public Found {
        content = List.copyOf(content);
      }
    }

    /** Added {@code element}. */
    record Added(Edn key, Edn element) implements Step {}
  }

  /** A transaction of {@code append}. */
  static GrowingTxn append(Call call) throws HistoryFormatException {
    boolean answered = call.ended() == Call.End.OK;
    List<Step> steps = new ArrayList<>();
    for (Mop mop : answered ? Mop.answered(call) : Mop.asked(call)) {
      switch (mop.kind()) {
        case READ -> {
          if (answered) {
            steps.add(found(call, mop.key(), mop.value()));
          }
        }
        case APPEND -> steps.add(new Step.Added(mop.key(), mop.value()));
        case WRITE -> throw call.wrong("expected :r or :append, found :w");
      }
    }
    return new GrowingTxn(call, steps);
  }

  /** An {@code :add} or a {@code :read} of the one {@code key}. */
  static GrowingTxn single(Call call, Edn key) throws HistoryFormatException {
    if (call.f().equals("add")) {
      return new GrowingTxn(call, List.of(new Step.Added(key, call.asked())));
    }
    return new GrowingTxn(
        call, call.ended() == Call.End.OK ? List.of(found(call, key, call.answered())) : List.of());
  }

  private static Step.Found found(Call call, Edn key, Edn value) throws HistoryFormatException {
    return switch (value) {
      case Edn.Nil() -> new Step.Found(key, false, List.of());
      case Edn.Items(List<Edn> items) -> new Step.Found(key, true, items);
      case Edn.SetOf(Set<Edn> items) -> new Step.Found(key, true, List.copyOf(items));
      case Edn other ->
          throw call.wrong("expected what key " + key.text() + " holds, found " + other.text());
    };
  }

  boolean adds() {
    return steps.stream().anyMatch(step -> step instanceof Step.Added);
  }

  /** Whether it adds to one key more than once, which etcd refuses ({@code checkPut}). */
  boolean addsTwice() {
    Set<Edn> keys = new HashSet<>();
    return steps.stream()
        .anyMatch(step -> step instanceof Step.Added added && !keys.add(added.key()));
  }
}
