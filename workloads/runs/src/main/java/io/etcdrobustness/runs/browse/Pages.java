package io.etcdrobustness.runs.browse;

import io.etcdrobustness.runs.report.Html;
import java.util.List;
import java.util.function.IntFunction;

/**
 * A part of a long list, and the ways to the other parts.
 *
 * @param number from 1, at most {@code of}
 */
record Pages<T>(List<T> items, int number, int of) {

  /** The part with this number, or the last one. */
  static <T> Pages<T> cut(List<T> all, int number, int most) {
    int of = Math.max(1, (all.size() + most - 1) / most);
    int here = Math.min(Math.max(1, number), of);
    return new Pages<>(all.subList((here - 1) * most, Math.min(all.size(), here * most)), here, of);
  }

  /** The ways to the other parts, as HTML; nothing if there is none. */
  String links(IntFunction<String> href) {
    if (of == 1) {
      return "";
    }
    StringBuilder links = new StringBuilder("<nav class=\"pages\" aria-label=\"pages\">");
    if (number > 1) {
      links.append(link(href.apply(1), "first")).append(link(href.apply(number - 1), "previous"));
    }
    links.append("<span>page %d of %d</span>".formatted(number, of));
    if (number < of) {
      links.append(link(href.apply(number + 1), "next")).append(link(href.apply(of), "last"));
    }
    return links.append("</nav>\n").toString();
  }

  private static String link(String href, String words) {
    return "<a href=\"%s\">%s</a>".formatted(Html.escape(href), words);
  }
}
