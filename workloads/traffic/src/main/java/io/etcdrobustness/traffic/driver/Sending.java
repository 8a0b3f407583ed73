package io.etcdrobustness.traffic.driver;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Request;
import java.util.function.Consumer;

/** Sends a request and keeps to the loop what a sink may get wrong. */
final class Sending {

  private Sending() {}

  /**
   * Sends {@code request}.
   *
   * @param then is told the operation on the loop. A sink that breaks its promise by failing is a
   *     bug of ours: it goes to whoever the scheduler tells of failures, and the stream ends
   */
  static void send(
      RequestSink sink, Request request, Scheduler scheduler, Consumer<Operation> then) {
    var _ =
        sink.send(request)
            .whenComplete((operation, failure) ->
                scheduler.execute(() -> {
                  if (failure != null) {
                    throw new IllegalStateException(
                        "sending " + request + " ended without an operation", failure);
                  }
                  then.accept(operation);
                }));
  }
}
