package io.etcdrobustness.faults.agent;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.faults.Agent;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * An agent elsewhere, behind an {@link AgentServer}; sends the heartbeats of its holder.
 *
 * <p>A call whose answer is lost may have been carried out; since all calls are idempotent, it can
 * be made again.
 */
public final class RemoteAgent implements Agent, AutoCloseable {

  /** A heal may have to wait for a process to start, or for held bytes. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Scheduler scheduler;
  private final URI uri;
  private final String token;
  private final Duration heartbeat;
  private final Consumer<String> onMissedHeartbeat;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private volatile boolean closed;

  /**
   * Begins to send heartbeats.
   *
   * @param server where the agent's server listens: {@code http://host:port}
   * @param heartbeat must not be longer than the server's
   * @param onMissedHeartbeat is told, in words, of each heartbeat that did not get through: the
   *     agent may have healed everything by then
   */
  public RemoteAgent(
      Scheduler scheduler,
      URI server,
      String token,
      Duration heartbeat,
      Consumer<String> onMissedHeartbeat) {
    this.scheduler = scheduler;
    this.uri = server.resolve(AgentServer.PATH);
    this.token = token;
    this.heartbeat = heartbeat;
    this.onMissedHeartbeat = onMissedHeartbeat;
    scheduler.execute(this::beat);
  }

  @Override
  public CompletionStage<Void> inject(String id, Command command, Duration length) {
    if (command instanceof PodCommand pod) {
      return CompletableFuture.failedFuture(
          new IllegalArgumentException(
              "%s is for whoever talks to Kubernetes, not for an agent".formatted(pod)));
    }
    return done(new ControlRequest.Inject(id, command, length));
  }

  @Override
  public CompletionStage<Proof> heal(String id) {
    return call(new ControlRequest.Heal(id), PATIENCE)
        .thenApply(reply ->
            switch (reply) {
              case ControlReply.Proved proved -> proved.proof();
              case ControlReply.Done done -> throw failed("answered without a proof");
              case ControlReply.Failed failed -> throw failed(failed.error());
            });
  }

  @Override
  public CompletionStage<Void> healAll() {
    return done(new ControlRequest.HealAll());
  }

  /** Sends no more heartbeats: the agent heals everything soon. */
  @Override
  public void close() {
    closed = true;
    http.shutdownNow();
  }

  private void beat() {
    if (closed) {
      return;
    }
    var _ =
        call(new ControlRequest.Heartbeat(), heartbeat)
            .whenComplete((reply, failure) -> {
              if (failure != null && !closed) {
                onMissedHeartbeat.accept(
                    "no heartbeat got through to the agent at " + uri + ": " + failure);
              }
            });
    // Twice as often as promised, so that one lost packet does not end a fault.
    scheduler.after(heartbeat.dividedBy(2), this::beat);
  }

  private CompletableFuture<Void> done(ControlRequest request) {
    return call(request, PATIENCE)
        .thenApply(reply ->
            switch (reply) {
              case ControlReply.Done done -> null;
              case ControlReply.Proved proved -> throw failed("answered with a proof");
              case ControlReply.Failed failed -> throw failed(failed.error());
            });
  }

  private CompletableFuture<ControlReply> call(ControlRequest request, Duration patience) {
    HttpRequest post =
        HttpRequest.newBuilder(uri)
            .timeout(patience)
            .header("Authorization", AgentServer.BEARER + token)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(ControlMessages.text(request)))
            .build();
    CompletableFuture<ControlReply> answer = new CompletableFuture<>();
    var _ =
        http.sendAsync(post, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8))
            .whenComplete((response, failure) -> {
              if (failure != null) {
                answer.completeExceptionally(
                    new IllegalStateException(
                        "the agent at %s was not reached: %s".formatted(uri, failure), failure));
              } else {
                complete(answer, response);
              }
            });
    return answer;
  }

  private void complete(CompletableFuture<ControlReply> answer, HttpResponse<String> response) {
    try {
      answer.complete(ControlMessages.reply(response.body()));
    } catch (MalformedMessageException malformed) {
      answer.completeExceptionally(
          new IllegalStateException(
              "what answers at %s with status %d is no agent: %s"
                  .formatted(uri, response.statusCode(), malformed.getMessage()),
              malformed));
    }
  }

  private IllegalStateException failed(String error) {
    return new IllegalStateException(error + " (agent at " + uri + ")");
  }
}
