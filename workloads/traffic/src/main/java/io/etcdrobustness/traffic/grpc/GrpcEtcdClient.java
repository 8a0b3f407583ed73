package io.etcdrobustness.traffic.grpc;

import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.traffic.EtcdClient;
import io.etcdrobustness.traffic.WatchListener;
import io.etcdrobustness.traffic.WatchStream;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Sends requests over one gRPC channel: one call, one attempt.
 *
 * <p>A call does not wait for a connection that has just failed, so a request to a member that is
 * down ends at once as not sent. Completion happens on the thread that read the answer; what hangs
 * on it must be short.
 */
final class GrpcEtcdClient implements EtcdClient {

  private final Channels.Opened opened;

  GrpcEtcdClient(Channels.Opened opened) {
    this.opened = opened;
  }

  @Override
  public CompletionStage<Outcome> send(Request request, Duration timeout) {
    return OneAnswer.send(
        opened.channel(), request, Exchange.of(request), timeout, opened::connectSoon);
  }

  /** Calls any method; one attempt, which fails with gRPC's status. */
  <Q, A> CompletionStage<A> call(MethodDescriptor<Q, A> method, Q message, Duration timeout) {
    CompletableFuture<A> answer = new CompletableFuture<>();
    ClientCalls.asyncUnaryCall(
        opened.channel().newCall(method, OneAnswer.within(timeout)),
        message,
        new StreamObserver<>() {
          @Override
          public void onNext(A value) {
            answer.complete(value);
          }

          @Override
          public void onError(Throwable failure) {
            answer.completeExceptionally(failure);
          }

          @Override
          public void onCompleted() {
            answer.completeExceptionally(
                new IllegalStateException("the call ended well, but without an answer"));
          }
        });
    return answer;
  }

  @Override
  public WatchStream watchStream(WatchListener listener) {
    return GrpcWatchStream.open(opened.channel(), listener, opened::connectSoon);
  }

  @Override
  public void close() {
    opened.close();
  }
}
