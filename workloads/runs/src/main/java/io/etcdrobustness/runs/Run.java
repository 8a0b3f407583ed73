package io.etcdrobustness.runs;

import io.etcdrobustness.checker.Assessment;
import io.etcdrobustness.checker.Verdict;
import io.etcdrobustness.engine.EventLoop;
import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.faults.FaultDriver;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.Recorder;
import io.etcdrobustness.history.file.Loaded;
import io.etcdrobustness.history.segment.LiveRecorder;
import io.etcdrobustness.history.segment.SegmentReader;
import io.etcdrobustness.runs.report.Report;
import io.etcdrobustness.runs.report.ReportFolder;
import io.etcdrobustness.runs.upgrade.StepResult;
import io.etcdrobustness.runs.upgrade.UpgradeDriver;
import io.etcdrobustness.spec.Release;
import io.etcdrobustness.spec.TestDocument;
import io.etcdrobustness.spec.TestSpec;
import io.etcdrobustness.traffic.EtcdClient;
import io.etcdrobustness.traffic.EtcdVersions;
import io.etcdrobustness.traffic.Ids;
import io.etcdrobustness.traffic.Pending;
import io.etcdrobustness.traffic.RecordedClient;
import io.etcdrobustness.traffic.driver.TrafficDriver;
import io.etcdrobustness.traffic.grpc.EtcdConnections;
import io.etcdrobustness.traffic.grpc.GrpcEtcdVersions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * One run, from plan to verdict.
 *
 * <p>Whatever happens between the first process started and the last line written, three things
 * hold: every process that was started has ended, what was recorded is on disk, and the report says
 * what happened.
 */
public final class Run {

  /** Clients of the run's own final reads come behind all others. */
  private static final int FINAL_CLIENTS = 100_000;

  /** How long a question about versions may take. */
  private static final Duration ASK = Duration.ofSeconds(2);

  /**
   * How much of the record a runner that is killed may lose; blocks of less are less compact. Half
   * of what a verdict may lag behind; the rest is for who judges.
   */
  private static final Duration FLUSH = Duration.ofMillis(500);

  private final Setup setup;
  private final Judging judging;
  private final Cancellation cancellation;
  private final ProgressInFolder listener;
  private final Instant startedAt = WallClock.now();
  private final List<String> troubles = new ArrayList<>();

  /**
   * Completes if robustness itself failed, or nothing can be recorded: what would be observed then
   * is not worth waiting for.
   */
  private final CompletableFuture<Throwable> broken = new CompletableFuture<>();

  private Map<String, String> versions = Map.of();
  private List<StepResult> steps = List.of();
  private Optional<String> unfinished = Optional.empty();
  private Optional<ClusterLostException> lost = Optional.empty();
  private Optional<Execution> execution = Optional.empty();
  private Map<String, Path> logs = Map.of();

  /**
   * What is to be run.
   *
   * @param directory of the report; must not hold one
   * @param command what to type to run it again
   */
  public record Setup(
      TestDocument test, long seed, Substrate substrate, Path directory, String command) {}

  private Run(Setup setup, Cancellation cancellation, ProgressInFolder listener) {
    this.setup = setup;
    this.judging = Judging.of(setup.test.spec());
    this.cancellation = cancellation;
    this.listener = listener;
  }

  /**
   * Runs to the end and writes the report.
   *
   * @param cancellation ends it early, in order
   * @throws IOException if the report cannot be written
   */
  public static Report execute(Setup setup, Cancellation cancellation, RunListener listener)
      throws IOException, InterruptedException {
    try (ProgressInFolder told = new ProgressInFolder(setup.directory(), listener)) {
      return new Run(setup, cancellation, told).execute();
    }
  }

  private Report execute() throws IOException, InterruptedException {
    TestSpec spec = setup.test.spec();
    RunPlan plan = RunPlan.of(spec, setup.seed);
    ReportFolder folder = ReportFolder.create(setup.directory);
    folder.plan(plan.json());
    History.Facts facts =
        new History.Facts(History.Start.EMPTY, compactsByItself(spec), false, true);
    folder.begun(report(History.of(facts, List.of()), unjudged(Verdict.ERROR), Duration.ZERO));
    listener.begin();
    try (LiveRecorder record = LiveRecorder.open(folder.history(), facts, this::cannotWrite)) {
      observe(plan, folder, record);
    } catch (IOException lost) {
      trouble("the history is not complete: " + lost.getMessage());
    }
    History history = recorded(folder, facts);
    Judging.Result judged = judge(history);
    Report report = report(history, weigh(judged.assessment(), history), judged.time());
    if (execution.isPresent()) {
      folder.execution(execution.get());
    }
    folder.ended(report, judging.properties());
    return report;
  }

  private History recorded(ReportFolder folder, History.Facts facts) {
    try {
      Loaded loaded = SegmentReader.read(folder.history());
      if (!hasTroubles()) {
        // Else it has been told why something is missing.
        loaded.notes().forEach(note -> trouble("the history is not complete: " + note));
      }
      return loaded.history();
    } catch (IOException unreadable) {
      trouble("the history cannot be read back: " + unreadable.getMessage());
      return History.of(facts, List.of());
    }
  }

  /**
   * What is judged must have been observed whole, on a cluster that had a place to live: a member
   * that died of a full disk broke no promise, and a write that was not recorded was no lost one.
   */
  private Judging.Result judge(History history) {
    return hasTroubles() || lost.isPresent()
        ? new Judging.Result(
            unjudged(lost.map(ClusterLostException::verdict).orElse(Verdict.ERROR)), Duration.ZERO)
        : judging.judge(history, listener);
  }

  private boolean hasTroubles() {
    synchronized (troubles) {
      return !troubles.isEmpty();
    }
  }

  private void observe(RunPlan plan, ReportFolder folder, LiveRecorder record)
      throws InterruptedException {
    Gate gate = new Gate(record, listener);
    try (EventLoop scheduler = setup.substrate.loop(plan.seed(), this::bug)) {
      Pending pending = new Pending(scheduler);
      keepFlushing(record, scheduler, pending);
      Optional<Cluster> started = start(plan.upgrade().releases(), folder, scheduler, gate);
      if (started.isPresent()) {
        Cluster running = started.get();
        try (Cluster cluster = running) {
          versions = cluster.versions();
          logs = cluster.logs();
          versions.forEach((member, version) ->
              gate.record(
                  new MemberEvent(
                      member, MemberEvent.Kind.VERSION, 0, 0, version, true, scheduler.now())));
          listener.note(
              "%d members of etcd %s serve; seed %d"
                  .formatted(
                      cluster.members().size(),
                      String.join(", ", versions.values().stream().distinct().toList()),
                      plan.seed()));
          drive(plan, cluster, scheduler, pending, gate);
        }
        execution = running.execution();
      }
      for (Map.Entry<String, Path> log : logs.entrySet()) {
        LogScan.scan(log.getKey(), log.getValue(), scheduler.now(), gate);
      }
      gate.record(new Phase(Phase.Name.END, scheduler.now()));
    } catch (IOException unreadable) {
      trouble("a member's log cannot be read: " + unreadable);
    } finally {
      gate.shut();
    }
  }

  private static void keepFlushing(LiveRecorder record, Scheduler scheduler, Pending pending) {
    scheduler.after(
        FLUSH,
        () -> {
          record.flushSoon(pending.requests().earliest(), pending.messages().earliest());
          keepFlushing(record, scheduler, pending);
        });
  }

  /**
   * A cluster that serves; empty if there is none, and then the troubles or the cancellation tell.
   */
  private Optional<Cluster> start(
      List<Release> upgrades, ReportFolder folder, EventLoop scheduler, Recorder recorder)
      throws InterruptedException {
    try {
      return Optional.of(
          cancellation.during(() ->
              setup.substrate.start(
                  setup.test.spec().cluster(), upgrades, folder.members(), scheduler, recorder)));
    } catch (SubstrateException failure) {
      // What was cut short tells nothing of the environment.
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

  private void drive(
      RunPlan plan, Cluster cluster, EventLoop scheduler, Pending pending, Recorder recorder)
      throws InterruptedException {
    TestSpec spec = setup.test.spec();
    Availability availability = new Availability(recorder);
    Ids ids = new Ids();
    Duration timeout = spec.workload().timeout();
    try (EtcdConnections clients = cluster.clients();
        EtcdConnections admin = cluster.admin();
        EtcdVersions asked = new GrpcEtcdVersions(cluster.admin(), ASK)) {
      Map<String, EtcdClient> observers = new LinkedHashMap<>();
      Map<String, RecordedClient> readers = new LinkedHashMap<>();
      for (String member : cluster.members()) {
        observers.put(member, admin.pinnedTo(member));
        readers.put(
            member,
            new RecordedClient(
                FINAL_CLIENTS + readers.size(),
                member,
                admin.pinnedTo(member),
                availability,
                scheduler,
                ids,
                pending));
      }
      LeaderObserver leaders = new LeaderObserver(observers, cluster, scheduler, recorder);
      TrafficDriver traffic =
          new TrafficDriver(
              plan.traffic(),
              spec.workload(),
              cluster.members(),
              RunPlan.traffic(plan.seed()),
              new RecordedGateway(clients, availability, scheduler, ids, pending, timeout),
              scheduler);
      FaultDriver faults =
          new FaultDriver(
              plan.faults(), cluster, scheduler, recorder, setup.substrate.unsupported());
      UpgradeDriver upgrade =
          new UpgradeDriver(
              plan.upgrade(),
              cluster.members(),
              cluster::changeVersion,
              asked,
              faults,
              scheduler,
              recorder,
              listener::upgraded);
      Lifecycle lifecycle =
          new Lifecycle(
              spec,
              cluster,
              traffic,
              faults,
              upgrade,
              (member, request) -> reader(readers, member).send(request, FinalReads.patience()),
              availability,
              this::stop,
              scheduler,
              recorder,
              listener);
      CompletableFuture<Void> done = new CompletableFuture<>();
      var _ = broken.thenAccept(done::completeExceptionally);
      scheduler.execute(() -> {
        leaders.start();
        var _ =
            lifecycle
                .start()
                .whenComplete((_, failure) -> {
                  leaders.stop();
                  if (failure == null) {
                    done.complete(null);
                  } else {
                    done.completeExceptionally(failure);
                  }
                });
      });
      cancellation.whenCancelled(() -> scheduler.execute(lifecycle::cancel));
      try {
        scheduler.await(done);
      } finally {
        steps = upgrade.results();
        unfinished = upgrade.unfinished();
        versions = cluster.versions();
      }
    } catch (ExecutionException failure) {
      switch (failure.getCause()) {
        case ClusterLostException gone -> {
          lost = Optional.of(gone);
          listener.note(String.valueOf(gone.getMessage()));
        }
        case null -> bug(failure);
        // What has broken the run was told where it did.
        case Throwable _ when broken.isDone() -> {}
        case Throwable cause -> bug(cause);
      }
    }
  }

  private static RecordedClient reader(Map<String, RecordedClient> readers, String member) {
    RecordedClient reader = readers.get(member);
    if (reader == null) {
      throw new IllegalArgumentException("no member is called " + member);
    }
    return reader;
  }

  /** The findings' verdict, and what the run itself knows: evidence that is too thin, troubles. */
  private Assessment weigh(Assessment judged, History history) {
    Assessment assessment = judged;
    synchronized (troubles) {
      if (!troubles.isEmpty()) {
        // Why there is so little evidence is said by the troubles, once.
        for (String trouble : troubles) {
          assessment = assessment.and(Verdict.ERROR, trouble);
        }
        return assessment;
      }
    }
    if (lost.isPresent()) {
      return assessment.and(lost.get().verdict(), String.valueOf(lost.get().getMessage()));
    }
    TestSpec spec = setup.test.spec();
    long answered =
        history.operations().stream().filter(o -> o.outcome() instanceof Outcome.Ok).count();
    if (answered < spec.pass().minOperations()) {
      assessment =
          assessment.and(
              Verdict.INCONCLUSIVE,
              "only %d operations were answered, and the test wants %d"
                  .formatted(answered, spec.pass().minOperations()));
    }
    long confirmed =
        history.faults().stream()
            .filter(fault -> fault.result() == FaultWindow.Result.CONFIRMED)
            .count();
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
    Optional<String> cancelled = cancellation.reason();
    if (cancelled.isPresent()) {
      assessment = assessment.and(Verdict.INCONCLUSIVE, "it ended early: " + cancelled.get());
    }
    return assessment;
  }

  private Report report(History history, Assessment assessment, Duration judging) {
    return new Report(
        setup.test.name(),
        setup.test.spec(),
        setup.seed,
        setup.substrate.name(),
        startedAt,
        versions,
        steps,
        logs,
        history,
        assessment,
        judging,
        setup.command);
  }

  private static Assessment unjudged(Verdict verdict) {
    return new Assessment(verdict, List.of(), List.of());
  }

  static boolean compactsByItself(TestSpec spec) {
    return spec.cluster().extraArgs().stream().anyMatch(arg -> arg.contains("auto-compaction"));
  }

  private void cannotWrite(IOException failure) {
    trouble(
        "the history cannot be written to %s: %s; free some space or name another folder with --report"
            .formatted(setup.directory, failure.getMessage()));
    broken.complete(failure);
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

  /** Late answers of the network find the record closed. */
  private static final class Gate implements Recorder {
    private final Recorder next;
    private final RunListener listener;
    private boolean shut;

    Gate(Recorder next, RunListener listener) {
      this.next = next;
      this.listener = listener;
    }

    @Override
    public synchronized void record(Entry entry) {
      if (!shut) {
        next.record(entry);
        listener.recorded(entry);
      }
    }

    synchronized void shut() {
      shut = true;
    }
  }
}
