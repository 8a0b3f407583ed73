package io.etcdrobustness.operator.reports;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Verdict;
import io.etcdrobustness.operator.model.NewRun;
import io.etcdrobustness.operator.status.RunStatuses;
import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.RobustnessTest;
import io.etcdrobustness.resource.RunStatus;
import io.etcdrobustness.resource.Status;
import io.etcdrobustness.resource.Status.ActiveFault;
import io.etcdrobustness.resource.Status.Etcd;
import io.etcdrobustness.resource.Status.FaultCount;
import io.etcdrobustness.resource.Status.Phase;
import io.etcdrobustness.resource.TestStatus;
import io.etcdrobustness.resource.TestStatus.PastRun;
import io.etcdrobustness.runs.browse.Fleet;
import io.etcdrobustness.runs.browse.FleetRun;
import io.etcdrobustness.runs.browse.FleetTest;
import io.etcdrobustness.runs.browse.Mark;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is known of a run from its object, from its test's status, and from its report. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields.
class OperatorShelfTest {

  private static final Instant NOW = Instant.parse("2026-11-30T05:00:00Z");
  private static final long SEED = 42;

  @TempDir private Path directory;
  private final List<RobustnessTest> tests = new ArrayList<>();
  private final List<RobustnessRun> runs = new ArrayList<>();
  private ReportStore store;
  private OperatorShelf shelf;

  @BeforeEach
  void begin() throws IOException {
    store =
        ReportStore.open(
            directory,
            new Limits(8 << 20, 64 << 20, 100, 200, 1 << 20, 0),
            InstantSource.fixed(NOW));
    shelf =
        new OperatorShelf(
            store,
            new WatchedObjects() {
              @Override
              public List<RobustnessTest> tests() {
                return tests;
              }

              @Override
              public List<RobustnessRun> runs() {
                return runs;
              }
            });
  }

  private RobustnessTest test(@Nullable TestStatus status) {
    RobustnessTest test =
        new KubernetesSerialization().unmarshal("---\nspec: {}", RobustnessTest.class);
    test.setMetadata(
        new ObjectMetaBuilder().withName("soak").withNamespace("ns").withUid("test-uid").build());
    test.setStatus(status);
    tests.add(test);
    return test;
  }

  private RobustnessRun run(long number, String uid) {
    RobustnessTest of = tests.isEmpty() ? test(null) : tests.getFirst();
    RobustnessRun run = NewRun.of(of, number, SEED, "digest", Optional.empty());
    run.getMetadata().setUid(uid);
    runs.add(run);
    return run;
  }

  private static TestStatus status(Status.@Nullable Verdict verdict, PastRun... history) {
    return new TestStatus(
        1L,
        verdict,
        Phase.Complete,
        "Reason",
        "the message",
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of(history));
  }

  private static PastRun past(String run, Status.Verdict verdict, long seed) {
    return new PastRun(run, verdict, "v3.7.3", seed, "2026-11-30T04:00:00Z", 61L);
  }

  private static RunStatus going(String progress, long operations) {
    return new RunStatus(
        1L,
        null,
        Phase.Running,
        "UnderWay",
        null,
        SEED,
        "2026-11-30T04:59:00Z",
        null,
        progress,
        operations,
        "3/12",
        0L,
        List.of(),
        List.of(),
        List.of(new FaultCount("Pause", 12L, 3L, 0L, 0L, null)),
        List.of(new ActiveFault("f4", "Pause", List.of("m1"), "2026-11-30T05:00:03Z")),
        List.of(),
        null,
        new Etcd(List.of("v3.7.3"), 3, 2L),
        null);
  }

  private static void end(RobustnessRun run, Status.Verdict verdict) {
    run.setStatus(RunStatuses.ended(run, verdict, "Reason", "because of " + verdict, NOW));
  }

  private void report(String run, String uid, Verdict verdict) throws Exception {
    store.accept(
        ReportId.of("ns", run).orElseThrow(),
        uid,
        new ByteArrayInputStream(Tars.report("soak", verdict, 10)));
  }

  private FleetRun shown(String run) {
    FleetRun one = shelf.run(List.of("ns", run)).orElseThrow();
    assertThat(shelf.fleet().tests().stream().flatMap(test -> test.runs().stream()))
        .as("the same among all")
        .contains(one);
    return one;
  }

  @Test
  void aRunThatGoesOnTellsHowFastItIs() {
    RobustnessRun run = run(1, "u1");
    run.setStatus(going("10/60", 4_000));
    assertThat(shown("soak-1").live().orElseThrow().rates()).containsExactly(400L);

    run.setStatus(going("12/60", 5_100));

    FleetRun one = shown("soak-1");
    assertThat(one.mark()).isEqualTo(Mark.GOING);
    assertThat(one.live().orElseThrow().rates()).containsExactly(400L, 550L);
    assertThat(one.live().orElseThrow().elapsed()).isEqualTo(12);
    assertThat(one.live().orElseThrow().total()).isEqualTo(60);
    assertThat(one.live().orElseThrow().faults())
        .containsExactly("Pause of m1, until 2026-11-30T05:00:03Z at the latest");
    assertThat(one.evidence().faultsInWords()).isEqualTo("3 of 12");
    assertThat(shelf.fleet().test(List.of("ns", "soak")).orElseThrow().mark())
        .isEqualTo(Mark.GOING);
  }

  @Test
  void ratesAreForgottenWithTheirRun() {
    run(1, "u1").setStatus(going("10/60", 4_000));
    shelf.fleet();
    RobustnessRun gone = runs.removeFirst();
    shelf.fleet();

    runs.add(gone);

    assertThat(shown("soak-1").live().orElseThrow().rates()).containsExactly(400L);
  }

  @Test
  void aRunThatWaitsIsNoVerdict() {
    RobustnessRun run = run(1, "u1");
    assertThat(shown("soak-1").mark()).isEqualTo(Mark.WAITING);
    run.setStatus(RunStatuses.waiting(run, RunStatuses.QUEUED, "it waits", NOW));
    assertThat(shown("soak-1").mark()).isEqualTo(Mark.WAITING);
    assertThat(shown("soak-1").why()).isEqualTo("it waits");
  }

  @Test
  void aRunHasTheReportThatItLeft() throws Exception {
    end(run(1, "u1"), Status.Verdict.Failed);
    report("soak-1", "u1", Verdict.FAILED);

    FleetRun one = shown("soak-1");

    assertThat(one.report()).isPresent();
    assertThat(one.why()).isEqualTo("because of Failed");
    assertThat(one.made().versions()).containsExactly("3.6.16", "3.7.3");
    assertThat(shelf.place("ns/soak-1/run.json").orElseThrow().below()).isEqualTo("run.json");
  }

  @Test
  void aReportOfAnEarlierRunOfThatNameIsNotThisRuns() throws Exception {
    end(run(1, "u2"), Status.Verdict.Passed);
    report("soak-1", "u1", Verdict.FAILED);

    assertThat(shown("soak-1").mark()).isEqualTo(Mark.PASSED);
    assertThat(shown("soak-1").report()).isEmpty();
  }

  @Test
  void ofTwoVerdictsTheWorseCounts() throws Exception {
    end(run(1, "u1"), Status.Verdict.Error);
    report("soak-1", "u1", Verdict.PASSED);
    assertThat(shown("soak-1").mark()).isEqualTo(Mark.ERROR);

    end(run(2, "u2"), Status.Verdict.Passed);
    report("soak-2", "u2", Verdict.FAILED);
    assertThat(shown("soak-2").mark()).isEqualTo(Mark.FAILED);
  }

  @Test
  void aRunThatGoesOnHasNoReportYet() throws Exception {
    run(1, "u1").setStatus(going("60/60", 30_000));
    report("soak-1", "u1", Verdict.PASSED);

    assertThat(shown("soak-1").mark()).isEqualTo(Mark.GOING);
    assertThat(shown("soak-1").report()).isEmpty();
  }

  @Test
  void runsThatAreGoneLeaveTheirLineAndTheirReport() throws Exception {
    test(
        status(
            Status.Verdict.Passed,
            past("soak-1", Status.Verdict.Failed, SEED),
            past("soak-2", Status.Verdict.Passed, 7)));
    report("soak-1", "u1", Verdict.FAILED);
    // Of another seed than the line: the run of an earlier test of that name.
    report("soak-2", "u0", Verdict.PASSED);
    report("soak-9", "u9", Verdict.INCONCLUSIVE);

    assertThat(shown("soak-1").report()).isPresent();
    assertThat(shown("soak-1").made().took()).contains(Duration.ofSeconds(61));
    assertThat(shown("soak-2").report()).isEmpty();
    assertThat(shown("soak-2").mark()).isEqualTo(Mark.PASSED);
    assertThat(shown("soak-9").mark()).isEqualTo(Mark.INCONCLUSIVE);
    FleetTest test = shelf.fleet().test(List.of("ns", "soak")).orElseThrow();
    assertThat(test.runs()).hasSize(3);
    assertThat(test.mark()).as("the status's word").isEqualTo(Mark.PASSED);
    assertThat(test.why()).isEqualTo("the message");
  }

  @Test
  void aTestThatIsDeletedLeavesItsReports() throws Exception {
    report("soak-1", "u1", Verdict.PASSED);
    report("soak-2", "u2", Verdict.FAILED);

    Fleet fleet = shelf.fleet();

    assertThat(fleet.tests()).hasSize(1);
    assertThat(fleet.tests().getFirst().path()).containsExactly("ns", "soak");
    assertThat(fleet.tests().getFirst().mark()).isNotEqualTo(Mark.WAITING);
  }

  @Test
  void aTestWithoutRunsWaits() {
    test(status(null));

    assertThat(shelf.fleet().tests().getFirst().mark()).isEqualTo(Mark.WAITING);
  }

  @Test
  void whatIsNotKnownIsNotThere() {
    assertThat(shelf.run(List.of("ns", "soak-1"))).isEmpty();
    assertThat(shelf.run(List.of("..", ".."))).isEmpty();
    assertThat(shelf.run(List.of("ns"))).isEmpty();
    assertThat(shelf.place("ns/soak-1/run.json")).isEmpty();
    assertThat(shelf.place("")).isEmpty();
    assertThat(shelf.fleet().tests()).isEmpty();
  }
}
