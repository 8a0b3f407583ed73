package io.etcdrobustness.runs.report;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** What all pages share. */
public final class Html {

  /** The one style of all pages, light and dark. */
  static final String STYLE = Resource.text("style.css");

  private Html() {}

  /** {@code text} as the content of an element, or within the quotes of an attribute. */
  public static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /** {@code name} as one piece of an address. */
  public static String encode(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** A page that needs nothing but itself. */
  public static String page(String title, String body) {
    return whole(
        title,
        "",
        "<body>\n<main>\n<h1>%s</h1>\n%s</main>\n</body>\n".formatted(escape(title), body));
  }

  /**
   * A page from its head to its end.
   *
   * @param head what else stands in the head, as HTML
   * @param body with its element, as HTML
   */
  static String whole(String title, String head, String body) {
    return """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>%s</title>
    <style>%s</style>
    %s</head>
    %s</html>
    """
        .formatted(escape(title), STYLE, head, body);
  }

  /** {@code 12.3 MB}. */
  public static String size(long bytes) {
    return bytes < 1_000
        ? bytes + " B"
        : bytes < 1_000_000
            ? tenths(bytes, 1_000) + " kB"
            : bytes < 1_000_000_000
                ? tenths(bytes, 1_000_000) + " MB"
                : tenths(bytes, 1_000_000_000) + " GB";
  }

  private static String tenths(long bytes, long unit) {
    long tenths = bytes / (unit / 10);
    return tenths / 10 + "." + tenths % 10;
  }
}
