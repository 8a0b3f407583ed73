package io.etcdrobustness.runs.windows;

import io.etcdrobustness.checker.Effects;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Writes that were never answered and may still take effect, until two edges in a row have found
 * nothing under way.
 *
 * <p>One edge is not enough. Its barrier shows that what members had taken has come to its end. But
 * a request whose client has given up may not have reached its member: a proxy or a socket that was
 * cut off holds it, and passes it on when the fault heals, with the whole of its time before it. By
 * the second edge it has had a window without that fault to arrive in, and has stood before that
 * edge's barrier.
 *
 * <p>One edge is enough for a txn whose error says that a member had applied it ({@link
 * Operation#settledBy}): what is left open is whether it had an effect, and which members saw it,
 * and they agree by then.
 *
 * <p>Where no edge settles any for long there may be more than can be kept; who judges must then
 * take it that others write too.
 */
final class OpenWrites {

  /** A window of a cluster that answers nothing has some thousands. */
  static final int MOST = 20_000;

  private final List<Operation> open = new ArrayList<>();

  /** How many of {@link #open}, the first, one edge has settled. */
  private int settledOnce;

  private boolean tooMany;

  void record(Operation operation) {
    if (!(operation.outcome() instanceof Outcome.Unknown) || !changesSomething(operation)) {
      return;
    }
    if (open.size() < MOST) {
      open.add(operation);
    } else {
      tooMany = true;
    }
  }

  /** Whether there were more than are kept. */
  boolean tooMany() {
    return tooMany;
  }

  /** Those that may still take effect. */
  List<Operation> operations() {
    return List.copyOf(open);
  }

  /**
   * An edge has found nothing under way.
   *
   * @return those that cannot take effect any more
   */
  List<Operation> settle() {
    List<Operation> over = open.subList(0, settledOnce);
    List<Operation> settled = new ArrayList<>(over);
    over.clear();
    // A txn that a member has applied and refused lies in no socket any more.
    Predicate<Operation> refused = operation -> operation.settledBy() != Long.MAX_VALUE;
    open.stream().filter(refused).forEach(settled::add);
    open.removeIf(refused);
    settledOnce = open.size();
    if (open.isEmpty()) {
      tooMany = false;
    }
    return settled;
  }

  private static boolean changesSomething(Operation operation) {
    return switch (operation.request()) {
      case Request.InTxn _ -> !Effects.of(operation).writes().isEmpty();
      case Request.LeaseGrant _, Request.LeaseRevoke _, Request.Lock _, Request.Unlock _ -> true;
      // A renewal only makes a lease live longer, and compactions are kept for themselves.
      case Request.LeaseKeepAlive _,
          Request.Compact _,
          Request.LeaseTimeToLive _,
          Request.Status _,
          Request.HashKv _,
          Request.Defragment _,
          Request.AlarmList _ ->
          false;
    };
  }
}
