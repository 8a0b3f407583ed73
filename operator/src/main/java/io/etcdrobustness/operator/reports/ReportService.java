package io.etcdrobustness.operator.reports;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.etcdrobustness.runs.browse.ReportBrowser;
import io.etcdrobustness.runs.report.Answer;
import io.etcdrobustness.runs.report.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes reports from runners and shows them to people, over HTTP.
 *
 * <pre>
 * PUT  /v1/reports/NAMESPACE/RUN   the folder as tar.gz; the run's upload token, X-Run-Uid
 * GET  /v1/reports                 what is kept, as JSON
 * GET  ...                         the pages; see {@link ReportBrowser}
 * POST ...                         the read token as a form's field: what a browser asks for
 * </pre>
 *
 * <p>Whatever is read, {@link ReportAccess} is asked first.
 */
public final class ReportService implements AutoCloseable {

  /** The header that tells the uid of the run whose report is sent. */
  public static final String UID = "X-Run-Uid";

  static final String LIST = "/v1/reports";

  private static final Logger LOG = LoggerFactory.getLogger(ReportService.class);

  /** Each holds a buffer or two; the volume is no faster with more of them. */
  private static final int UPLOADS_AT_ONCE = 4;

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration LONGEST_UPLOAD = Duration.ofMinutes(10);

  /** What is read of a refused report, so that its sender gets to hear why. */
  private static final long READ_OF_REFUSED = 256L << 20;

  /** The same for a sender whom nobody knows. */
  private static final long READ_OF_STRANGERS = 1 << 20;

  private static final int LONGEST_UID = 128;
  private static final int LONGEST_FORM = 4096;
  private static final String TOKEN = "token=";

  private final ReportStore store;
  private final UploadTokens tokens;
  private final ReportAccess access;
  private final ReportBrowser browser;
  private final HttpServer server;
  private final Semaphore uploads = new Semaphore(UPLOADS_AT_ONCE, true);
  private final ExecutorService handlers = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * Listens.
   *
   * @param objects that are shown besides reports
   * @param address to listen on; port 0 draws one
   * @throws IOException if the address is taken
   */
  public ReportService(
      ReportStore store,
      UploadTokens tokens,
      ReportAccess access,
      WatchedObjects objects,
      InetSocketAddress address)
      throws IOException {
    this.store = store;
    this.tokens = tokens;
    this.access = access;
    this.browser = new ReportBrowser(new OperatorShelf(store, objects));
    this.server = HttpServer.create(address, 0);
    server.setExecutor(handlers);
    server.createContext("/", this::handle);
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

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      switch (exchange.getRequestMethod()) {
        case "GET", "HEAD" -> read(exchange);
        case "PUT" -> put(exchange);
        case "POST" -> logIn(exchange);
        default -> {
          exchange.getResponseHeaders().set("Allow", "GET, HEAD, POST, PUT");
          Answer.text(exchange, 405, "Reports are read and put here, nothing else.");
        }
      }
    } catch (RuntimeException bug) {
      LOG.error(
          "{} {} failed", exchange.getRequestMethod(), exchange.getRequestURI().getPath(), bug);
      if (exchange.getResponseCode() < 0) {
        Answer.text(exchange, 500, "The report service failed; its log tells why.");
      }
    }
  }

  // Taking.

  private void put(HttpExchange exchange) throws IOException {
    Optional<ReportId> id = target(exchange.getRequestURI().getPath());
    String uid = uid(exchange.getRequestHeaders());
    Optional<String> token = ReportAccess.bearer(exchange.getRequestHeaders());
    if (id.isEmpty()) {
      refuse(exchange, 404, "Reports are put to " + LIST + "/NAMESPACE/RUN", READ_OF_STRANGERS);
    } else if (token.isEmpty() || !tokens.isRight(token.get(), id.get(), uid)) {
      LOG.warn("a report of {} was refused: its upload token is missing or wrong", id.get());
      refuse(
          exchange,
          401,
          "The upload token is missing or not that of the run %s with the uid in %s."
              .formatted(id.get(), UID),
          READ_OF_STRANGERS);
    } else {
      inTurn(exchange, id.get(), uid);
    }
  }

  private void inTurn(HttpExchange exchange, ReportId id, String uid) throws IOException {
    boolean mine;
    try {
      mine = uploads.tryAcquire(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
      return;
    }
    if (!mine) {
      exchange.getResponseHeaders().set("Retry-After", "10");
      refuse(exchange, 503, "Too many reports are being put; try again.", READ_OF_REFUSED);
      return;
    }
    try {
      take(exchange, id, uid);
    } finally {
      uploads.release();
    }
  }

  private void take(HttpExchange exchange, ReportId id, String uid) throws IOException {
    try {
      StoredReport report = limited(exchange, id, uid);
      LOG.info(
          "the report of {} is kept: {}, {} bytes",
          id,
          report.summary().verdict().label(),
          report.bytes());
      Answer.json(exchange, 201, Json.of(json(report)));
    } catch (RefusedReportException refused) {
      LOG.warn("the report of {} was refused: {}", id, refused.sentence());
      refuse(
          exchange,
          refused.why().status(),
          "The report of %s is not taken: %s".formatted(id, refused.sentence()),
          READ_OF_REFUSED);
    } catch (IOException gone) {
      LOG.warn("the report of {} did not come to its end: {}", id, gone.toString());
    }
  }

  /** A sender that stands still must not keep others waiting for ever. */
  private StoredReport limited(HttpExchange exchange, ReportId id, String uid)
      throws IOException, RefusedReportException {
    Thread taker = Thread.currentThread();
    AtomicBoolean taking = new AtomicBoolean(true);
    CompletableFuture<Void> end =
        CompletableFuture.runAsync(
            () -> {
              if (taking.compareAndSet(true, false)) {
                taker.interrupt();
              }
            },
            CompletableFuture.delayedExecutor(
                LONGEST_UPLOAD.toSeconds(), TimeUnit.SECONDS, handlers));
    try {
      return store.accept(id, uid, exchange.getRequestBody());
    } finally {
      taking.set(false);
      end.cancel(false);
    }
  }

  /** Reads on for a while: an answer to a sender that still writes would be lost with a reset. */
  private static void refuse(HttpExchange exchange, int status, String sentence, long readMost)
      throws IOException {
    InputStream body = exchange.getRequestBody();
    byte[] buffer = new byte[1 << 16];
    long read = 0;
    for (int n = body.read(buffer); n >= 0 && read < readMost; n = body.read(buffer)) {
      read += n;
    }
    Answer.text(exchange, status, sentence);
  }

  private static String uid(Headers headers) {
    String uid = headers.getFirst(UID);
    return uid == null || uid.length() > LONGEST_UID ? "" : uid;
  }

  private static Optional<ReportId> target(String path) {
    String[] pieces = path.split("/", -1);
    return path.startsWith(LIST + "/") && pieces.length == 5
        ? ReportId.of(pieces[3], pieces[4])
        : Optional.empty();
  }

  // Showing.

  private void read(HttpExchange exchange) throws IOException {
    Optional<String> token = tokenIn(exchange.getRequestURI().getRawQuery());
    boolean mayRead =
        token.isPresent()
            ? access.isToken(token.get())
            : access.mayRead(exchange.getRequestHeaders());
    String path = exchange.getRequestURI().getPath();
    if (!mayRead) {
      askForToken(exchange);
    } else if (path.contains("//")) {
      Answer.text(exchange, 404, "There is nothing here.");
    } else if (token.isPresent()) {
      welcome(exchange);
    } else if (path.equals(LIST) || path.equals(LIST + "/")) {
      Answer.json(
          exchange,
          200,
          Json.of(Map.of("reports", store.list().stream().map(ReportService::json).toList())));
    } else {
      browser.answer(exchange);
    }
  }

  /** Gives the cookie, and goes where the reader wanted to. */
  private void welcome(HttpExchange exchange) throws IOException {
    URI asked = exchange.getRequestURI();
    String query = withoutToken(asked.getRawQuery());
    // Away with the token: addresses are kept in histories and sent to friends.
    exchange.getResponseHeaders().set("Set-Cookie", access.cookie());
    Answer.redirect(exchange, 303, asked.getRawPath() + (query.isEmpty() ? "" : "?" + query));
  }

  private void logIn(HttpExchange exchange) throws IOException {
    String form =
        new String(exchange.getRequestBody().readNBytes(LONGEST_FORM), StandardCharsets.US_ASCII);
    if (!tokenIn(form).filter(access::isToken).isPresent()) {
      askForToken(exchange);
    } else if (exchange.getRequestURI().getPath().contains("//")) {
      Answer.text(exchange, 404, "There is nothing here.");
    } else {
      welcome(exchange);
    }
  }

  private void askForToken(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer realm=\"reports\"");
    String accepts = exchange.getRequestHeaders().getFirst("Accept");
    if (accepts != null && accepts.contains("text/html")) {
      Answer.page(exchange, 401, access.page());
      return;
    }
    Answer.text(
        exchange,
        401,
        """
        Reports are shown to whoever has the read token. Read it with

          %s

        and open this address with ?token=TOKEN behind it, or send it as a bearer token.\
        """
            .formatted(access.hint()));
  }

  private static Map<String, Object> json(StoredReport report) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("namespace", report.id().namespace());
    json.put("test", report.summary().test());
    json.put("run", report.id().run());
    json.put("uid", report.uid());
    json.put("verdict", report.summary().verdict().label());
    json.put("startedAt", report.summary().startedAt());
    json.put("receivedAt", report.receivedAt());
    json.put("seed", report.summary().seed());
    json.put("etcd", report.summary().etcd());
    json.put("bytes", report.bytes());
    json.put("path", "/%s/%s/".formatted(report.id().namespace(), report.id().run()));
    return json;
  }

  private static Optional<String> tokenIn(@Nullable String parameters) {
    return parameters == null
        ? Optional.empty()
        : Arrays.stream(parameters.split("&"))
            .filter(parameter -> parameter.startsWith(TOKEN))
            .map(parameter -> decoded(parameter.substring(TOKEN.length())))
            .findFirst();
  }

  private static String withoutToken(@Nullable String parameters) {
    return parameters == null
        ? ""
        : Arrays.stream(parameters.split("&"))
            .filter(parameter -> !parameter.startsWith(TOKEN))
            .collect(Collectors.joining("&"));
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException notEncoded) {
      return text;
    }
  }
}
