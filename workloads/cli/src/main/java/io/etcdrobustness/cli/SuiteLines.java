package io.etcdrobustness.cli;

import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.runs.RunListener;
import io.etcdrobustness.runs.suite.SuiteListener;
import io.etcdrobustness.runs.suite.SuiteReport;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Shows a suite while it goes: a line when a run begins and when it ends, and in between one line
 * that is written again and again on a terminal, elsewhere a line every ten seconds of a run.
 */
final class SuiteLines implements SuiteListener {

  private static final Duration PLAIN_PERIOD = Duration.ofSeconds(10);
  private static final String ERASE = "\r\u001b[2K";
  private static final int WIDEST = 150;

  private final PrintWriter out;
  private final boolean terminal;
  private final Map<String, String> underWay = new LinkedHashMap<>();
  private boolean lineOpen;

  SuiteLines(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  @Override
  public synchronized RunListener begins(SuiteReport.Line run) {
    note(
        run.inWords() + " begins" + (run.inWords().contains("seed") ? "" : ", seed " + run.seed()));
    return new OfOne(run.inWords());
  }

  @Override
  public synchronized void ended(SuiteReport.Line run, int over, int all) {
    underWay.remove(run.inWords());
    note(
        "%s: %s, %d operations, %d of %d faults confirmed (%d of %d runs)%s"
            .formatted(
                run.inWords(),
                run.verdict(),
                run.operations(),
                run.confirmed(),
                run.faults(),
                over,
                all,
                run.reasons().isEmpty() ? "" : ": " + run.reasons().getFirst()));
  }

  /** Something worth a line. */
  synchronized void note(String sentence) {
    end();
    out.println(sentence);
    out.flush();
  }

  /** What follows begins a new line. */
  synchronized void end() {
    if (lineOpen) {
      out.print(ERASE);
      out.flush();
      lineOpen = false;
    }
  }

  /** Who is told what concerns all runs. */
  RunListener ofSuite() {
    return new OfOne("");
  }

  private synchronized void underWay(String run, String state) {
    underWay.put(run, state);
    String line = String.join(" | ", underWay.values());
    out.print(ERASE + line.substring(0, Math.min(WIDEST, line.length())));
    out.flush();
    lineOpen = true;
  }

  /** Tells of one run, by its name. */
  private final class OfOne implements RunListener {
    private final String run;
    private Duration nextPlain = PLAIN_PERIOD;

    OfOne(String run) {
      this.run = run;
    }

    @Override
    public void note(String sentence) {
      SuiteLines.this.note(run.isEmpty() ? sentence : run + ": " + sentence);
    }

    @Override
    public synchronized void progress(Progress progress) {
      if (terminal) {
        underWay(
            run,
            "%s %ds/%ds"
                .formatted(run, progress.elapsed().toSeconds(), progress.total().toSeconds()));
      } else if (progress.elapsed().compareTo(nextPlain) >= 0) {
        nextPlain = progress.elapsed().plus(PLAIN_PERIOD);
        SuiteLines.this.note(run + ": " + Screen.line(progress).strip());
      }
    }

    @Override
    public void judged(Finding finding) {
      if (terminal) {
        underWay(run, run + " judging " + finding.property());
      }
    }
  }
}
