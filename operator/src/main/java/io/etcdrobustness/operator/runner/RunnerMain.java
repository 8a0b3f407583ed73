package io.etcdrobustness.operator.runner;

import io.etcdrobustness.cli.Signals;
import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.faults.agent.PodAddresses;
import io.etcdrobustness.faults.agent.RemoteAgent;
import io.etcdrobustness.history.Recorder;
import io.etcdrobustness.operator.metrics.OperatorHttp;
import io.etcdrobustness.operator.metrics.OperatorMetrics;
import io.etcdrobustness.operator.metrics.RunMetrics;
import io.etcdrobustness.operator.model.ApiTrouble;
import io.etcdrobustness.operator.model.RunObjects;
import io.etcdrobustness.operator.reports.ReportUpload;
import io.etcdrobustness.operator.status.Happening;
import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.RunStatus;
import io.etcdrobustness.resource.Status.Condition;
import io.etcdrobustness.runs.Cancellation;
import io.etcdrobustness.runs.ContinuousRun;
import io.etcdrobustness.runs.Run;
import io.etcdrobustness.runs.RunListener;
import io.etcdrobustness.runs.RunPlan;
import io.etcdrobustness.runs.SmallestHistories;
import io.etcdrobustness.runs.WallClock;
import io.etcdrobustness.runs.report.Report;
import io.etcdrobustness.runs.windows.Resumption;
import io.etcdrobustness.runs.windows.WindowStanding;
import io.etcdrobustness.spec.TestDocument;
import io.etcdrobustness.spec.TestSpec;
import io.etcdrobustness.traffic.Access;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import picocli.CommandLine;

/**
 * The role {@code runner}: carries out one RobustnessRun and writes its verdict into its status.
 *
 * <p>Exits with 0 when the verdict is written, whatever it is: a failing verdict is no failing Job.
 * Exits with 3 when it could not be written; the operator then ends the run as an Error, and finds
 * the reason in the pod's termination message.
 */
public final class RunnerMain {

  private static final int OK = 0;
  private static final int ERROR = 3;
  private static final int USAGE = 64;

  private static final Path TERMINATION_MESSAGE = Path.of("/dev/termination-log");
  private static final Duration HEARTBEAT = Duration.ofSeconds(2);

  /** How long the verdict of a run that failed may wait for its smallest history. */
  private static final Duration LONGEST_SEARCH = Duration.ofSeconds(60);

  /** A pod that is told to leave has half a minute. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(10);

  /** An API server that is gone for longer keeps the verdict from being told. */
  private static final Duration LAST_STATUS = Duration.ofMinutes(10);

  /** An API server under load is slow, and a run that was not begun for that is an Error. */
  private static final int PATIENCE_MILLIS = 30_000;

  private final PrintStream out;

  /** A runner that tells its progress on {@code out}. */
  public RunnerMain(PrintStream out) {
    this.out = out;
  }

  /**
   * Carries out a run.
   *
   * @return the exit code
   */
  public int run(String... arguments) {
    RunnerOptions options = new RunnerOptions();
    CommandLine command = new CommandLine(options);
    try {
      if (CommandLine.printHelpIfRequested(command.parseArgs(arguments))) {
        return OK;
      }
    } catch (CommandLine.ParameterException wrong) {
      out.println("runner: " + wrong.getMessage());
      return USAGE;
    }
    PodAddresses.areNeverRemembered();
    try (KubernetesClient client =
            new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder().withRequestTimeout(PATIENCE_MILLIS).build())
                .build();
        ExecutorService edge = Executors.newVirtualThreadPerTaskExecutor()) {
      carryOut(options, client, edge);
      return OK;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return failed("the runner was interrupted");
    } catch (IOException | ExecutionException | RuntimeException failure) {
      Throwable cause = Poll.cause(failure);
      return failed(
          cause instanceof KubernetesClientException
              ? "the API server: " + ApiTrouble.inWords(cause)
              : String.valueOf(cause));
    }
  }

  private int failed(String why) {
    out.println("runner: " + why);
    try {
      if (Files.isWritable(TERMINATION_MESSAGE)) {
        Files.writeString(TERMINATION_MESSAGE, why);
      }
    } catch (IOException unwritable) {
      out.println("runner: " + TERMINATION_MESSAGE + " cannot be written: " + unwritable);
    }
    return ERROR;
  }

  private void carryOut(RunnerOptions options, KubernetesClient client, ExecutorService edge)
      throws IOException, InterruptedException, ExecutionException {
    RunApi api = new RunApi(client, options.namespace, options.run);
    RobustnessRun run = api.get();
    TestSpec spec = run.getSpec().test();
    Long seed = spec.seed();
    if (seed == null) {
      throw new IOException("the run " + options.run + " has no spec.test.seed");
    }
    Secrets secrets = Secrets.read(options);
    Cancellation cancellation = new Cancellation();
    Lines lines = new Lines(out);
    PrometheusMeterRegistry registry = OperatorMetrics.registry();
    RunMetrics metrics =
        new RunMetrics(registry, options.namespace, run.getSpec().testName(), WallClock::now);
    Path report = options.work.resolve("report");
    // Whoever is woken by a violation has no command at hand; an end that is asked for goes first.
    Consumer<Report> smallest =
        judged ->
            SmallestHistories.write(
                judged,
                report,
                LONGEST_SEARCH,
                () -> cancellation.reason().isPresent(),
                lines::note);
    StandingReports standing =
        new StandingReports(
            stands -> {
              // Whom an alert has woken does not wait for the smallest history.
              upload(options, run, secrets, StandingReports.lasting(stands), lines);
              smallest.accept(stands.report());
              upload(options, run, secrets, StandingReports.lasting(stands), lines);
            },
            edge,
            lines::note,
            new Measured(metrics, lines));
    RunListener watching = new UpgradeEvents(run, tellLater(api, edge, lines), standing);
    boolean continuous = spec.mode() == TestSpec.Mode.Continuous;
    // Of a container that is started again the folder is there still.
    boolean inFolder = continuous && Files.exists(report.resolve("run.json"));
    Optional<Resumption> elsewhere =
        continuous ? Successor.of(run.getStatus(), WallClock.now()) : Optional.empty();
    RunTally tally =
        continuous
            ? RunTally.ofWindows(
                elsewhere.map(Resumption::found).orElse(List.of()),
                elsewhere.map(Resumption::standing).orElse(WindowStanding.NONE),
                WallClock::now,
                watching)
            : new RunTally(RunPlan.of(spec, seed).faults(), watching);
    String where =
        "kubectl port-forward to the report service, then /%s/%s/"
            .formatted(options.namespace, options.run);
    RunnerStatus statuses = new RunnerStatus(run, WallClock.now(), where);
    RunStatus before = run.getStatus();
    Newest newest = new Newest(before == null ? List.of() : before.conditions());
    boolean leavable = RunObjects.isGoneOnWith(spec);
    if (!leavable) {
      Signals.cancelOn(cancellation, tally);
    }
    try (StatusWriter writer =
            new StatusWriter(
                api::writeStatus,
                () -> newest.keep(statuses.underWay(tally, newest.conditions(), WallClock.now())),
                before,
                lines::note);
        Halt halt = api.watchForHalt(cancellation);
        OperatorHttp _ =
            new OperatorHttp(
                new InetSocketAddress(options.metricsPort),
                registry,
                OperatorHttp.Health.ALWAYS,
                OperatorHttp.Health.ALWAYS)) {
      if (continuous) {
        // Whoever comes after this runner must know that there was one.
        api.writeStatus(
            newest.keep(statuses.underWay(tally, newest.conditions(), WallClock.now())));
      }
      writer.start();
      AtomicBoolean over = new AtomicBoolean();
      if (leavable) {
        Signals.on(signal -> {
          if (Dismissal.leavesTheRun(spec, cancellation.isCancelled(), over.get(), tally.found())) {
            lines.note(signal + ": another runner goes on with the run");
            leave(
                standing.sent(),
                writer,
                newest.keep(statuses.underWay(tally, newest.conditions(), WallClock.now())),
                signal);
          } else {
            lines.note(signal + ": healing, ending the cluster and judging what was recorded");
            cancellation.cancel(signal);
          }
        });
      }
      Run.Setup setup =
          new Run.Setup(
              new TestDocument(run.getSpec().testName(), spec),
              seed,
              new KubernetesSubstrate(
                  options.namespace,
                  options.run,
                  new ApiPods(client, edge),
                  (pod, scheduler, recorder) -> link(pod, secrets, scheduler, recorder, lines),
                  secrets.tls(),
                  options.etcdImages,
                  options.nodeDrain),
              report,
              "robustness replay REPORT");
      Report made =
          continuous
              ? windows(setup, inFolder, elsewhere, cancellation, tally)
              : Run.execute(setup, cancellation, tally);
      over.set(true);
      lines.note(made.assessment().verdict().label());
      made.assessment().reasons().forEach(reason -> lines.note("  - " + reason));
      standing.sent().get();
      smallest.accept(made);
      upload(options, run, secrets, _ -> true, lines);
      writer
          .end(
              statuses.ended(tally, made, halt.reason(), newest.conditions(), WallClock.now()),
              LAST_STATUS)
          .get();
    }
  }

  /**
   * Ends this process as if it had been lost, but for its last words: members serve on, and agents
   * heal what is in effect once nobody asks them not to.
   */
  private void leave(
      CompletableFuture<Void> sent, StatusWriter writer, RunStatus last, String signal) {
    try {
      writer.end(last, LAST_WORDS).get();
      sent.completeOnTimeout(null, LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS).get();
    } catch (InterruptedException | ExecutionException unsaid) {
      // What is told every other second is in the status.
      out.println("runner: the last status was not written: " + Poll.cause(unsaid));
    }
    Runtime.getRuntime().halt(failed("told to leave by " + signal + "; another runner goes on"));
  }

  private static Report windows(
      Run.Setup setup,
      boolean inFolder,
      Optional<Resumption> elsewhere,
      Cancellation cancellation,
      RunListener listener)
      throws IOException, InterruptedException {
    ContinuousRun.Result result =
        inFolder || elsewhere.isEmpty()
            ? ContinuousRun.execute(setup, inFolder, cancellation, listener)
            : ContinuousRun.goOn(setup, elsewhere.get(), cancellation, listener);
    return result.report();
  }

  /** An event that is not taken is worth a line; the status and the report say the same. */
  private static Consumer<Happening> tellLater(RunApi api, Executor edge, Lines lines) {
    return happening -> {
      Instant now = WallClock.now();
      var _ =
          CompletableFuture.runAsync(() -> api.tell(happening, now), edge)
              .exceptionally(refused -> {
                lines.note(
                    "the event %s was not taken: %s"
                        .formatted(happening.reason(), Poll.cause(refused).getMessage()));
                return null;
              });
    };
  }

  /** A report that cannot be uploaded is worth a line; the verdict stands without it. */
  private static void upload(
      RunnerOptions options,
      RobustnessRun run,
      Secrets secrets,
      Predicate<Path> wanted,
      Lines lines) {
    if (options.reports == null) {
      return;
    }
    try {
      new ReportUpload(options.reports, secrets.uploadToken())
          .upload(
              options.namespace,
              options.run,
              run.getMetadata().getUid(),
              options.work.resolve("report"),
              wanted);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      lines.note("the report was not sent: the runner was interrupted");
    } catch (IOException refused) {
      lines.note(
          "the report was not taken by %s: %s".formatted(options.reports, refused.getMessage()));
    }
  }

  private static AgentLink link(
      MemberPod pod, Secrets secrets, Scheduler scheduler, Recorder recorder, Lines lines) {
    return new RemoteLink(
        new RemoteAgent(
            scheduler, pod.agent(), secrets.agentToken(), HEARTBEAT, recorder, lines::note));
  }

  /** The conditions that were last told, from which the next ones take their times. */
  private static final class Newest {
    private List<Condition> conditions;

    Newest(List<Condition> conditions) {
      this.conditions = conditions;
    }

    synchronized List<Condition> conditions() {
      return conditions;
    }

    synchronized RunStatus keep(RunStatus status) {
      conditions = status.conditions();
      return status;
    }
  }

  /**
   * What the operator has mounted.
   *
   * @param agentToken known to the agents of this run
   * @param uploadToken known to the report service
   */
  record Secrets(String agentToken, String uploadToken, Access.Tls tls) {

    static Secrets read(RunnerOptions options) throws IOException {
      return new Secrets(
          text(options.token.resolve("agent")),
          text(options.token.resolve("upload")),
          new Access.Tls(
              text(options.tls.resolve("ca.crt")),
              text(options.tls.resolve("client.crt")),
              text(options.tls.resolve("client.key"))));
    }

    private static String text(Path file) throws IOException {
      String text = Files.readString(file).strip();
      if (text.isEmpty()) {
        throw new IOException(file + " is empty");
      }
      return text;
    }
  }

  /** Ends the watch for a halt. */
  interface Halt extends AutoCloseable {

    /** Why the run was halted from outside; empty if it was not. */
    Optional<String> reason();

    @Override
    void close();
  }
}
