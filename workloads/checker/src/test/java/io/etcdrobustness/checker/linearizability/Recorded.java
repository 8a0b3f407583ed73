package io.etcdrobustness.checker.linearizability;

import io.etcdrobustness.checker.Arriving;
import io.etcdrobustness.checker.OnePass;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.PriorityQueue;

/** A history in the order in which it was recorded, read entry by entry while it goes on. */
final class Recorded implements Arriving {

  private static final long PATIENCE = 5_000_000_000L;

  private final List<Entry> entries;
  private final PriorityQueue<Operation> operations =
      new PriorityQueue<>(
          Comparator.comparingLong(Operation::call).thenComparingLong(Operation::id));
  private final List<Watch> messages = new ArrayList<>();
  private final List<Entry> happened = new ArrayList<>();
  private int read;
  private long lastCall = Long.MIN_VALUE;

  /** The operations of {@code history} when they end, all else at its time. */
  Recorded(History history) {
    entries = new ArrayList<>(history.phases());
    entries.addAll(history.memberEvents());
    entries.addAll(history.faults());
    entries.addAll(history.operations());
    entries.addAll(history.watches());
    entries.sort(Comparator.comparingLong(Recorded::time));
  }

  private static long time(Entry entry) {
    return switch (entry) {
      case Operation operation -> operation.end();
      case Watch message -> message.time();
      case FaultWindow fault -> fault.end();
      case MemberEvent event -> event.time();
      case Phase phase -> phase.time();
    };
  }

  /** Faults, and what else happens to a cluster, at times of {@code history}. */
  static History inTrouble(History history, RandomSource random) {
    long last = 1;
    for (Operation operation : history.operations()) {
      last = Math.max(last, operation.call());
    }
    List<Entry> entries = new ArrayList<>(history.operations());
    entries.addAll(history.watches());
    for (int i = random.nextInt(4); i > 0; i--) {
      long start = random.between(0, last);
      entries.add(
          new FaultWindow(
              "f" + i,
              "Pause",
              "one",
              List.of("m1"),
              "",
              start,
              start + random.between(1, last),
              random.pick(List.of(FaultWindow.Result.values())),
              ""));
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      entries.add(
          new MemberEvent(
              "m" + i,
              random.pick(List.of(MemberEvent.Kind.values())),
              7,
              1,
              "",
              true,
              random.between(0, last)));
    }
    if (random.chance(0.5)) {
      long healed = random.between(0, last);
      entries.add(new Phase(Phase.Name.HEALED, healed));
      entries.add(new Phase(Phase.Name.FINAL_READS, random.between(healed, last)));
    }
    return History.of(history.facts(), entries);
  }

  int operationsHandedOut() {
    return handedOut;
  }

  private int handedOut;

  /** The next operation for {@code pass}, which is told what happened before it was recorded. */
  Optional<Operation> next(OnePass pass) {
    while (operations.isEmpty() || operations.peek().call() > earliestCallBehind()) {
      if (read == entries.size()) {
        break;
      }
      more();
    }
    if (!happened.isEmpty()) {
      pass.happened(List.copyOf(happened));
      happened.clear();
    }
    Optional<Operation> next = Optional.ofNullable(operations.poll());
    next.ifPresent(operation -> {
      lastCall = operation.call();
      handedOut++;
    });
    return next;
  }

  private void more() {
    switch (entries.get(read++)) {
      case Operation operation -> operations.add(operation);
      case Watch message -> messages.add(message);
      case FaultWindow fault -> happened.add(fault);
      case MemberEvent event -> happened.add(event);
      case Phase phase -> happened.add(phase);
    }
  }

  private long earliestCallBehind() {
    return entries.subList(read, entries.size()).stream()
        .mapToLong(
            entry -> entry instanceof Operation operation ? operation.call() : Long.MAX_VALUE)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  private long earliestMessageBehind() {
    return entries.subList(read, entries.size()).stream()
        .mapToLong(entry -> entry instanceof Watch message ? message.time() : Long.MAX_VALUE)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  @Override
  public boolean hasNext() {
    return hasNextBy(lastCall + PATIENCE);
  }

  @Override
  public boolean hasNextBy(long time) {
    while (messages.isEmpty()) {
      if (read == entries.size() || earliestMessageBehind() > time) {
        return false;
      }
      more();
    }
    return true;
  }

  @Override
  public Watch next() {
    if (messages.isEmpty()) {
      throw new NoSuchElementException("no message has come");
    }
    return messages.removeFirst();
  }
}
