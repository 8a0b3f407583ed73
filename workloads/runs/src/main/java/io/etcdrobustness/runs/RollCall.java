package io.etcdrobustness.runs;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.history.Request;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Asks those members that have answered nothing since the faults healed. Few clients, or clients of
 * a kind that only watches, leave a member to which nobody sends anything: whether that one serves
 * would never be known, and would be waited for in vain. All on the loop.
 */
final class RollCall {

  /** Clients come first, and most members have answered them by then. */
  private static final Duration LEFT_TO_CLIENTS = Duration.ofSeconds(1);

  private static final Duration BETWEEN = Duration.ofMillis(200);

  /** A key that no traffic puts; that it is not there is an answer. */
  private static final Request QUESTION = Request.Range.of("\0", "");

  private final FinalReads.Send send;
  private final Availability availability;
  private final Scheduler scheduler;
  private final long since;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private int underWay;
  private boolean over;

  private RollCall(
      FinalReads.Send send, Availability availability, Scheduler scheduler, long since) {
    this.send = send;
    this.availability = availability;
    this.scheduler = scheduler;
    this.since = since;
  }

  /**
   * Begins, now that the faults have healed.
   *
   * @param availability is told of every answer
   */
  static RollCall of(
      List<String> members, FinalReads.Send send, Availability availability, Scheduler scheduler) {
    RollCall call = new RollCall(send, availability, scheduler, scheduler.now());
    scheduler.after(LEFT_TO_CLIENTS, () -> members.forEach(call::ask));
    return call;
  }

  /** Asks nobody any more. Completes when nothing is under way; exceptionally if sending failed. */
  CompletionStage<Void> stop() {
    over = true;
    if (underWay == 0) {
      ended.complete(null);
    }
    return ended;
  }

  private void ask(String member) {
    if (over || availability.answeredSince(member, since)) {
      return;
    }
    underWay++;
    var _ =
        send.apply(member, QUESTION)
            .whenComplete((_, failure) -> {
              underWay--;
              if (failure != null) {
                over = true;
                ended.completeExceptionally(failure);
              } else if (over) {
                stop();
              } else {
                scheduler.after(BETWEEN, () -> ask(member));
              }
            });
  }
}
