package io.etcdrobustness.runs.browse;

import io.etcdrobustness.runs.report.Html;
import java.util.List;

/**
 * Verdicts over time: a cell for each run, the newest on the right. Each tells its verdict by
 * letter and shape as well as by colour, and in words to whoever points at it or cannot see it.
 */
final class Strip {

  private Strip() {}

  /**
   * One cell.
   *
   * @param href where it leads; empty: nowhere
   * @param words what it stands for
   */
  record Cell(Mark mark, String href, String words) {}

  /**
   * The strip, as HTML.
   *
   * @param name what it shows, in words
   * @param cells the newest first
   */
  static String of(String name, List<Cell> cells) {
    StringBuilder strip = new StringBuilder();
    strip.append("<ol class=\"strip\" aria-label=\"%s\">".formatted(Html.escape(name)));
    for (Cell cell : cells) {
      strip.append(
          cell.href.isEmpty()
              ? "<li><span class=\"%s\" title=\"%s\">%s</span></li>"
                  .formatted(cell.mark.label(), Html.escape(cell.words), cell.mark.letter())
              : "<li><a class=\"%1$s\" href=\"%2$s\" title=\"%3$s\" aria-label=\"%3$s\">%4$s</a></li>"
                  .formatted(
                      cell.mark.label(),
                      Html.escape(cell.href),
                      Html.escape(cell.words),
                      cell.mark.letter()));
    }
    return strip.append("</ol>\n").toString();
  }

  /** That of runs, of at most {@code most} of them. */
  static String ofRuns(String name, List<FleetRun> runs, Links links, int most) {
    return of(
        name,
        runs.stream()
            .limit(most)
            .map(run -> new Cell(run.mark(), links.run(run.path()), words(run)))
            .toList());
  }

  /** {@code soak-12: Failed, 2026-11-30 05:12 UTC, v3.7.3, Linearizable}. */
  private static String words(FleetRun run) {
    StringBuilder words = new StringBuilder(run.name()).append(": ").append(run.mark().label());
    run.made().startedAt().ifPresent(start -> words.append(", ").append(Words.time(start)));
    if (!run.made().versions().isEmpty()) {
      words.append(", ").append(Words.cut(run.made().releases(), 40));
    }
    if (!run.evidence().violations().isEmpty()) {
      words.append(", ").append(Words.cut(run.evidence().violations().getFirst().property(), 40));
    }
    return words.toString();
  }
}
