package io.etcdrobustness.runs.browse;

import io.etcdrobustness.runs.report.Html;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** Times, numbers and marks as all pages write them. */
final class Words {

  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private Words() {}

  /** {@code 2026-11-30 05:12 UTC}: whoever reads it at night must not have to calculate. */
  static String time(Instant instant) {
    return MINUTE.format(instant);
  }

  /** The same as HTML; empty: unknown. */
  static String time(Optional<Instant> instant) {
    return instant
        .map(known ->
            "<time datetime=\"%s\">%s</time>"
                .formatted(known.truncatedTo(ChronoUnit.SECONDS), time(known)))
        .orElse("");
  }

  /** {@code 1 h 02 min}, {@code 30 min 05 s} or {@code 12 s}. */
  static String duration(Duration duration) {
    long seconds = duration.toSeconds();
    if (seconds < 60) {
      return seconds + " s";
    }
    return seconds < 3600
        ? String.format(Locale.ROOT, "%d min %02d s", seconds / 60, seconds % 60)
        : String.format(Locale.ROOT, "%d h %02d min", seconds / 3600, seconds / 60 % 60);
  }

  /** {@code 1,234,567}; empty: unknown. */
  static String number(OptionalLong number) {
    return number.isEmpty() ? "" : number(number.getAsLong());
  }

  static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** {@code 1 test}, {@code 2 tests}. */
  static String count(long number, String thing) {
    return number(number) + " " + thing + (number == 1 ? "" : "s");
  }

  static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most - 1) + "…";
  }

  /** A verdict in a word, as HTML. */
  static String badge(Mark mark, boolean small) {
    return "<span class=\"badge%s %s\">%s</span>"
        .formatted(small ? " small" : "", mark.label(), mark.label());
  }

  /** The way back, as HTML: each a name and where it leads, the last one without. */
  static String crumbs(String here, String... namesAndLinks) {
    StringBuilder crumbs =
        new StringBuilder("<nav aria-label=\"where this is\"><ol class=\"crumbs\">");
    for (int i = 0; i < namesAndLinks.length; i += 2) {
      crumbs.append(
          "<li><a href=\"%s\">%s</a></li>"
              .formatted(Html.escape(namesAndLinks[i + 1]), Html.escape(namesAndLinks[i])));
    }
    return crumbs
        .append("<li aria-current=\"page\">%s</li></ol></nav>\n".formatted(Html.escape(here)))
        .toString();
  }
}
