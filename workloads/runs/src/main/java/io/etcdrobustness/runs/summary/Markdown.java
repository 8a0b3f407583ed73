package io.etcdrobustness.runs.summary;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** GitHub's Markdown, block by block: a block that does not fit any more is left out whole. */
final class Markdown {

  /** GitHub takes 1 MiB for a step; what another writes into it should fit too. */
  static final int MOST_BYTES = 900_000;

  private static final int LONGEST = 400;

  /** What means something to Markdown or HTML in the middle of a line. */
  private static final String SPECIAL = "\\`*_[]<>&|#~@{}$^";

  private final StringBuilder text = new StringBuilder();
  private int bytes;
  private int leftOut;

  /** A block: it is separated from what is before it. */
  Markdown block(String block) {
    String whole = block.strip() + "\n\n";
    int size = whole.getBytes(StandardCharsets.UTF_8).length;
    if (bytes + size > MOST_BYTES) {
      leftOut++;
      return this;
    }
    text.append(whole);
    bytes += size;
    return this;
  }

  /** A table; its cells are Markdown already. */
  static String table(List<String> heading, List<List<String>> rows) {
    StringBuilder table = new StringBuilder();
    table.append("| ").append(String.join(" | ", heading)).append(" |\n|");
    table.append(" --- |".repeat(heading.size())).append('\n');
    for (List<String> row : rows) {
      table.append("| ").append(String.join(" | ", row)).append(" |\n");
    }
    return table.toString();
  }

  /** Something that is folded until a reader opens it. */
  static String folded(String title, String content) {
    return "<details><summary>%s</summary>\n\n%s\n</details>".formatted(escape(title), content);
  }

  /** A command to copy. */
  static String code(String command) {
    String line = command.replaceAll("\\p{Cntrl}", " ");
    String fence = "```";
    while (line.contains(fence)) {
      fence += "`";
    }
    return fence + "\n" + line + "\n" + fence;
  }

  /** {@code text} as nothing but text, on one line, cut if it is long. */
  static String escape(String text) {
    StringBuilder escaped = new StringBuilder();
    String shown = text.codePointCount(0, text.length()) <= LONGEST ? text : cut(text);
    shown
        .codePoints()
        .forEach(point -> {
          if (SPECIAL.indexOf(point) >= 0) {
            escaped.append("&#").append(point).append(';');
          } else if (Character.isISOControl(point) || point == 0x2028 || point == 0x2029) {
            escaped.append(' ');
          } else {
            escaped.appendCodePoint(point);
          }
        });
    return escaped.toString();
  }

  private static String cut(String text) {
    return text.substring(0, text.offsetByCodePoints(0, LONGEST)) + "…";
  }

  /** All of it. */
  String text() {
    return leftOut == 0
        ? text.toString()
        : text
            + "_Left out, for a summary has its bounds: %d more parts; the report has them._\n"
                .formatted(leftOut);
  }
}
