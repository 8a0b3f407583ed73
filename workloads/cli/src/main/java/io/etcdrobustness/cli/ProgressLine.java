package io.etcdrobustness.cli;

import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.history.HistoryPass;
import io.etcdrobustness.runs.RunListener;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Says how far a long check is: one line that is written again and again on a terminal, a line each
 * time elsewhere. A check that is over within a second never says anything.
 */
final class ProgressLine implements RunListener {

  private static final String ERASE = "\r\u001b[2K";

  private final PrintWriter err;
  private final boolean terminal;
  private final boolean wanted;
  private boolean begun;

  ProgressLine(PrintWriter err, boolean terminal, boolean wanted) {
    this.err = err;
    this.terminal = terminal;
    this.wanted = wanted;
  }

  /**
   * On standard error, if that is a terminal.
   *
   * @param wanted also if it is none
   */
  static ProgressLine of(PrintWriter err, boolean wanted) {
    boolean terminal = isTerminal();
    return new ProgressLine(err, terminal, wanted || terminal);
  }

  /** The pass has judged so many operations; comes once a second. */
  void judged(long operations, HistoryPass.Extent extent) {
    begun = true;
    say(
        extent.all() == 0
            ? String.format(Locale.ROOT, "judged %,d operations", operations)
            : String.format(
                Locale.ROOT,
                "judged %,d operations, %s of %s (%d %%)",
                operations,
                megabytes(extent.bytes()),
                megabytes(extent.all()),
                Math.min(100, 100 * extent.bytes() / extent.all())));
  }

  /** The whole is read now; told if the pass took so long that it was told. */
  void reading() {
    if (begun) {
      say("reading the whole: one pass does not prove all");
    }
  }

  @Override
  public void judged(Finding finding) {
    if (begun) {
      say("judged " + finding.property());
    }
  }

  @Override
  public void note(String sentence) {
    end();
    err.println(sentence);
    err.flush();
  }

  @Override
  public void progress(Progress progress) {
    // No run goes on.
  }

  /** What follows begins a new line. */
  void end() {
    if (begun && wanted && terminal) {
      err.print(ERASE);
      err.flush();
    }
  }

  private void say(String sentence) {
    if (!wanted) {
      return;
    }
    if (terminal) {
      err.print(ERASE + sentence);
    } else {
      err.println(sentence);
    }
    err.flush();
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }

  /** Java tells of standard output alone; where standard error goes, Linux tells. */
  private static boolean isTerminal() {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException elsewhere) {
      return System.console() != null && System.console().isTerminal();
    }
  }
}
