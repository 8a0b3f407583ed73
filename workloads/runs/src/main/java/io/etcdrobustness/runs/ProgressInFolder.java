package io.etcdrobustness.runs;

import io.etcdrobustness.faults.FaultInEffect;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.runs.report.RunProgress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Writes into the report's folder how far the run is, for whoever looks at it meanwhile. The run
 * never waits for the disk: what could not be written yet is left out.
 */
final class ProgressInFolder implements PassingOn, AutoCloseable {

  private final Path directory;
  private final RunListener next;
  private final ExecutorService edge = Executors.newVirtualThreadPerTaskExecutor();
  private final Deque<Long> rates = new ArrayDeque<>();
  private CompletableFuture<Void> writing = CompletableFuture.completedFuture(null);
  private Optional<Progress> newest = Optional.empty();
  private String phase = "Starting";
  private String toldPhase = "";
  private boolean begun;
  private boolean failed;
  private boolean ended;

  /**
   * @param next is told everything, too
   */
  ProgressInFolder(Path directory, RunListener next) {
    this.directory = directory;
    this.next = next;
  }

  @Override
  public RunListener next() {
    return next;
  }

  @Override
  public void progress(Progress progress) {
    tell(progress);
    next.progress(progress);
  }

  @Override
  public void recorded(Entry entry) {
    if (entry instanceof Phase entered) {
      enter(
          switch (entered.name()) {
            case TRAFFIC -> "Running";
            case HEALED, FINAL_READS -> "Healing";
            case END -> "Judging";
          });
    }
    next.recorded(entry);
  }

  /** The folder is there, and the cluster is being started. */
  synchronized void begin() {
    begun = true;
    write();
  }

  private synchronized void enter(String word) {
    phase = word;
    write();
  }

  private synchronized void tell(Progress progress) {
    newest = Optional.of(progress);
    rates.addLast(Math.round(progress.operationsPerSecond()));
    if (rates.size() > RunProgress.MOST_RATES) {
      rates.removeFirst();
    }
    write();
  }

  private void write() {
    if (!begun || failed || ended) {
      return;
    }
    // What changes the phase must be told; of seconds one may be left out.
    boolean busy = !writing.isDone();
    if (busy && phase.equals(toldPhase)) {
      return;
    }
    toldPhase = phase;
    RunProgress now =
        new RunProgress(
            phase,
            WallClock.now().toString(),
            newest.map(told -> Math.min(seconds(told.elapsed()), seconds(told.total()))).orElse(0L),
            newest.map(told -> seconds(told.total())).orElse(0L),
            newest.map(Progress::operations).orElse(0L),
            newest.map(Progress::leader).orElse(""),
            newest.map(Progress::faults).orElse(List.of()).stream()
                .map(FaultInEffect::inWords)
                .toList(),
            List.copyOf(rates));
    writing = writing.thenRunAsync(() -> write(now), edge);
  }

  private static long seconds(Duration duration) {
    return duration.toSeconds();
  }

  private void write(RunProgress now) {
    try {
      now.write(directory);
    } catch (IOException | RuntimeException unwritable) {
      // Nothing that matters depends on it; the run goes on.
      if (fails()) {
        next.note("how far the run is cannot be told in %s: %s".formatted(directory, unwritable));
      }
    }
  }

  /** Whether this is the first time. */
  private synchronized boolean fails() {
    boolean first = !failed;
    failed = true;
    return first;
  }

  /** The run is over; its report tells the rest. A verdict is never lost over this. */
  @Override
  public void close() {
    CompletableFuture<Void> last;
    boolean written;
    synchronized (this) {
      last = writing;
      written = begun;
      ended = true;
    }
    last.join();
    edge.close();
    if (written) {
      try {
        RunProgress.delete(directory);
      } catch (IOException kept) {
        next.note("%s is over, and still told to go on: %s".formatted(directory, kept));
      }
    }
  }
}
