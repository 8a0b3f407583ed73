package io.etcdrobustness.runs;

import io.etcdrobustness.checker.Assessment;
import io.etcdrobustness.checker.Verdict;
import io.etcdrobustness.engine.EventLoop;
import io.etcdrobustness.engine.LaterLoop;
import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Recorder;
import io.etcdrobustness.runs.report.Report;
import io.etcdrobustness.runs.report.ReportFolder;
import io.etcdrobustness.runs.report.WindowedReport;
import io.etcdrobustness.runs.upgrade.StepResult;
import io.etcdrobustness.runs.windows.Edge;
import io.etcdrobustness.runs.windows.NotJudged;
import io.etcdrobustness.runs.windows.RecordJudge;
import io.etcdrobustness.runs.windows.Resumption;
import io.etcdrobustness.runs.windows.StoredWindow;
import io.etcdrobustness.runs.windows.WindowFolders;
import io.etcdrobustness.runs.windows.WindowLedger;
import io.etcdrobustness.runs.windows.WindowRecords;
import io.etcdrobustness.runs.windows.WindowRow;
import io.etcdrobustness.runs.windows.WindowStanding;
import io.etcdrobustness.spec.Release;
import io.etcdrobustness.spec.TestSpec;
import io.etcdrobustness.spec.TestSpec.OnViolation;
import io.etcdrobustness.traffic.Pending;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * One run that is judged window by window while it goes on, until its time is over, a property is
 * violated, or somebody ends it.
 *
 * <p>As for any {@link Run}: every process that was started ends with it, what was recorded is on
 * disk, and the report says what happened. Besides, its memory depends on what a window holds.
 */
public final class ContinuousRun {

  private static final Duration FLUSH = Duration.ofMillis(500);

  private final Run.Setup setup;
  private final boolean resume;
  private final Optional<Resumption> elsewhere;
  private final Judging judging;
  private final RecordJudge judge;
  private final Cancellation cancellation;
  private final RunListener listener;
  private final List<String> troubles = new ArrayList<>();
  private final CompletableFuture<Throwable> broken = new CompletableFuture<>();
  private final LogTails tails = new LogTails();

  /** Ends the run in order; on the loop. */
  private Runnable finishing = () -> {};

  private Instant startedAt = WallClock.now();
  private Map<String, String> versions = Map.of();
  private Map<String, Path> logs = Map.of();
  private List<StepResult> steps = List.of();
  private Optional<String> unfinished = Optional.empty();
  private Optional<String> stopped = Optional.empty();

  /** What a continuous run gave. */
  public record Result(Report report, WindowStanding standing) {}

  private ContinuousRun(
      Run.Setup setup,
      boolean resume,
      Optional<Resumption> elsewhere,
      Optional<RecordJudge> judge,
      Cancellation cancellation,
      RunListener listener) {
    this.setup = setup;
    this.resume = resume;
    this.elsewhere = elsewhere;
    this.judging = Judging.of(WindowFolders.specOfOne(setup.test().spec()));
    this.judge = judge.orElse(folder -> StoredWindow.judge(folder, judging));
    this.cancellation = cancellation;
    this.listener = listener;
  }

  /**
   * Runs to the end and writes the report.
   *
   * @param resume whether to go on with the run whose report is there
   * @param cancellation ends it early, in order
   * @throws IOException if the report cannot be written, or there is none to go on with
   */
  public static Result execute(
      Run.Setup setup, boolean resume, Cancellation cancellation, RunListener listener)
      throws IOException, InterruptedException {
    return execute(setup, resume, Optional.empty(), cancellation, listener);
  }

  /**
   * Goes on with a run whose cluster serves still, and whose report is lost.
   *
   * @param before what is known of it
   * @throws IOException if the report cannot be written
   */
  public static Result goOn(
      Run.Setup setup, Resumption before, Cancellation cancellation, RunListener listener)
      throws IOException, InterruptedException {
    return new ContinuousRun(
            setup, false, Optional.of(before), Optional.empty(), cancellation, listener)
        .execute();
  }

  /** The same with another judge. */
  static Result execute(
      Run.Setup setup,
      boolean resume,
      Optional<RecordJudge> judge,
      Cancellation cancellation,
      RunListener listener)
      throws IOException, InterruptedException {
    return new ContinuousRun(setup, resume, Optional.empty(), judge, cancellation, listener)
        .execute();
  }

  private Result execute() throws IOException, InterruptedException {
    ReportFolder folder =
        resume ? ReportFolder.resume(setup.directory()) : ReportFolder.create(setup.directory());
    WindowFolders folders = new WindowFolders(folder.directory());
    Resumption before = resume ? takeUp(folder, folders) : elsewhere.orElse(Resumption.BEGINNING);
    WindowLedger ledger =
        new WindowLedger(
            before.standing(), before.found(), setup.test().spec().report().keep().failed());
    if (!resume) {
      folder.plan(RunPlan.ofWindows(setup.test().spec(), setup.seed()).json());
    }
    keep(folder, folders, ledger);
    ExecutorService judges =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> Thread.ofPlatform().name("judge").daemon(true).unstarted(task),
            // A window that is closed after the end of a run that broke is told of as not judged.
            new ThreadPoolExecutor.DiscardPolicy());
    try (HeapGauge heap = new HeapGauge()) {
      observe(before, folder, folders, ledger, judges, heap);
    } finally {
      judges.shutdown();
    }
    return report(folder, folders, ledger);
  }

  private Resumption takeUp(ReportFolder folder, WindowFolders folders) throws IOException {
    ReportFolder.StoredWindows stored = ReportFolder.windows(folder.directory());
    startedAt = stored.began();
    Resumption before = Resumption.of(stored.standing(), stored.findings(), folders);
    listener.note(
        "going on with window %d; %d windows were judged before, %d are to be judged still"
            .formatted(before.nextWindow(), before.standing().judged(), before.unjudged().size()));
    before.lost().stream().map(NotJudged::inWords).forEach(listener::note);
    return before;
  }

  private void observe(
      Resumption before,
      ReportFolder folder,
      WindowFolders folders,
      WindowLedger ledger,
      ExecutorService judges,
      HeapGauge heap)
      throws InterruptedException {
    Duration since = resume ? Duration.between(startedAt, WallClock.now()) : Duration.ZERO;
    try (EventLoop scheduler =
        new LaterLoop(setup.substrate().loop(setup.seed(), this::broken), since)) {
      Pending pending = new Pending(scheduler);
      WindowRecords records =
          new WindowRecords(
              folders,
              before.nextWindow(),
              Run.compactsByItself(setup.test().spec()),
              () -> pending.messages().earliest(),
              this::cannotWrite);
      Availability recorder = new Availability(told(records));
      RunWindows windows =
          new RunWindows(
              records,
              recorder,
              () -> scanLogs(scheduler, recorder),
              folders,
              judge,
              ledger,
              judges,
              setup.test().spec().windowTime(),
              scheduler,
              heap::takeHighest,
              listener,
              new RunWindows.Told(
                  judged -> keep(folder, folders, judged),
                  () -> violated(scheduler),
                  this::broken));
      if (!before.isResumed()) {
        records.beginEmpty();
      }
      keepFlushing(records, scheduler, pending);
      Optional<Cluster> started = start(folder, scheduler, recorder);
      if (started.isPresent()) {
        try (Cluster cluster = started.get()) {
          serve(before, cluster, records, windows, ledger, scheduler, pending, recorder);
        }
      }
      var _ = waitFor(scheduler, windows::closeLast);
    } catch (UncheckedIOException | IOException failure) {
      trouble(String.valueOf(failure.getMessage()));
    }
  }

  private void serve(
      Resumption before,
      Cluster cluster,
      WindowRecords records,
      RunWindows windows,
      WindowLedger ledger,
      EventLoop scheduler,
      Pending pending,
      Availability recorder)
      throws InterruptedException, IOException {
    versions = cluster.versions();
    logs = cluster.logs();
    versions.forEach((member, version) ->
        recorder.record(
            new MemberEvent(
                member, MemberEvent.Kind.VERSION, 0, 0, version, true, scheduler.now())));
    listener.note(
        "%d members of etcd %s serve; seed %d; windows of %s"
            .formatted(
                cluster.members().size(),
                String.join(", ", versions.values().stream().distinct().toList()),
                setup.seed(),
                setup.test().spec().window()));
    try (ContinuousTraffic traffic =
        new ContinuousTraffic(
            setup, before, cluster, scheduler, pending, recorder, windows, this::stop, listener)) {
      if (before.isResumed()) {
        tails.skip(logs);
        before
            .unjudged()
            .forEach(window ->
                windows.judgeAgain(window.window(), window.from(), window.to(), window.counts()));
        Optional<Edge> edge = waitFor(scheduler, traffic::read);
        if (edge.isEmpty()) {
          return;
        }
        records.begin(edge.get());
      }
      windows.begin();
      finishing = traffic::finish;
      cancellation.whenCancelled(() -> scheduler.execute(traffic::finish));
      var _ =
          waitFor(
              scheduler,
              () -> {
                CompletionStage<Void> over = traffic.run();
                if (ledger.isFailed()) {
                  // Before its runner was lost, or in a window that was judged only now.
                  violated(scheduler);
                }
                return over;
              });
      steps = traffic.steps();
      unfinished = traffic.unfinished();
      versions = cluster.versions();
    }
    if (setup.test().spec().whenViolated() == OnViolation.KeepCluster
        && ledger.isFailed()
        && !cancellation.isCancelled()) {
      var _ = waitFor(scheduler, windows::closeLast);
      keepCluster(cluster);
    }
  }

  /** On the loop. */
  private void violated(Scheduler scheduler) {
    switch (setup.test().spec().whenViolated()) {
      case Continue -> listener.note("a property is violated; the run goes on");
      case Stop, KeepCluster -> {
        listener.note("a property is violated: the run comes to its end");
        scheduler.execute(finishing);
      }
    }
  }

  private void keepCluster(Cluster cluster) throws InterruptedException {
    listener.note("the members go on without traffic and faults, until this is ended:");
    cluster
        .whereabouts()
        .forEach((member, where) -> listener.note("  %s: %s".formatted(member, where)));
    CompletableFuture<Void> ended = new CompletableFuture<>();
    cancellation.whenCancelled(() -> ended.complete(null));
    try {
      ended.get();
    } catch (ExecutionException impossible) {
      throw new IllegalStateException("waiting cannot fail", impossible);
    }
  }

  private Recorder told(Recorder records) {
    return (Entry entry) -> {
      records.record(entry);
      listener.recorded(entry);
    };
  }

  private void scanLogs(Scheduler scheduler, Recorder recorder) {
    try {
      tails.scan(logs, scheduler.now(), recorder);
    } catch (IOException unreadable) {
      trouble("a member's log cannot be read: " + unreadable);
    }
  }

  private static void keepFlushing(WindowRecords records, Scheduler scheduler, Pending pending) {
    scheduler.after(
        FLUSH,
        () -> {
          records.flushSoon(pending.requests().earliest(), pending.messages().earliest());
          keepFlushing(records, scheduler, pending);
        });
  }

  /** A cluster that serves; empty if there is none, and then the troubles tell, or it was ended. */
  private Optional<Cluster> start(ReportFolder folder, EventLoop scheduler, Recorder recorder)
      throws InterruptedException {
    TestSpec spec = setup.test().spec();
    List<Release> upgrades = RunPlan.ofWindows(spec, setup.seed()).upgrade().releases();
    try {
      return Optional.of(
          cancellation.during(() ->
              setup
                  .substrate()
                  .start(spec.cluster(), upgrades, folder.members(), scheduler, recorder)));
    } catch (SubstrateException failure) {
      if (cancellation.reason().isEmpty()) {
        trouble(String.valueOf(failure.getMessage()));
      }
      return Optional.empty();
    } catch (InterruptedException interrupted) {
      if (cancellation.reason().isEmpty()) {
        throw interrupted;
      }
      return Optional.empty();
    }
  }

  /**
   * Has {@code work} begin on the loop, and waits for its end; not in a run that has broken.
   *
   * @return what it gave; empty if it failed, which is told then
   */
  private <T> Optional<T> waitFor(EventLoop scheduler, Supplier<CompletionStage<T>> work)
      throws InterruptedException {
    if (broken.isDone()) {
      return Optional.empty();
    }
    CompletableFuture<T> done = new CompletableFuture<>();
    var _ = broken.thenAccept(done::completeExceptionally);
    scheduler.execute(() -> {
      var _ =
          work.get()
              .whenComplete((result, failure) -> {
                if (failure == null) {
                  done.complete(result);
                } else {
                  done.completeExceptionally(failure);
                }
              });
    });
    try {
      return Optional.ofNullable(scheduler.await(done));
    } catch (ExecutionException failure) {
      // What has broken the run was told where it did.
      if (!broken.isDone()) {
        broken(failure.getCause() == null ? failure : failure.getCause());
      }
      return Optional.empty();
    }
  }

  /**
   * Writes how the run stands; until it has come to its end it is an Error, unless it failed. What
   * was found in a run that goes on for weeks is to be seen now: then with the page.
   */
  private void keep(ReportFolder folder, WindowFolders folders, WindowLedger ledger)
      throws IOException {
    WindowStanding standing = ledger.standing();
    Assessment found = found(ledger);
    Assessment assessment =
        found.verdict() == Verdict.FAILED
            ? found
            : new Assessment(
                Verdict.ERROR, List.of("the run did not come to its end"), found.findings());
    if (endsWhenViolated() || !isLastViolated(standing)) {
      folder.stands(report(nothing(), assessment, Duration.ZERO), standing);
      return;
    }
    int shown = standing.kept().failed().getFirst();
    WindowedReport report =
        new WindowedReport(
            report(StoredWindow.read(folders.of(shown)), assessment, Duration.ZERO),
            standing,
            shown,
            folders);
    folder.shows(report, judging.properties());
    listener.reportStands(report);
  }

  private boolean endsWhenViolated() {
    return setup.test().spec().whenViolated() == OnViolation.Stop;
  }

  /** Whether the window that was judged last is violated, and its record kept. */
  private static boolean isLastViolated(WindowStanding standing) {
    List<WindowRow> rows = standing.table().last();
    return !rows.isEmpty() && standing.kept().failed().contains(rows.getLast().window());
  }

  private static History nothing() {
    return History.of(History.Facts.OWN_CLUSTER, List.of());
  }

  private Assessment found(WindowLedger ledger) {
    return Assessment.of(
        ledger.findings(), Set.copyOf(setup.test().spec().pass().requireSometimes()));
  }

  private Result report(ReportFolder folder, WindowFolders folders, WindowLedger ledger)
      throws IOException {
    WindowStanding standing = ledger.standing();
    Assessment assessment = weigh(found(ledger), standing);
    int shown =
        standing.kept().failed().isEmpty()
            ? standing.kept().latest().isEmpty() ? 0 : standing.kept().latest().getLast()
            : standing.kept().failed().getFirst();
    History history = shown == 0 ? nothing() : StoredWindow.read(folders.of(shown));
    Duration judgingTime =
        Duration.ofMillis(
            standing.table().last().stream().mapToLong(row -> row.judgingMillis()).sum());
    Report report = report(history, assessment, judgingTime);
    folder.ended(new WindowedReport(report, standing, shown, folders), judging.properties());
    return new Result(report, standing);
  }

  /** The findings' verdict, and what the run itself knows: evidence that is too thin, troubles. */
  private Assessment weigh(Assessment judged, WindowStanding standing) {
    Assessment assessment = judged;
    synchronized (troubles) {
      if (!troubles.isEmpty()) {
        for (String trouble : troubles) {
          assessment = assessment.and(Verdict.ERROR, trouble);
        }
        return assessment;
      }
    }
    TestSpec spec = setup.test().spec();
    if (standing.judged() == 0) {
      assessment = assessment.and(Verdict.INCONCLUSIVE, "no window was judged");
    }
    long answered = standing.counts().answered();
    if (answered < spec.pass().minOperations()) {
      assessment =
          assessment.and(
              Verdict.INCONCLUSIVE,
              "only %d operations were answered, and the test wants %d"
                  .formatted(answered, spec.pass().minOperations()));
    }
    long confirmed = standing.counts().confirmedFaults();
    if (confirmed < spec.pass().minFaultsConfirmed()) {
      assessment =
          assessment.and(
              Verdict.INCONCLUSIVE,
              "only %d faults were measured to take effect, and the test wants %d"
                  .formatted(confirmed, spec.pass().minFaultsConfirmed()));
    }
    if (unfinished.isPresent()) {
      boolean environment = steps.stream().anyMatch(step -> step.state() == StepResult.State.ERROR);
      assessment =
          assessment.and(environment ? Verdict.ERROR : Verdict.INCONCLUSIVE, unfinished.get());
    }
    if (stopped.isPresent()) {
      assessment = assessment.and(Verdict.INCONCLUSIVE, "it ended early: " + stopped.get());
    }
    return assessment;
  }

  private Report report(History history, Assessment assessment, Duration time) {
    return new Report(
        setup.test().name(),
        setup.test().spec(),
        setup.seed(),
        setup.substrate().name(),
        startedAt,
        versions,
        steps,
        logs,
        history,
        assessment,
        time,
        setup.command());
  }

  private void cannotWrite(IOException failure) {
    trouble(
        "the history cannot be written to %s: %s; free some space or name another folder with --report"
            .formatted(setup.directory(), failure.getMessage()));
    broken.complete(failure);
  }

  /** The run cannot go on: something went wrong that nobody has foreseen, or with the disk. */
  private void broken(Throwable failure) {
    if (failure instanceof IOException || failure instanceof UncheckedIOException) {
      trouble(
          "a window cannot be kept and judged: %s; free some space or name another folder with --report"
              .formatted(failure.getMessage()));
      broken.complete(failure);
    } else {
      bug(failure);
    }
  }

  private void bug(Throwable failure) {
    StackTraceElement[] trace = failure.getStackTrace();
    trouble(
        "robustness itself failed, please report it: %s%s"
            .formatted(failure, trace.length == 0 ? "" : " at " + trace[0]));
    broken.complete(failure);
  }

  private void stop(String why) {
    listener.note(why);
    stopped = Optional.of(why);
    cancellation.cancel(why);
  }

  private void trouble(String sentence) {
    synchronized (troubles) {
      if (!troubles.contains(sentence)) {
        troubles.add(sentence);
        listener.note(sentence);
      }
    }
    cancellation.cancel(sentence);
  }
}
