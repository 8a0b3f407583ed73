package io.etcdrobustness.runs.windows;

import io.etcdrobustness.checker.Assessment;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Verdict;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps what became of each window, and of all of them together. From any thread.
 *
 * <p>The verdict of the run is that of its windows, the worst first: it latches, since what one
 * window found no other takes back.
 */
public final class WindowLedger {

  /**
   * A window that was recorded.
   *
   * @param from when it began, ns of the run's clock
   * @param to when its record was closed
   * @param settled whether the state at its end was known for certain
   * @param settling from the end of its time until the traffic was held
   * @param held from there until its record was closed
   * @param pauses how much longer than planned clients paused between requests
   */
  public record Closed(
      int window,
      long from,
      long to,
      boolean settled,
      Duration settling,
      Duration held,
      double pauses,
      WindowCounts counts) {}

  /** What judging one gave. */
  public record Judged(
      Closed window, Assessment assessment, Duration judging, Duration lag, long heapBytes) {}

  private final RunFindings findings;
  private final Retention retention;
  private final Map<Integer, Duration> waited = new HashMap<>();
  private WindowStanding standing;

  /** Goes on from {@code standing}, in which {@code found} had been found. */
  public WindowLedger(WindowStanding standing, List<Finding> found, int mostFailed) {
    this.standing = standing;
    this.findings = new RunFindings(found);
    this.retention = new Retention(mostFailed);
    WindowStanding.Kept kept = standing.kept();
    retention.resume(kept.failed(), kept.undecided(), kept.latest());
  }

  /** The traffic was held after {@code window} until the judge had caught up. */
  public synchronized void waited(int window, Duration time) {
    waited.put(window, time);
  }

  /**
   * Takes note of a window that was judged.
   *
   * @return the windows whose records are not kept any more
   */
  public synchronized List<Integer> judged(Judged judged) {
    Closed window = judged.window();
    Verdict verdict = judged.assessment().verdict();
    findings.add(window.window(), judged.assessment().findings());
    List<Integer> dropped = retention.judged(window.window(), verdict);
    Duration wait = waited.getOrDefault(window.window(), Duration.ZERO);
    waited.remove(window.window());
    WindowRow row =
        new WindowRow(
            window.window(),
            window.from(),
            window.to(),
            window.counts().operations(),
            window.counts().answered(),
            window.counts().unknown(),
            window.counts().confirmedFaults(),
            verdict.label(),
            judged.assessment().reasons(),
            window.settled(),
            window.settling().toMillis(),
            window.held().toMillis(),
            wait.toMillis(),
            judged.judging().toMillis(),
            judged.lag().toMillis(),
            Math.round(window.pauses() * 100) / 100.0,
            judged.heapBytes());
    standing =
        standing.with(
            row,
            window.counts(),
            verdict == Verdict.PASSED,
            verdict == Verdict.FAILED,
            new WindowStanding.Kept(retention.failed(), retention.undecided(), retention.latest()));
    return dropped;
  }

  /** How the run stands. */
  public synchronized WindowStanding standing() {
    return standing;
  }

  /** What was found of each property. */
  public synchronized List<Finding> findings() {
    return findings.findings();
  }

  /** Whether a property was violated in any window. */
  public synchronized boolean isFailed() {
    return standing.failed() > 0
        || findings.findings().stream()
            .anyMatch(finding -> finding.status() == Finding.Status.VIOLATED);
  }
}
