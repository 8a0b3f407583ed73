package io.etcdrobustness.cli;

import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Verdict;
import io.etcdrobustness.faults.FaultInEffect;
import io.etcdrobustness.runs.RunListener;
import io.etcdrobustness.runs.windows.WindowRow;
import io.etcdrobustness.runs.windows.WindowStanding;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/**
 * Shows a run while it goes: one line that is written again and again on a terminal, a line every
 * five seconds elsewhere (in a CI log, say).
 */
final class Screen implements RunListener {

  private static final Duration PLAIN_PERIOD = Duration.ofSeconds(5);
  private static final String ERASE = "\r\u001b[2K";
  private static final int WIDEST = 150;

  private final PrintWriter out;
  private final boolean terminal;
  private boolean lineOpen;
  private Duration nextPlain = Duration.ZERO;
  private String windows = "";

  Screen(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  @Override
  public synchronized void note(String sentence) {
    endLine();
    out.println(sentence);
    out.flush();
  }

  @Override
  public synchronized void windows(WindowProgress progress) {
    windows = WindowLines.progress(progress);
  }

  @Override
  public synchronized void windowJudged(WindowRow window, WindowStanding standing) {
    if (!terminal || !window.verdict().equals(Verdict.PASSED.label())) {
      note(WindowLines.judged(window));
    }
  }

  @Override
  public synchronized void progress(Progress progress) {
    if (terminal) {
      out.print(ERASE + cut(windows + line(progress)));
      lineOpen = true;
    } else if (progress.elapsed().compareTo(nextPlain) >= 0) {
      out.println(cut(windows + line(progress)));
      nextPlain = progress.elapsed().plus(PLAIN_PERIOD);
    }
    out.flush();
  }

  @Override
  public synchronized void judged(Finding finding) {
    if (terminal) {
      out.print(ERASE + "judging: " + finding.property());
      lineOpen = true;
      out.flush();
    }
  }

  /** Ends the line that is written again and again, so that what follows begins a new one. */
  synchronized void endLine() {
    if (lineOpen) {
      out.print(ERASE);
      out.flush();
      lineOpen = false;
    }
  }

  /** How far a run is, in one line. */
  static String line(Progress progress) {
    String line =
        String.format(
            Locale.ROOT,
            "%5.1fs/%ds  %6.0f ops/s  %7d ops  %4d unknown  leader %-4s %s",
            progress.elapsed().toMillis() / 1000.0,
            progress.total().toSeconds(),
            progress.operationsPerSecond(),
            progress.operations(),
            progress.unknown(),
            progress.leader().isEmpty() ? "none" : progress.leader(),
            progress.faults().isEmpty()
                ? ""
                : " fault: "
                    + String.join(
                        "; ", progress.faults().stream().map(FaultInEffect::inWords).toList()));
    return cut(line);
  }

  private static String cut(String line) {
    return line.substring(0, Math.min(WIDEST, line.length())).stripTrailing();
  }
}
