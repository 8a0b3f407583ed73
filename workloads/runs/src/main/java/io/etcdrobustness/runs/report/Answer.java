package io.etcdrobustness.runs.report;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** How pages and files are answered: for this reader only, and never as something else. */
public final class Answer {

  /** Our own pages run no script. */
  private static final String PAGE =
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none';"
          + " frame-ancestors 'none'";

  /**
   * A report's page runs its script, but in a room of its own: whoever wrote a report must not read
   * those of others with the eyes of a reader who may.
   */
  private static final String FOREIGN =
      "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:;"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-scripts";

  private Answer() {}

  /** A page of ours. */
  public static void page(HttpExchange exchange, int status, String html) throws IOException {
    whole(exchange, status, "text/html; charset=utf-8", html);
  }

  /** A sentence. */
  public static void text(HttpExchange exchange, int status, String sentence) throws IOException {
    whole(exchange, status, "text/plain; charset=utf-8", sentence + "\n");
  }

  /** JSON of ours. */
  public static void json(HttpExchange exchange, int status, String json) throws IOException {
    whole(exchange, status, "application/json", json);
  }

  /** Another address of this server. */
  public static void redirect(HttpExchange exchange, int status, String path) throws IOException {
    exchange.getResponseHeaders().set("Location", path);
    text(exchange, status, "See " + path);
  }

  private static void whole(HttpExchange exchange, int status, String type, String content)
      throws IOException {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    headers(exchange, type, PAGE);
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
