package io.etcdrobustness.operator.runner;

import io.etcdrobustness.runs.PassingOn;
import io.etcdrobustness.runs.RunListener;
import io.etcdrobustness.runs.report.WindowedReport;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Has the report of a run that goes on sent whenever another violated window is to be seen in it:
 * whom an alert wakes shall find it, and it shall be there when the runner's pod is lost. Beside
 * the run, one at a time, and of several that wait the newest.
 */
final class StandingReports implements PassingOn {

  private final Consumer<WindowedReport> send;
  private final Executor edge;
  private final Consumer<String> log;
  private final RunListener next;
  private Optional<WindowedReport> waiting = Optional.empty();
  private CompletableFuture<Void> sent = CompletableFuture.completedFuture(null);

  /**
   * @param send sends one
   * @param log is told what went wrong with that
   * @param next is told everything, too
   */
  StandingReports(
      Consumer<WindowedReport> send, Executor edge, Consumer<String> log, RunListener next) {
    this.send = send;
    this.edge = edge;
    this.log = log;
    this.next = next;
  }

  @Override
  public RunListener next() {
    return next;
  }

  @Override
  public void reportStands(WindowedReport report) {
    synchronized (this) {
      if (waiting.isEmpty()) {
        sent =
            sent.thenRunAsync(() -> send.accept(newest()), edge)
                .exceptionally(bug -> {
                  log.accept("the report as it stands was not sent: " + Poll.cause(bug));
                  return null;
                });
      }
      waiting = Optional.of(report);
    }
    next.reportStands(report);
  }

  private synchronized WindowedReport newest() {
    WindowedReport report = waiting.orElseThrow();
    waiting = Optional.empty();
    return report;
  }

  /** Completes when nothing is being sent any more. */
  synchronized CompletableFuture<Void> sent() {
    return sent;
  }

  /**
   * What is to be sent of the folder of such a report: not the windows that may go meanwhile, nor
   * what is being written.
   */
  static Predicate<Path> lasting(WindowedReport report) {
    Set<Path> windows =
        report.standing().kept().failed().stream()
            .map(window -> report.folders().of(window).getFileName())
            .collect(Collectors.toSet());
    return path ->
        !String.valueOf(path.getFileName()).startsWith(".")
            && (!path.startsWith("windows")
                || path.getNameCount() == 1
                || windows.contains(path.getName(1)));
  }
}
