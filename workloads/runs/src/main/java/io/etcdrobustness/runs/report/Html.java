package io.etcdrobustness.runs.report;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** What all pages share. */
public final class Html {

  /** The colours of the report's page, so that its list looks like it; light and dark. */
  static final String STYLE =
      """
      :root { --bg: #fbfbfc; --panel: #fff; --ink: #1b1f24; --soft: #59636e; --line: #d8dee4;
        --good: #1a7f37; --bad: #cf222e; --warn: #9a6700; --mute: #59636e; --accent: #0969da }
      @media (prefers-color-scheme: dark) { :root { --bg: #0d1117; --panel: #151b23; --ink: #e6edf3;
        --soft: #9198a1; --line: #3d444d; --good: #3fb950; --bad: #f85149; --warn: #d29922;
        --mute: #9198a1; --accent: #4493f8 } }
      body { margin: 0; background: var(--bg); color: var(--ink);
        font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif }
      main { max-width: 1180px; margin: 0 auto; padding: 24px 20px 60px }
      h1 { font-size: 26px; margin: 0 } h2 { font-size: 18px; margin: 30px 0 8px }
      p { color: var(--soft); margin: 6px 0 }
      .panel { background: var(--panel); border: 1px solid var(--line); border-radius: 8px;
        padding: 4px 8px; overflow-x: auto }
      table { border-collapse: collapse; width: 100% }
      th, td { text-align: left; padding: 5px 10px; border-bottom: 1px solid var(--line);
        white-space: nowrap }
      th { color: var(--soft); font-weight: 600; font-size: 13px }
      .n { text-align: right; font-variant-numeric: tabular-nums }
      tbody tr:last-child td { border-bottom: 0 }
      a { color: var(--accent) } a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
      .Passed, .Failed, .Inconclusive, .Error { font-weight: 650 }
      .Passed { color: var(--good) } .Failed { color: var(--bad) }
      .Inconclusive { color: var(--warn) } .Error { color: var(--mute) }
      """;

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
    return """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>%s</title>
    <style>
    %s</style>
    </head>
    <body>
    <main>
    <h1>%s</h1>
    %s</main>
    </body>
    </html>
    """
        .formatted(escape(title), STYLE, escape(title), body);
  }

  /** {@code 12.3 MB}. */
  static String size(long bytes) {
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
