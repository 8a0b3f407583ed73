package io.etcdrobustness.traffic;

import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A client in memory whose answers the test gives, and whose time goes by as it is used. */
final class FakeEtcdClient implements EtcdClient {

  private final List<Request> sent = new ArrayList<>();
  private final List<CompletableFuture<Outcome>> answers = new ArrayList<>();
  private final List<String> streamCalls = new ArrayList<>();
  private final List<WatchListener> listeners = new ArrayList<>();
  private final Runnable onUse;

  /**
   * @param onUse runs whenever something is about to leave
   */
  FakeEtcdClient(Runnable onUse) {
    this.onUse = onUse;
  }

  @Override
  public CompletionStage<Outcome> send(Request request, Duration timeout) {
    onUse.run();
    sent.add(request);
    CompletableFuture<Outcome> answer = new CompletableFuture<>();
    answers.add(answer);
    return answer;
  }

  List<Request> sent() {
    return sent;
  }

  /** Answers the request that was sent {@code index} requests after the first. */
  void answer(int index, Outcome outcome) {
    answers.get(index).complete(outcome);
  }

  /** What was called on streams, one line each. */
  List<String> streamCalls() {
    return streamCalls;
  }

  /** Who listens to the only stream. */
  WatchListener listener() {
    return listeners.getFirst();
  }

  @Override
  public WatchStream watchStream(WatchListener listener) {
    listeners.add(listener);
    return new WatchStream() {
      @Override
      public void open(long tag, WatchRequest request) {
        onUse.run();
        streamCalls.add("open " + tag + " " + request.key());
      }

      @Override
      public void cancel(long tag) {
        streamCalls.add("cancel " + tag);
      }

      @Override
      public void requestProgress() {
        onUse.run();
        streamCalls.add("progress");
      }

      @Override
      public void close() {
        streamCalls.add("close");
      }
    };
  }

  @Override
  public void close() {
    streamCalls.add("client closed");
  }
}
