package io.etcdrobustness.operator.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * What Kubernetes and Prometheus ask a process of ours: {@code /metrics}, {@code /healthz}, {@code
 * /readyz}. Without a token: it tells of tests by name, and of nothing that they hold.
 */
public final class OperatorHttp implements AutoCloseable {

  private static final String PLAIN = "text/plain; charset=utf-8";
  private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0";
  private static final String TEXT_FORMAT = "text/plain; version=0.0.4; charset=utf-8";

  private final PrometheusMeterRegistry registry;
  private final HttpServer server;
  private final ExecutorService handlers = Executors.newVirtualThreadPerTaskExecutor();

  /** Tells how a process is. */
  public interface Health {

    /** A process that is well as long as it answers. */
    Health ALWAYS = Optional::empty;

    /** What is wrong, in a sentence; empty if nothing is. */
    Optional<String> trouble();
  }

  /**
   * Listens.
   *
   * @param live asked by {@code /healthz}; a process that is not is started anew
   * @param ready asked by {@code /readyz}
   * @throws IOException if the address is taken
   */
  public OperatorHttp(
      InetSocketAddress address, PrometheusMeterRegistry registry, Health live, Health ready)
      throws IOException {
    this.registry = registry;
    this.server = HttpServer.create(address, 0);
    server.setExecutor(handlers);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            switch (exchange.getRequestURI().getPath()) {
              case "/metrics" -> metrics(exchange);
              case "/healthz" -> health(exchange, live);
              case "/readyz" -> health(exchange, ready);
              default -> answer(exchange, 404, PLAIN, "Here are /metrics, /healthz and /readyz.\n");
            }
          }
        });
    server.start();
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  @Override
  public void close() {
    server.stop(0);
    handlers.shutdownNow();
  }

  private void metrics(HttpExchange exchange) throws IOException {
    String accept = exchange.getRequestHeaders().getFirst("Accept");
    String type = type(accept == null ? "" : accept);
    ByteArrayOutputStream scrape = new ByteArrayOutputStream();
    registry.scrape(scrape, type);
    answer(exchange, 200, type, scrape.toByteArray());
  }

  /** Protobuf, which some ask for first, is not spoken here: its library is 2 MB of the image. */
  private static String type(String accept) {
    return accept.contains("application/openmetrics-text")
        ? OPEN_METRICS + "; charset=utf-8"
        : TEXT_FORMAT;
  }

  private static void health(HttpExchange exchange, Health health) throws IOException {
    Optional<String> trouble = health.trouble();
    if (trouble.isPresent()) {
      answer(exchange, 503, PLAIN, trouble.get() + "\n");
    } else {
      answer(exchange, 200, PLAIN, "ok\n");
    }
  }

  private static void answer(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    answer(exchange, status, type, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void answer(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }
}
