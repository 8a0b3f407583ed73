package io.etcdrobustness.faults.agent;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.faults.Agent;
import io.etcdrobustness.faults.MemberControl;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Offers an agent, and what is to be known of its member, over HTTP, to whoever has the bearer
 * token: {@code POST /v1/control} with a {@linkplain ControlMessages control message}, and {@code
 * GET /v1/log} with {@linkplain LogRequest where} to read.
 *
 * <p>Whoever asks is its holder and must send a heartbeat; after two heartbeats of silence the
 * agent heals everything by itself, so that a holder that was killed leaves no fault behind.
 */
public final class AgentServer implements AutoCloseable {

  static final String PATH = "/v1/control";
  static final String BEARER = "Bearer ";

  /**
   * What is offered.
   *
   * @param agent to its holder
   * @param control of its member; empty if the member lives and dies with its agent
   * @param journal of its member
   * @param log of its member
   */
  public record Offer(
      Agent agent, Optional<MemberControl> control, MemberJournal journal, MemberLog log) {}

  private final Offer offer;
  private final byte[] authorization;
  private final Consumer<String> log;
  private final Lease lease;
  private final HttpServer server;
  private final ExecutorService handlers = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * Listens.
   *
   * @param address to listen on; port 0 draws one
   * @param token that a holder must know
   * @param heartbeat in which a holder promises to show itself
   * @param log is told, in words, of a lost holder and of failures nobody else is told of
   * @throws IOException if the address is taken
   */
  public AgentServer(
      Offer offer,
      Scheduler scheduler,
      InetSocketAddress address,
      String token,
      Duration heartbeat,
      Consumer<String> log)
      throws IOException {
    this.offer = offer;
    this.authorization = (BEARER + token).getBytes(StandardCharsets.UTF_8);
    this.log = log;
    this.lease = new Lease(scheduler, heartbeat, () -> holderLost(heartbeat));
    this.server = HttpServer.create(address, 0);
    server.setExecutor(handlers);
    server.createContext(PATH, this::handle);
    server.createContext(LogRequest.PATH, this::handleLog);
    server.start();
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  /** Answers no more; faults that are in force keep their own deadlines. */
  @Override
  public void close() {
    lease.release();
    server.stop(0);
    handlers.shutdownNow();
  }

  private void holderLost(Duration heartbeat) {
    log.accept(
        "the holder was silent for more than two heartbeats of %d ms: healing everything"
            .formatted(heartbeat.toMillis()));
    CompletableFuture<Void> healing = offer.agent().healAll().toCompletableFuture();
    var _ =
        healing.whenComplete((nothing, failure) -> {
          if (failure != null) {
            log.accept("not everything could be healed: " + failure.getMessage());
          }
        });
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!exchange.getRequestMethod().equals("POST")
          || !exchange.getRequestURI().getPath().equals(PATH)) {
        answer(exchange, 404, new ControlReply.Failed("only POST " + PATH + " is answered here"));
      } else if (!authorized(exchange)) {
        answer(exchange, 401, new ControlReply.Failed("the bearer token is missing or wrong"));
      } else {
        handleAuthorized(exchange);
      }
    }
  }

  private void handleAuthorized(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(ControlMessages.LONGEST + 1);
    if (body.length > ControlMessages.LONGEST) {
      answer(exchange, 413, new ControlReply.Failed("the message is too long"));
      return;
    }
    ControlRequest request;
    try {
      request = ControlMessages.request(new String(body, StandardCharsets.UTF_8));
    } catch (MalformedMessageException malformed) {
      answer(exchange, 400, new ControlReply.Failed(malformed.reason()));
      return;
    }
    lease.renew();
    try {
      answer(exchange, 200, carryOut(request).get());
    } catch (ExecutionException failure) {
      answer(exchange, 409, new ControlReply.Failed(words(failure)));
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
      answer(exchange, 503, new ControlReply.Failed("the agent is ending"));
    }
  }

  private void handleLog(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!exchange.getRequestMethod().equals("GET")
          || !exchange.getRequestURI().getPath().equals(LogRequest.PATH)) {
        answer(
            exchange,
            404,
            new ControlReply.Failed("only GET " + LogRequest.PATH + " is answered here"));
      } else if (!authorized(exchange)) {
        answer(exchange, 401, new ControlReply.Failed("the bearer token is missing or wrong"));
      } else {
        tellLog(exchange);
      }
    }
  }

  private void tellLog(HttpExchange exchange) throws IOException {
    LogChunk chunk;
    try {
      String query = exchange.getRequestURI().getRawQuery();
      chunk = offer.log().read(LogRequest.parse(query == null ? "" : query));
    } catch (MalformedMessageException malformed) {
      answer(exchange, 400, new ControlReply.Failed(malformed.reason()));
      return;
    } catch (IOException failure) {
      answer(exchange, 500, new ControlReply.Failed("the log cannot be read: " + failure));
      return;
    }
    exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
    exchange.getResponseHeaders().set(LogRequest.NAME_HEADER, chunk.from().log());
    exchange
        .getResponseHeaders()
        .set(LogRequest.OFFSET_HEADER, Long.toString(chunk.from().offset()));
    ByteBuffer bytes = chunk.bytes();
    // A length of -1 says that there is none; 0 would begin a chunked answer.
    exchange.sendResponseHeaders(200, bytes.hasRemaining() ? bytes.remaining() : -1);
    if (bytes.hasRemaining()) {
      try (WritableByteChannel out = Channels.newChannel(exchange.getResponseBody())) {
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
      }
    }
  }

  private CompletableFuture<ControlReply> carryOut(ControlRequest request) {
    Agent agent = offer.agent();
    return switch (request) {
      case ControlRequest.Inject inject ->
          done(agent.inject(inject.id(), inject.command(), inject.length()).toCompletableFuture());
      case ControlRequest.Heal heal ->
          agent.heal(heal.id()).toCompletableFuture().thenApply(ControlReply.Proved::new);
      case ControlRequest.HealAll all -> done(agent.healAll().toCompletableFuture());
      case ControlRequest.Start start ->
          controlled(control -> done(control.start(start.arguments()).toCompletableFuture()));
      case ControlRequest.Stop stop ->
          controlled(control -> done(control.stop(stop.grace()).toCompletableFuture()));
      case ControlRequest.State state ->
          controlled(
              control -> control.state().toCompletableFuture().thenApply(ControlReply.Stands::new));
      case ControlRequest.Heartbeat beat ->
          CompletableFuture.completedFuture(offer.journal().after(beat.journal(), beat.seen()));
    };
  }

  private CompletableFuture<ControlReply> controlled(
      Function<MemberControl, CompletableFuture<ControlReply>> request) {
    return offer
        .control()
        .map(request)
        .orElseGet(() ->
            CompletableFuture.failedFuture(
                new IllegalStateException(
                    "this agent has its member's command on its own command line: the member is not"
                        + " started or stopped from elsewhere")));
  }

  private static CompletableFuture<ControlReply> done(CompletableFuture<Void> action) {
    return action.thenApply(nothing -> new ControlReply.Done());
  }

  private static String words(ExecutionException failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  private boolean authorized(HttpExchange exchange) {
    String given = exchange.getRequestHeaders().getFirst("Authorization");
    // Constant time: the token must not be found out byte by byte.
    return given != null
        && MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), authorization);
  }

  private static void answer(HttpExchange exchange, int status, ControlReply reply)
      throws IOException {
    byte[] body = ControlMessages.text(reply).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }
}
