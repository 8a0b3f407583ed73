package io.etcdrobustness.traffic.grpc;

import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One call that carries one request and awaits one answer.
 *
 * <p>A unary answer counts when the call has ended well; on a stream (lease keep-alive) the first
 * message is the answer, and the stream is then ended.
 */
final class OneAnswer<Q, A> extends ClientCall.Listener<A> {

  private final Request request;
  private final Function<A, Response> decode;
  private final ClientCall<Q, A> call;
  private final Departure departure;
  private final Runnable onNotSent;
  private final boolean streaming;
  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
  private @Nullable A answer;

  private OneAnswer(
      Request request,
      Function<A, Response> decode,
      ClientCall<Q, A> call,
      Departure departure,
      Runnable onNotSent,
      boolean streaming) {
    this.request = request;
    this.decode = decode;
    this.call = call;
    this.departure = departure;
    this.onNotSent = onNotSent;
    this.streaming = streaming;
  }

  /**
   * Sends {@code request} as {@code exchange} says.
   *
   * @param onNotSent is told, after the outcome, that the request never left
   */
  static <Q, A> CompletionStage<Outcome> send(
      Channel channel,
      Request request,
      Exchange<Q, A> exchange,
      Duration timeout,
      Runnable onNotSent) {
    Departure departure = new Departure();
    ClientCall<Q, A> call =
        channel.newCall(exchange.method(), within(timeout).withStreamTracerFactory(departure));
    boolean streaming = exchange.method().getType() != MethodType.UNARY;
    OneAnswer<Q, A> listener =
        new OneAnswer<>(request, exchange.decode(), call, departure, onNotSent, streaming);
    call.start(listener, new Metadata());
    try {
      call.request(2);
      call.sendMessage(exchange.message());
      if (!streaming) {
        call.halfClose();
      }
    } catch (RuntimeException failure) {
      // The call then ends as cancelled, and says so to the listener.
      call.cancel("the request could not be handed over", failure);
    }
    return listener.outcome;
  }

  /** The options of a call that may take as long as this, by whatever clock its channel lives. */
  static CallOptions within(Duration timeout) {
    return CallOptions.DEFAULT
        .withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS)
        .withOption(Channels.TIMEOUT, timeout);
  }

  @Override
  public void onMessage(A message) {
    if (!streaming) {
      answer = message;
    } else if (!outcome.isDone()) {
      outcome.complete(decoded(message));
      call.halfClose();
    }
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    if (outcome.isDone()) {
      return;
    }
    A last = answer;
    if (!status.isOk()) {
      outcome.complete(Classifier.outcome(request, status, departure.mayHaveLeft()));
    } else if (last == null) {
      outcome.complete(notUnderstood("the call ended well, but without an answer"));
    } else {
      outcome.complete(decoded(last));
    }
    if (!departure.mayHaveLeft()) {
      onNotSent.run();
    }
  }

  private Outcome decoded(A message) {
    try {
      return new Outcome.Ok(decode.apply(message));
    } catch (RuntimeException failure) {
      return notUnderstood("the answer cannot be read: " + failure);
    }
  }

  private static Outcome notUnderstood(String message) {
    return new Outcome.Unknown(
        new Failure(Failure.Kind.OTHER, Status.Code.INTERNAL.name(), message));
  }
}
