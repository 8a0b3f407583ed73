package io.etcdrobustness.cli;

import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Violation;
import io.etcdrobustness.runs.live.LiveListener;
import io.etcdrobustness.runs.live.Standing;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Shows in words how the judging of a record that is being written goes on: one line that is
 * written again and again on a terminal, elsewhere a line every few seconds.
 */
final class LiveLines implements LiveListener {

  private static final String ERASE = "\r\u001b[2K";
  private static final int BETWEEN_LINES = 5;
  private static final double SECOND = 1e9;

  /** From when on it is said that nothing comes. */
  private static final long SILENCE = 3_000_000_000L;

  private final PrintWriter out;
  private final boolean terminal;
  private int told;
  private boolean lineOpen;

  LiveLines(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  @Override
  public void standing(Standing standing) {
    if (terminal) {
      out.print(ERASE + words(standing));
      lineOpen = true;
    } else if (told++ % BETWEEN_LINES == 0) {
      out.println(words(standing));
    }
    out.flush();
  }

  static String words(Standing standing) {
    List<String> parts = new ArrayList<>();
    parts.add(
        String.format(Locale.ROOT, "%.1f s of the run", Math.max(0, standing.time()) / SECOND)
            + (standing.revision() > 0
                ? String.format(Locale.ROOT, ", revision %,d", standing.revision())
                : ""));
    parts.add(
        standing.open().isEmpty() && standing.violated().isEmpty()
            ? "all " + standing.holding().size() + " properties hold so far"
            : standing.holding().size() + " properties hold so far");
    if (!standing.open().isEmpty()) {
      parts.add(standing.open().size() + " for the end");
    }
    if (!standing.violated().isEmpty()) {
      parts.add(String.join(", ", standing.violated()) + " violated");
    }
    parts.add(
        String.format(
            Locale.ROOT, "%,d operations, %,.0f/s", standing.operations(), standing.perSecond()));
    parts.add(String.format(Locale.ROOT, "%.1f s behind", standing.behind() / SECOND));
    parts.add(standing.inFlight() + " in flight, " + standing.waiting() + " wait for one");
    if (standing.silent() >= SILENCE) {
      parts.add(
          String.format(
              Locale.ROOT,
              "nothing new for %.0f s, and not closed: waiting",
              standing.silent() / SECOND));
    }
    return String.join(" | ", parts);
  }

  @Override
  public void violated(Finding finding) {
    say(
        "VIOLATED: "
            + finding.property()
            + ": "
            + finding.violations().stream()
                .findFirst()
                .map(Violation::summary)
                .orElse(finding.note()));
  }

  @Override
  public void left(List<String> properties, String why) {
    say(
        "not proved any more, to be judged when the record is closed: "
            + String.join(", ", properties)
            + ": "
            + why);
  }

  @Override
  public void note(String sentence) {
    say(sentence);
  }

  @Override
  public void judged(Finding finding) {
    if (terminal) {
      out.print(ERASE + "closed; judging the whole: " + finding.property());
      lineOpen = true;
      out.flush();
    }
  }

  /** What follows begins a new line. */
  void end() {
    if (lineOpen) {
      out.print(ERASE);
      lineOpen = false;
    }
    out.flush();
  }

  private void say(String sentence) {
    end();
    out.println(sentence);
    out.flush();
  }
}
