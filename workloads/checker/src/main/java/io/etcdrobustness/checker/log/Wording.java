package io.etcdrobustness.checker.log;

import io.etcdrobustness.history.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How times and witnesses are named in the summary of a violation. */
public final class Wording {

  private Wording() {}

  /** Nanoseconds since the start as seconds: {@code 1.234 s}. */
  public static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.3f s", nanos / 1e9);
  }

  /** The member as a violation names it: its id in hex; nothing where it is not known. */
  public static List<String> member(long memberId) {
    return memberId == 0 ? List.of() : List.of(Long.toHexString(memberId));
  }

  /** Who tells of {@code change}: an operation before a watch. */
  public static String witness(Change change) {
    return change.operation() != Change.NOBODY
        ? "operation " + change.operation() + " was acknowledged with it"
        : "watch " + change.watch() + " delivered it";
  }

  /** The operations that tell of {@code change}. */
  public static List<Long> operations(Change change) {
    return change.operation() == Change.NOBODY ? List.of() : List.of(change.operation());
  }

  /** {@code watch}, and the watch that {@code change} is known from where no operation tells it. */
  public static List<Long> watches(long watch, Change change) {
    List<Long> ids = new ArrayList<>(List.of(watch));
    if (change.operation() == Change.NOBODY
        && change.watch() != watch
        && change.watch() != Change.NOBODY) {
      ids.add(change.watch());
    }
    return ids;
  }

  /** An operation as a reader finds it again. */
  public static String operation(Operation operation) {
    return "operation %d of client %d (%s to %s)"
        .formatted(
            operation.id(),
            operation.client(),
            seconds(operation.call()),
            seconds(operation.end()));
  }
}
