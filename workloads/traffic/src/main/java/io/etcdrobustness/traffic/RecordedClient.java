package io.etcdrobustness.traffic;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Recorder;
import io.etcdrobustness.history.Request;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A client all of whose requests and watches are recorded.
 *
 * <p>The interval of an operation must hold the moment in which etcd carried it out, or a sound
 * etcd would be accused. So the call is stamped before anything of the request is handed over, and
 * the end when the answer has been read, on the thread that read it; then the operation is
 * recorded, and only then is anybody told. A stamp taken too early or too late makes the interval
 * wider, which is weaker, never wrong.
 */
public final class RecordedClient implements AutoCloseable {

  private final int number;
  private final String member;
  private final EtcdClient client;
  private final Recorder recorder;
  private final Scheduler scheduler;
  private final Ids ids;
  private final Pending pending;

  /**
   * @param number of this client in the run
   * @param member name of the member that {@code client} talks to; empty if it talks to all
   * @param ids of the run: every client of it draws from the same
   * @param pending what the run has under way: the same of every client
   */
  public RecordedClient(
      int number,
      String member,
      EtcdClient client,
      Recorder recorder,
      Scheduler scheduler,
      Ids ids,
      Pending pending) {
    this.number = number;
    this.member = member;
    this.client = client;
    this.recorder = recorder;
    this.scheduler = scheduler;
    this.ids = ids;
    this.pending = pending;
  }

  /**
   * Sends one request, once.
   *
   * @param timeout after which it counts as {@link Outcome.Unknown}
   * @return completes on the scheduler's loop with the operation as it was recorded; never
   *     exceptionally
   */
  public CompletionStage<Operation> send(Request request, Duration timeout) {
    CompletableFuture<Operation> told = new CompletableFuture<>();
    long id = ids.next();
    long call = pending.requests().begin();
    client
        .send(request, timeout)
        .thenAccept(outcome -> {
          long end = scheduler.now();
          Operation operation =
              new Operation(id, number, member, RecordedForm.of(request), call, end, outcome);
          recorder.record(operation);
          pending.requests().recorded(call);
          scheduler.execute(() -> told.complete(operation));
        });
    return told;
  }

  /**
   * Opens one stream for watches, all of which are recorded.
   *
   * @param follower is told the same, on the scheduler's loop, with the watches' ids in the history
   *     as tags
   */
  public RecordedWatchStream watchStream(WatchListener follower) {
    return RecordedWatchStream.open(
        number, member, client, recorder, scheduler, ids, pending.messages(), follower);
  }

  /** Closes the connection; what is under way ends, and is recorded, as unknown. */
  @Override
  public void close() {
    client.close();
  }
}
