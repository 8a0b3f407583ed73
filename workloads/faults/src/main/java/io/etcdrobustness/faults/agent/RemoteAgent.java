package io.etcdrobustness.faults.agent;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.faults.Agent;
import io.etcdrobustness.faults.CannotHereException;
import io.etcdrobustness.faults.MemberControl;
import io.etcdrobustness.history.Recorder;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An agent elsewhere, behind an {@link AgentServer}; sends the heartbeats of its holder, and
 * records the events of the agent's member, which their answers bring.
 *
 * <p>Events come at the next heartbeat that gets through, however long that takes, each once and in
 * order. Their times are the agent's, told on our clock to within a round trip of the quickest
 * heartbeat.
 *
 * <p>A call whose answer is lost may have been carried out; since all calls are idempotent, it can
 * be made again.
 *
 * <p>A pod that is deleted takes its address with it and closes nothing, so that requests on its
 * connections wait in vain. The first that does makes all of them be forgotten.
 */
public final class RemoteAgent implements Agent, MemberControl, AutoCloseable {

  /** A heal may have to wait for a process to start, or for held bytes. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Scheduler scheduler;
  private final URI server;
  private final URI uri;
  private final String token;
  private final Duration heartbeat;
  private final SeenEvents events;
  private final Consumer<String> onTrouble;
  private HttpClient connections = connections();
  private long lost;
  private volatile boolean closed;

  /**
   * Begins to send heartbeats.
   *
   * @param server where the agent's server listens: {@code http://host:port}
   * @param heartbeat must not be longer than the server's
   * @param recorder is told, on the loop, of each event of the agent's member
   * @param onTrouble is told, in words, that no heartbeat gets through (the agent may heal
   *     everything then), that they do again, and of events that may be lost
   */
  public RemoteAgent(
      Scheduler scheduler,
      URI server,
      String token,
      Duration heartbeat,
      Recorder recorder,
      Consumer<String> onTrouble) {
    this.scheduler = scheduler;
    this.server = server;
    this.uri = server.resolve(AgentServer.PATH);
    this.token = token;
    this.heartbeat = heartbeat;
    this.onTrouble = onTrouble;
    this.events =
        new SeenEvents(
            scheduler, recorder, trouble -> onTrouble.accept(trouble + " (agent at " + uri + ")"));
    scheduler.execute(this::beat);
  }

  @Override
  public CompletionStage<Void> inject(String id, Command command, Duration length) {
    if (command instanceof PodCommand pod) {
      return CompletableFuture.failedFuture(
          new IllegalArgumentException(
              "%s is for whoever talks to Kubernetes, not for an agent".formatted(pod)));
    }
    if (command instanceof MachineCommand machine) {
      return CompletableFuture.failedFuture(
          new CannotHereException("only in a machine can it be: " + machine));
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
              case ControlReply.Events news -> throw failed("answered with events");
              case ControlReply.Stands stands -> throw failed("answered with a state");
              case ControlReply.Failed failed -> throw failed(failed.error());
            });
  }

  @Override
  public CompletionStage<Void> healAll() {
    return done(new ControlRequest.HealAll());
  }

  @Override
  public CompletionStage<Void> start(List<String> arguments) {
    return done(new ControlRequest.Start(arguments));
  }

  @Override
  public CompletionStage<Void> stop(Duration grace) {
    return done(new ControlRequest.Stop(grace), grace.plus(PATIENCE));
  }

  @Override
  public CompletionStage<State> state() {
    return call(new ControlRequest.State(), heartbeat)
        .thenApply(reply ->
            switch (reply) {
              case ControlReply.Stands stands -> stands.state();
              case ControlReply.Done done -> throw failed("answered without a state");
              case ControlReply.Proved proved -> throw failed("answered with a proof");
              case ControlReply.Events news -> throw failed("answered with events");
              case ControlReply.Failed failed -> throw failed(failed.error());
            });
  }

  /**
   * Reads a piece of the member's log.
   *
   * @param from {@link LogPosition#START}, then where the piece before it ended
   * @return completes with what follows, as far as one piece holds; without bytes if nothing does.
   *     If the pod was made anew meanwhile, that is the beginning of its new log
   */
  public CompletionStage<LogChunk> log(LogPosition from) {
    HttpRequest get =
        HttpRequest.newBuilder(LogRequest.uri(server, from))
            .timeout(PATIENCE)
            .header("Authorization", AgentServer.BEARER + token)
            .build();
    return send(get, HttpResponse.BodyHandlers.ofByteArray())
        .handle((response, failure) -> {
          if (failure != null) {
            throw notReached(failure);
          }
          return chunk(response);
        });
  }

  /**
   * Records every event that had happened at the agent's member by now.
   *
   * @return completes on the loop when they are recorded; exceptionally if the agent was not
   *     reached, and then a later heartbeat brings them
   */
  public CompletionStage<Void> upToDate() {
    CompletableFuture<Void> answer = new CompletableFuture<>();
    scheduler.execute(() -> follow(catchUp(), answer));
    return answer;
  }

  /** Sends no more heartbeats: the agent heals everything soon. */
  @Override
  public synchronized void close() {
    closed = true;
    connections.shutdownNow();
  }

  private static HttpClient connections() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(Duration.ofSeconds(5))
        .build();
  }

  private synchronized <T> CompletableFuture<HttpResponse<T>> send(
      HttpRequest request, HttpResponse.BodyHandler<T> body) {
    HttpClient used = connections;
    return used.sendAsync(request, body)
        .whenComplete((_, failure) -> {
          if (failure != null && unanswered(failure)) {
            forget(used);
          }
        });
  }

  private static boolean unanswered(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof HttpTimeoutException && !(cause instanceof HttpConnectTimeoutException);
  }

  /** What is still under way on these may come to its end. */
  private synchronized void forget(HttpClient used) {
    if (used == connections && !closed) {
      connections = connections();
      used.shutdown();
    }
  }

  private void beat() {
    if (closed) {
      return;
    }
    var _ = catchUp().whenCompleteAsync((nothing, failure) -> reached(failure), scheduler::execute);
    // Twice as often as promised, so that one lost packet does not end a fault.
    scheduler.after(heartbeat.dividedBy(2), this::beat);
  }

  /** Tells of the first heartbeat that is lost, and of the first that gets through again. */
  private void reached(@Nullable Throwable failure) {
    if (closed) {
      return;
    }
    if (failure == null && lost > 0) {
      onTrouble.accept(
          "the agent at %s is reached again after %d lost heartbeats".formatted(uri, lost));
    } else if (failure != null && lost == 0) {
      onTrouble.accept("no heartbeat got through to the agent at " + uri + ": " + failure);
    }
    lost = failure == null ? 0 : lost + 1;
  }

  /** Asks until nothing is new, which also tells the agent that all has been seen; on the loop. */
  private CompletableFuture<Void> catchUp() {
    long sent = scheduler.now();
    return call(events.heartbeat(), heartbeat)
        .thenApply(reply -> new Heard(reply, scheduler.now()))
        .thenComposeAsync(
            heard ->
                switch (heard.reply) {
                  case ControlReply.Events news ->
                      events.take(news, sent, heard.received)
                          ? catchUp()
                          : CompletableFuture.<Void>completedFuture(null);
                  case ControlReply.Done done -> throw failed("answered without events");
                  case ControlReply.Proved proved -> throw failed("answered with a proof");
                  case ControlReply.Stands stands -> throw failed("answered with a state");
                  case ControlReply.Failed failed -> throw failed(failed.error());
                },
            scheduler::execute);
  }

  private static void follow(CompletableFuture<Void> from, CompletableFuture<Void> to) {
    var _ =
        from.whenComplete((nothing, failure) -> {
          if (failure == null) {
            to.complete(null);
          } else {
            to.completeExceptionally(failure);
          }
        });
  }

  private CompletableFuture<Void> done(ControlRequest request) {
    return done(request, PATIENCE);
  }

  private CompletableFuture<Void> done(ControlRequest request, Duration patience) {
    return call(request, patience)
        .thenApply(reply ->
            switch (reply) {
              case ControlReply.Done done -> null;
              case ControlReply.Proved proved -> throw failed("answered with a proof");
              case ControlReply.Events news -> throw failed("answered with events");
              case ControlReply.Stands stands -> throw failed("answered with a state");
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
        send(post, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8))
            .whenComplete((response, failure) -> {
              if (failure != null) {
                answer.completeExceptionally(notReached(failure));
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
      answer.completeExceptionally(noAgent(response, malformed));
    }
  }

  private LogChunk chunk(HttpResponse<byte[]> response) {
    try {
      if (response.statusCode() != 200) {
        String body = new String(response.body(), StandardCharsets.UTF_8);
        if (ControlMessages.reply(body) instanceof ControlReply.Failed failed) {
          throw failed(failed.error());
        }
        throw new MalformedMessageException("a log is no control message");
      }
      return new LogChunk(
          LogRequest.position(
              response.headers().firstValue(LogRequest.NAME_HEADER).orElse(""),
              response.headers().firstValue(LogRequest.OFFSET_HEADER).orElse("")),
          ByteBuffer.wrap(response.body()));
    } catch (MalformedMessageException malformed) {
      throw noAgent(response, malformed);
    }
  }

  private IllegalStateException notReached(Throwable failure) {
    return new IllegalStateException(
        "the agent at %s was not reached: %s".formatted(uri, failure), failure);
  }

  private IllegalStateException noAgent(
      HttpResponse<?> response, MalformedMessageException malformed) {
    return new IllegalStateException(
        "what answers at %s with status %d is no agent: %s"
            .formatted(uri, response.statusCode(), malformed.getMessage()),
        malformed);
  }

  private IllegalStateException failed(String error) {
    return new IllegalStateException(error + " (agent at " + uri + ")");
  }

  /** A reply, and when it came. */
  private record Heard(ControlReply reply, long received) {}
}
