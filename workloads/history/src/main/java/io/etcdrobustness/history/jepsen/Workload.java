package io.etcdrobustness.history.jepsen;

import io.etcdrobustness.history.file.HistoryFormatException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The workloads of jepsen.etcd ({@code workloads} of {@code etcd.clj}). */
enum Workload {
  /** Puts, compare-and-sets and reads of single keys. */
  REGISTER("read", "write", "cas"),
  /** Transactions that append to lists and read them. */
  APPEND("txn"),
  /** Transactions that write and read registers. */
  WR("txn"),
  /** A set in one key, grown by compare-and-set. */
  SET("add", "read"),
  /** A list in one key, grown under a lock of etcd and the condition that the lock is there. */
  LOCK_ETCD_SET("add", "read"),
  /** A list in the tester's memory, grown under a lock of etcd. */
  LOCK_SET("add", "read"),
  /** A lock of etcd. */
  LOCK("acquire", "release"),
  /** Puts of one key, and watches of it. */
  WATCH("write", "watch", "final-watch"),
  /** Nothing. */
  NONE();

  private final Set<String> fs;

  Workload(String... fs) {
    this.fs = Set.of(fs);
  }

  /** The workload as jepsen.etcd calls it. */
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The workload that is called so. */
  static Optional<Workload> named(String label) {
    return Arrays.stream(values()).filter(each -> each.label().equals(label)).findFirst();
  }

  /**
   * The workload that {@code file} is of, by what its operations are; where several have the same
   * ones, by the name.
   */
  static Workload of(JepsenFile file, Optional<TestName> name) throws HistoryFormatException {
    Set<String> fs = file.calls().stream().map(Call::f).collect(Collectors.toSet());
    if (fs.isEmpty()) {
      return NONE;
    }
    EnumSet<Workload> fitting = EnumSet.noneOf(Workload.class);
    for (Workload each : values()) {
      if (each.fs.containsAll(fs) && each.mayHave(file.calls())) {
        fitting.add(each);
      }
    }
    Optional<Workload> named = name.flatMap(TestName::workload).filter(fitting::contains);
    if (named.isPresent()) {
      return named.get();
    }
    if (fitting.size() == 1) {
      return fitting.iterator().next();
    }
    String found = fs.stream().sorted().map(f -> ":" + f).collect(Collectors.joining(", "));
    throw new HistoryFormatException(
        file.path(),
        "",
        fitting.isEmpty()
            ? "no workload of jepsen.etcd has the operations "
                + found
                + "; known are "
                + Arrays.stream(values()).map(Workload::label).collect(Collectors.joining(", "))
            : "its operations "
                + found
                + " may be of the workloads "
                + fitting.stream().map(Workload::label).collect(Collectors.joining(" or "))
                + ": leave the file in the folder that Jepsen named after the test (etcd … "
                + fitting.iterator().next().label()
                + " …), which tells");
  }

  /** Whether the values, too, are as this workload has them. */
  private boolean mayHave(List<Call> calls) {
    return switch (this) {
      case REGISTER -> calls.stream().allMatch(call -> call.asked() instanceof Edn.Items);
      case APPEND -> noMop(calls, "w");
      case WR -> noMop(calls, "append");
      case SET -> readsWhole(calls, Edn.SetOf.class);
      case LOCK_SET, LOCK_ETCD_SET -> readsWhole(calls, Edn.Items.class);
      case WATCH -> calls.stream().noneMatch(call -> call.asked() instanceof Edn.Items);
      case LOCK, NONE -> true;
    };
  }

  /** Reads ask for no key, and are answered by a {@code kind} of collection, or nil. */
  private static boolean readsWhole(List<Call> calls, Class<? extends Edn> kind) {
    return calls.stream()
        .filter(call -> call.f().equals("read"))
        .allMatch(call ->
            call.asked().isNil() && (call.answered().isNil() || kind.isInstance(call.answered())));
  }

  private static boolean noMop(List<Call> calls, String f) {
    return calls.stream()
        .noneMatch(call ->
            call.asked() instanceof Edn.Items(List<Edn> mops)
                && mops.stream()
                    .anyMatch(mop ->
                        mop instanceof Edn.Items(List<Edn> parts)
                            && !parts.isEmpty()
                            && parts.getFirst().is(f)));
  }
}
