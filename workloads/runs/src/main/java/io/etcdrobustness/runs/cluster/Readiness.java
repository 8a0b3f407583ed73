package io.etcdrobustness.runs.cluster;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Recorder;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.traffic.EtcdClient;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** The wait until a member serves: until it answers a linearizable read. */
public final class Readiness {

  private static final Duration ASK = Duration.ofSeconds(2);
  private static final Duration AGAIN = Duration.ofMillis(100);

  private final Scheduler scheduler;
  private final Recorder recorder;

  /**
   * Waits of one run.
   *
   * @param recorder is told of each member that serves, with its id
   */
  public Readiness(Scheduler scheduler, Recorder recorder) {
    this.scheduler = scheduler;
    this.recorder = recorder;
  }

  /**
   * Asks a member again and again.
   *
   * @param client of this member, past all faults of clients
   * @param ended whether there is no sense in asking any more
   * @param bound of the wait
   * @return fails if the member has ended, or does not serve within the bound
   */
  public CompletableFuture<Void> await(
      String member, EtcdClient client, BooleanSupplier ended, Duration bound) {
    CompletableFuture<Void> ready = new CompletableFuture<>();
    scheduler.after(
        bound,
        () ->
            ready.completeExceptionally(
                new IOException(
                    "%s does not serve after %d s".formatted(member, bound.toSeconds()))));
    ask(member, client, ended, ready);
    return ready;
  }

  private void ask(
      String member, EtcdClient client, BooleanSupplier ended, CompletableFuture<Void> ready) {
    if (ready.isDone()) {
      return;
    }
    if (ended.getAsBoolean()) {
      ready.completeExceptionally(new IOException(member + " has ended before it served"));
      return;
    }
    var _ =
        client
            .send(Request.Range.of("\0", ""), ASK)
            .thenAccept(outcome -> {
              if (outcome instanceof Outcome.Ok ok) {
                recorder.record(
                    new MemberEvent(
                        member,
                        MemberEvent.Kind.READY,
                        ok.response().header().memberId(),
                        ok.response().header().raftTerm(),
                        "serves",
                        true,
                        scheduler.now()));
                ready.complete(null);
              } else {
                scheduler.after(AGAIN, () -> ask(member, client, ended, ready));
              }
            });
  }
}
