package io.etcdrobustness.runs;

import io.etcdrobustness.checker.Verdict;
import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.Recorder;
import io.etcdrobustness.runs.RunListener.Progress;
import io.etcdrobustness.runs.RunListener.WindowProgress;
import io.etcdrobustness.runs.windows.Edge;
import io.etcdrobustness.runs.windows.RecordJudge;
import io.etcdrobustness.runs.windows.Slowing;
import io.etcdrobustness.runs.windows.WindowCounts;
import io.etcdrobustness.runs.windows.WindowFolders;
import io.etcdrobustness.runs.windows.WindowLedger;
import io.etcdrobustness.runs.windows.WindowLedger.Closed;
import io.etcdrobustness.runs.windows.WindowLedger.Judged;
import io.etcdrobustness.runs.windows.WindowRecords;
import io.etcdrobustness.runs.windows.WindowRecords.Complete;
import io.etcdrobustness.runs.windows.WindowRow;
import io.etcdrobustness.runs.windows.WindowStanding;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The windows of a run: turns from one record to the next, and has each judged beside the run, one
 * after the other.
 *
 * <p>The judge may be one window behind, and no more: the traffic waits for him then. Evidence is
 * never dropped for him; and so that waiting is the exception, clients become slower while he
 * cannot keep up.
 */
final class RunWindows implements WindowCycle.Windows {

  private static final int MOST_UNJUDGED = 1;

  private final WindowRecords records;
  private final Recorder recorder;
  private final Runnable lastWords;
  private final WindowFolders folders;
  private final RecordJudge judge;
  private final WindowLedger ledger;
  private final Executor judging;
  private final Duration length;
  private final Scheduler scheduler;
  private final LongSupplier heap;
  private final RunListener listener;
  private final Told told;

  private final Slowing slowing = new Slowing();
  private CompletableFuture<Void> judgedAll = CompletableFuture.completedFuture(null);
  private Optional<CompletableFuture<Void>> room = Optional.empty();
  private Optional<WindowCycle.Held> lastHeld = Optional.empty();
  private Edge lastEdge = Edge.UNKNOWN;
  private long waitsSince;
  private int unjudged;
  private volatile long lastJudgedEnd;
  private long begun;

  /**
   * Who hears of it besides the listener.
   *
   * @param kept a window was judged, and the report may tell of it; on the judge's thread
   * @param violated the first violation was found; on the loop
   * @param broken judging failed, or keeping what it gave
   */
  record Told(Keeper kept, Runnable violated, Consumer<Throwable> broken) {}

  /** Writes what is known by now. */
  interface Keeper {
    void keep(WindowLedger ledger) throws IOException;
  }

  /**
   * Windows that have not begun.
   *
   * @param recorder what everything that goes to {@code records} is recorded by
   * @param lastWords records what is to be known of a window before its record ends
   * @param judging runs one task after the other, beside the loop
   * @param heap the most of the heap that was in use since it was asked last
   */
  RunWindows(
      WindowRecords records,
      Recorder recorder,
      Runnable lastWords,
      WindowFolders folders,
      RecordJudge judge,
      WindowLedger ledger,
      Executor judging,
      Duration length,
      Scheduler scheduler,
      LongSupplier heap,
      RunListener listener,
      Told told) {
    this.records = records;
    this.recorder = recorder;
    this.lastWords = lastWords;
    this.folders = folders;
    this.judge = judge;
    this.ledger = ledger;
    this.judging = judging;
    this.length = length;
    this.scheduler = scheduler;
    this.heap = heap;
    this.listener = listener;
    this.told = told;
  }

  /** The first window begins. On the loop, or before there is anything on it. */
  void begin() {
    begun = scheduler.now();
    lastJudgedEnd = begun;
  }

  @Override
  public int number() {
    return records.number();
  }

  @Override
  public void turn(Edge edge, WindowCycle.Held held) {
    lastWords();
    closed(records.turn(edge), edge.settled(), held, begun);
    begun = scheduler.now();
  }

  private void lastWords() {
    lastWords.run();
    recorder.record(new Phase(Phase.Name.END, scheduler.now()));
  }

  /**
   * A window of before whose record was complete and had not been judged when the runner was lost.
   */
  void judgeAgain(int window, long from, long to, WindowCounts counts) {
    judge(
        new Complete(window, folders.of(window), () -> {}, counts),
        new Closed(window, from, to, true, Duration.ZERO, Duration.ZERO, 1, counts));
  }

  @Override
  public void end(Edge edge, WindowCycle.Held held) {
    lastEdge = edge;
    lastHeld = Optional.of(held);
  }

  /**
   * Closes the last window; nothing is recorded any more. On the loop.
   *
   * @return completes when all windows are judged
   */
  CompletionStage<Void> closeLast() {
    lastWords();
    records
        .end()
        .ifPresent(complete ->
            closed(
                complete,
                lastEdge.settled(),
                lastHeld.orElseGet(() -> new WindowCycle.Held(Duration.ZERO, Duration.ZERO)),
                begun));
    return judgedAll;
  }

  private void closed(Complete complete, boolean settled, WindowCycle.Held held, long from) {
    Closed window =
        new Closed(
            complete.number(),
            from,
            scheduler.now(),
            settled,
            held.settling(),
            held.held(),
            slowing.pauses(),
            complete.counts());
    judge(complete, window);
  }

  private void judge(Complete complete, Closed window) {
    unjudged++;
    listener.windowClosed(window);
    judgedAll = CompletableFuture.runAsync(() -> judgeNow(complete, window), judging);
  }

  /** On the judge's thread. */
  private void judgeNow(Complete complete, Closed window) {
    try {
      complete.record().close();
      Judging.Result result = judge.judge(complete.folder());
      Judged judged =
          new Judged(
              window,
              result.assessment(),
              result.time(),
              Duration.ofNanos(scheduler.now() - window.to()),
              heap.getAsLong());
      boolean wellBefore = !ledger.isFailed();
      for (int old : ledger.judged(judged)) {
        folders.delete(old);
      }
      lastJudgedEnd = window.to();
      WindowStanding standing = ledger.standing();
      WindowRow row = standing.table().last().getLast();
      told.kept.keep(ledger);
      listener.windowJudged(row, standing);
      boolean failed = wellBefore && ledger.isFailed();
      scheduler.execute(() -> judged(result.time(), failed));
    } catch (IOException | RuntimeException | Error failure) {
      told.broken.accept(failure);
    }
  }

  /** On the loop. */
  private void judged(Duration time, boolean failed) {
    unjudged--;
    slowing.learn(time, length, room.isPresent());
    if (unjudged <= MOST_UNJUDGED && room.isPresent()) {
      ledger.waited(number() - 1, Duration.ofNanos(scheduler.now() - waitsSince));
      CompletableFuture<Void> waiting = room.get();
      room = Optional.empty();
      begun = scheduler.now();
      waiting.complete(null);
    }
    if (failed) {
      told.violated.run();
    }
  }

  @Override
  public CompletionStage<Void> room() {
    if (unjudged <= MOST_UNJUDGED) {
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<Void> waiting = new CompletableFuture<>();
    room = Optional.of(waiting);
    waitsSince = scheduler.now();
    listener.note("the judge is %d windows behind: the traffic waits for him".formatted(unjudged));
    return waiting;
  }

  @Override
  public double pauses() {
    return slowing.pauses();
  }

  @Override
  public void progress(Progress progress) {
    listener.windows(
        new WindowProgress(
            number(),
            Duration.ofNanos(scheduler.now() - lastJudgedEnd),
            ledger.isFailed() ? Verdict.FAILED : verdict(ledger.standing()),
            ledger.standing().judged(),
            unjudged,
            slowing.pauses(),
            room.isPresent()));
    listener.progress(progress);
  }

  private static Verdict verdict(WindowStanding standing) {
    return standing.judged() == 0 || standing.undecided() > 0
        ? Verdict.INCONCLUSIVE
        : Verdict.PASSED;
  }
}
