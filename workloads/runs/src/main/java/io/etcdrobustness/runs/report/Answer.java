package io.etcdrobustness.runs.report;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** How pages and files are answered: for this reader only, and never as something else. */
public final class Answer {

  private static final String OWN =
      "default-src 'none'; style-src "
          + Resource.source(Html.STYLE)
          + "; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

  /**
   * A report's page runs its script, but in a room of its own: whoever wrote a report must not read
   * those of others with the eyes of a reader who may.
   */
  private static final String FOREIGN =
      "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:;"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-scripts";

  private Answer() {}

  /** The script that a page of ours runs; whatever else stands in it, no other is run. */
  public enum Script {
    NONE(""),
    /** Keeps a page up to date, and walks along strips; asks nobody but this server. */
    LIVE("; connect-src 'self'; script-src " + Resource.source(LivePage.SCRIPT)),
    /** Draws a report. */
    REPORT("; script-src " + Resource.source(ReportTemplate.SCRIPT));

    private final String policy;

    Script(String allowed) {
      this.policy = OWN + allowed;
    }
  }

  /** A page of ours without a script. */
  public static void page(HttpExchange exchange, int status, String html) throws IOException {
    page(exchange, status, html, Script.NONE);
  }

  /**
   * A page of ours; whoever has the same already is told so alone.
   *
   * @param script that it runs
   */
  public static void page(HttpExchange exchange, int status, String html, Script script)
      throws IOException {
    tagged(exchange, status, "text/html; charset=utf-8", html, script.policy);
  }

  /** A sentence. */
  public static void text(HttpExchange exchange, int status, String sentence) throws IOException {
    whole(exchange, status, "text/plain; charset=utf-8", sentence + "\n", OWN);
  }

  /** JSON of ours; whoever has the same already is told so alone. */
  public static void json(HttpExchange exchange, int status, String json) throws IOException {
    tagged(exchange, status, "application/json", json, OWN);
  }

  /** Another address of this server. */
  public static void redirect(HttpExchange exchange, int status, String path) throws IOException {
    exchange.getResponseHeaders().set("Location", path);
    text(exchange, status, "See " + path);
  }

  private static void tagged(
      HttpExchange exchange, int status, String type, String content, String policy)
      throws IOException {
    String tag = tag(content);
    exchange.getResponseHeaders().set("ETag", tag);
    if (status == 200 && tag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
      headers(exchange, type, policy);
      exchange.sendResponseHeaders(304, -1);
    } else {
      whole(exchange, status, type, content, policy);
    }
  }

  /** What tells this content from every other. */
  static String tag(String content) {
    return "\"" + HexFormat.of().formatHex(Resource.sha256(content), 0, 12) + "\"";
  }

  private static void whole(
      HttpExchange exchange, int status, String type, String content, String policy)
      throws IOException {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    headers(exchange, type, policy);
    try (OutputStream out = begin(exchange, status, bytes.length)) {
      if (!isHead(exchange)) {
        out.write(bytes);
      }
    }
  }

  /** Sets the headers of something that somebody else has written. */
  static void foreign(HttpExchange exchange, String type) {
    headers(exchange, type, FOREIGN);
  }

  /** Sends the headers; what follows is written by the caller, nothing if only they are wanted. */
  static OutputStream begin(HttpExchange exchange, int status, long length) throws IOException {
    if (isHead(exchange)) {
      exchange.getResponseHeaders().set("Content-Length", Long.toString(length));
      exchange.sendResponseHeaders(status, -1);
    } else {
      exchange.sendResponseHeaders(status, length == 0 ? -1 : length);
    }
    return exchange.getResponseBody();
  }

  static boolean isHead(HttpExchange exchange) {
    return exchange.getRequestMethod().equals("HEAD");
  }

  private static void headers(HttpExchange exchange, String type, String policy) {
    Headers headers = exchange.getResponseHeaders();
    headers.set("Content-Type", type);
    headers.set("Content-Security-Policy", policy);
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Cross-Origin-Opener-Policy", "same-origin");
    headers.set("Cache-Control", "no-store");
  }
}
