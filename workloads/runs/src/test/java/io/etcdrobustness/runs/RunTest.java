package io.etcdrobustness.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcdrobustness.checker.Verdict;
import io.etcdrobustness.engine.EventLoop;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.Recorder;
import io.etcdrobustness.history.file.Loaded;
import io.etcdrobustness.history.segment.SegmentFollower;
import io.etcdrobustness.history.segment.SegmentReader;
import io.etcdrobustness.runs.report.Report;
import io.etcdrobustness.runs.report.ReportFolder;
import io.etcdrobustness.spec.ClusterSpec;
import io.etcdrobustness.spec.FaultsSpec.FaultType;
import io.etcdrobustness.spec.Release;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class RunTest {

  @TempDir private Path directory;

  /** Its members end before they serve. */
  private static final class Barren implements Substrate {
    @Override
    public String name() {
      return "barren";
    }

    @Override
    public Map<FaultType, String> unsupported() {
      return Map.of();
    }

    @Override
    public Cluster start(
        ClusterSpec spec,
        List<Release> upgrades,
        Path folder,
        EventLoop scheduler,
        Recorder recorder)
        throws SubstrateException {
      recorder.record(
          new MemberEvent(
              "m0", MemberEvent.Kind.EXITED, 0, 0, "exit code 2", false, scheduler.now()));
      throw new SubstrateException("m0 has ended before it served");
    }
  }

  /** Brings up {@code cluster}, or whatever {@code starting} does instead. */
  private record Bringing(Starting starting) implements Substrate {
    @Override
    public String name() {
      return "bringing";
    }

    @Override
    public Map<FaultType, String> unsupported() {
      return Map.of();
    }

    @Override
    public Cluster start(
        ClusterSpec spec,
        List<Release> upgrades,
        Path folder,
        EventLoop scheduler,
        Recorder recorder)
        throws SubstrateException, InterruptedException {
      return starting.start(scheduler, recorder);
    }
  }

  private interface Starting {
    Cluster start(EventLoop scheduler, Recorder recorder)
        throws SubstrateException, InterruptedException;
  }

  private Run.Setup setup() {
    return setup("duration: 20s", new Barren());
  }

  private Run.Setup setup(String spec, Substrate substrate) {
    return new Run.Setup(Specs.test(spec), 7, substrate, directory.resolve("report"), "again");
  }

  /** Never comes up; {@code waiting} completes once it is being waited for. */
  private static Cluster waitForEver(CompletableFuture<Void> waiting) throws InterruptedException {
    waiting.complete(null);
    new CountDownLatch(1).await();
    throw new AssertionError("nobody counts down");
  }

  private static final String NO_FAULTS =
      """
      duration: 10m
      faults: {profile: None}
      """;

  private Report cancelledWhileStarting(Function<InterruptedException, Exception> tells)
      throws Exception {
    Cancellation cancellation = new Cancellation();
    CompletableFuture<Void> waiting = new CompletableFuture<>();
    var _ = waiting.thenRunAsync(() -> cancellation.cancel("SIGINT"));
    return Run.execute(
        setup(
            NO_FAULTS,
            new Bringing((_, _) -> {
              try {
                return waitForEver(waiting);
              } catch (InterruptedException interrupted) {
                if (tells.apply(interrupted) instanceof SubstrateException words) {
                  throw words;
                }
                throw interrupted;
              }
            })),
        cancellation,
        new QuietListener());
  }

  private static void endedEarly(Report report) {
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(report.assessment().verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(report.assessment().reasons()).contains("it ended early: SIGINT");
    assertThat(report.history().phases()).extracting(Phase::name).containsExactly(Phase.Name.END);
  }

  @Test
  @Timeout(60)
  void aRunThatIsCancelledWhileItsClusterStartsEndsAtOnce() throws Exception {
    endedEarly(cancelledWhileStarting(interrupted -> interrupted));
  }

  @Test
  @Timeout(60)
  void whatAStartThatWasCutShortSaysIsNotHeldAgainstTheEnvironment() throws Exception {
    endedEarly(
        cancelledWhileStarting(interrupted -> new SubstrateException("closed", interrupted)));
  }

  @Test
  @Timeout(60)
  void aRunThatIsCancelledBeforeItBeginsStartsNothing() throws Exception {
    Cancellation cancellation = new Cancellation();
    cancellation.cancel("SIGINT");
    endedEarly(
        Run.execute(
            setup(
                NO_FAULTS,
                new Bringing((_, _) -> {
                  throw new AssertionError("it was started");
                })),
            cancellation,
            new QuietListener()));
  }

  @Test
  @Timeout(60)
  void aStepThatFailsEndsTheRunAtOnceAsAnErrorWithItsCause() throws Exception {
    FakeCluster cluster = new FakeCluster();
    cluster.leaderThrows();
    Report report =
        Run.execute(
            setup(NO_FAULTS, new Bringing((_, _) -> cluster)),
            new Cancellation(),
            new QuietListener());

    failedItself(report, cluster, "no leader can be told");
  }

  @Test
  @Timeout(60)
  void aTaskOfTheLoopThatFailsEndsTheRunAtOnceAsAnErrorWithItsCause() throws Exception {
    FakeCluster cluster = new FakeCluster();
    Report report =
        Run.execute(
            setup(
                NO_FAULTS,
                new Bringing((scheduler, _) -> {
                  scheduler.after(
                      Duration.ofMillis(500),
                      () -> {
                        throw new IllegalStateException("a task broke");
                      });
                  return cluster;
                })),
            new Cancellation(),
            new QuietListener());

    failedItself(report, cluster, "a task broke");
  }

  private static void failedItself(Report report, FakeCluster cluster, String cause) {
    assertThat(report.assessment().verdict()).isEqualTo(Verdict.ERROR);
    assertThat(report.assessment().reasons())
        .singleElement()
        .asString()
        .contains("robustness itself failed")
        .contains("IllegalStateException: " + cause);
    assertThat(cluster.closed()).isTrue();
    assertThat(report.history().phases())
        .as("no end in order")
        .extracting(Phase::name)
        .doesNotContain(Phase.Name.FINAL_READS);
  }

  @Test
  void aClusterThatDoesNotComeUpIsAnErrorAndNotHeldAgainstEtcd()
      throws IOException, InterruptedException {
    Report report = Run.execute(setup(), new Cancellation(), new QuietListener());

    assertThat(report.assessment().verdict()).isEqualTo(Verdict.ERROR);
    assertThat(report.assessment().reasons()).containsExactly("m0 has ended before it served");
    assertThat(report.assessment().findings()).isEmpty();
    assertThat(report.history().memberEvents()).hasSize(1);
    Loaded record = SegmentReader.read(directory.resolve("report/history"));
    assertThat(record.notes()).isEmpty();
    assertThat(record.history()).isEqualTo(report.history());
    ReportFolder.Stored stored = ReportFolder.read(directory.resolve("report"));
    assertThat(stored.verdict()).isEqualTo("Error");
    assertThat(stored.reasons()).containsExactly("m0 has ended before it served");
    assertThat(directory.resolve("report/index.html")).isNotEmptyFile();
    assertThat(directory.resolve("report/junit.xml"))
        .content()
        .contains("m0 has ended before it served");
  }

  @Test
  @Timeout(60)
  void whatIsRecordedIsInTheReportWhileTheRunGoesOn() throws IOException, InterruptedException {
    List<Entry> seen = new ArrayList<>();
    Report report =
        Run.execute(
            setup(
                NO_FAULTS,
                new Bringing((scheduler, recorder) -> {
                  recorder.record(
                      new MemberEvent(
                          "m0", MemberEvent.Kind.STARTED, 0, 0, "", true, scheduler.now()));
                  try (SegmentFollower record =
                      new SegmentFollower(directory.resolve("report/history"))) {
                    while (seen.isEmpty()) {
                      assertThat(record.poll(seen::add)).isFalse();
                      Thread.onSpinWait();
                    }
                  } catch (IOException unreadable) {
                    throw new AssertionError(unreadable);
                  }
                  throw new SubstrateException("that is enough");
                })),
            new Cancellation(),
            new QuietListener());

    assertThat(report.assessment().reasons()).containsExactly("that is enough");
    assertThat(seen)
        .singleElement()
        .isInstanceOfSatisfying(
            MemberEvent.class,
            event -> assertThat(event.kind()).isEqualTo(MemberEvent.Kind.STARTED));
  }

  @Test
  void aReportIsNotWrittenOver() throws IOException, InterruptedException {
    Run.execute(setup(), new Cancellation(), new QuietListener());

    assertThatThrownBy(() -> Run.execute(setup(), new Cancellation(), new QuietListener()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("holds the report of another run");
  }
}
