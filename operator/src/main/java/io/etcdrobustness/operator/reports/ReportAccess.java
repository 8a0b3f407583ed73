package io.etcdrobustness.operator.reports;

import com.sun.net.httpserver.Headers;
import io.etcdrobustness.runs.report.Html;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Who may read: whoever has the read token, as a bearer token, or in a browser as a cookie that was
 * given for it.
 *
 * @param hint a sentence that tells how to read the token, such as a kubectl command
 */
public record ReportAccess(String readToken, String hint) {

  static final String COOKIE = "etcd-robustness-reports";

  private static final String BEARER = "Bearer ";

  public ReportAccess {
    if (readToken.length() < 16) {
      throw new IllegalArgumentException("the read token is short enough to be guessed");
    }
  }

  /** Access by the token that is kept in a Secret under {@code key}. */
  public static ReportAccess fromSecret(
      String readToken, String namespace, String secret, String key) {
    return new ReportAccess(
        readToken,
        "kubectl --namespace %s get secret %s --output jsonpath='{.data.%s}' | base64 --decode"
            .formatted(namespace, secret, key.replace(".", "\\.")));
  }

  /** Whether a request with these headers may read. */
  boolean mayRead(Headers headers) {
    Optional<String> bearer = bearer(headers);
    return bearer.isPresent() ? isToken(bearer.get()) : cookies(headers).anyMatch(this::isCookie);
  }

  /** Whether it is the read token. */
  boolean isToken(String given) {
    return UploadTokens.equal(given, readToken);
  }

  /**
   * The header that makes a browser a reader. A cookie is seen by all ports, the token must not.
   * Lax, since alerts and messages lead here: whoever follows such a link is a reader still. What
   * is fetched or framed from elsewhere comes without it.
   */
  String cookie() {
    return COOKIE + "=" + cookieValue() + "; Path=/; HttpOnly; SameSite=Lax";
  }

  /** The page that asks for the token, and sends it to the address that was wanted. */
  String page() {
    return Html.page(
        "Reports",
        """
        <p>Reports are shown to whoever has the read token. Read it with</p>
        <div class="panel"><code>%s</code></div>
        <form class="filters" method="post">
        <label>Read token <input name="token" type="password" required autocomplete="current-password" autofocus></label>
        <button>Show</button>
        </form>
        """
            .formatted(Html.escape(hint)));
  }

  private boolean isCookie(String given) {
    return UploadTokens.equal(given, cookieValue());
  }

  private String cookieValue() {
    return new UploadTokens(readToken.getBytes(StandardCharsets.UTF_8))
        .of("cookie", "of", "reader");
  }

  /** What a request brings as bearer token. */
  static Optional<String> bearer(Headers headers) {
    return Optional.ofNullable(headers.getFirst("Authorization"))
        .filter(value -> value.startsWith(BEARER))
        .map(value -> value.substring(BEARER.length()).strip());
  }

  private static java.util.stream.Stream<String> cookies(Headers headers) {
    return headers.getOrDefault("Cookie", List.of()).stream()
        .flatMap(line -> java.util.Arrays.stream(line.split(";", -1)))
        .map(String::strip)
        .filter(cookie -> cookie.startsWith(COOKIE + "="))
        .map(cookie -> cookie.substring(COOKIE.length() + 1));
  }
}
