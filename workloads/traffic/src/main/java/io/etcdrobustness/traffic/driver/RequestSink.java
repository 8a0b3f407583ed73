package io.etcdrobustness.traffic.driver;

import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Request;
import java.util.concurrent.CompletionStage;

/** Sends the requests of one client, and records them. */
@FunctionalInterface
public interface RequestSink {

  /**
   * Sends one request, one attempt.
   *
   * @return completes on the scheduler's loop with the operation as recorded, at the latest when
   *     the request's timeout has passed; never exceptionally
   */
  CompletionStage<Operation> send(Request request);
}
