package io.etcdrobustness.runs.vm;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Verdict;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.runs.Cancellation;
import io.etcdrobustness.runs.Execution;
import io.etcdrobustness.runs.QuietListener;
import io.etcdrobustness.runs.Run;
import io.etcdrobustness.runs.Specs;
import io.etcdrobustness.runs.binaries.EtcdBinaries;
import io.etcdrobustness.runs.report.Json;
import io.etcdrobustness.runs.report.Report;
import io.etcdrobustness.runs.report.ReportFolder;
import io.etcdrobustness.spec.TestDocument;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs in real machines, looked at closer. */
@Tag("etcd")
@Tag("vm")
class LookTest {

  private static final long SEED = 3;

  /** Of bbolt's first page: {@code 0xED0CDAED}, behind a header of 16 bytes. */
  private static final int BOLT = 0xED0CDAED;

  private static final TestDocument TEST =
      Specs.test(
          """
          duration: 4s
          cluster: {replicas: 3, version: v3.7.3}
          workload: {profile: Mixed, clients: 4, rate: 60/s, keys: 5, requestTimeout: 500ms}
          faults:
            steps:
              - {at: 200ms, type: Kill, target: Leader, duration: 300ms}
              - {at: 2500ms, type: Pause, target: Follower, duration: 900ms}
          pass: {minOperations: 50, minFaultsConfirmed: 2, availableWithin: 10s}
          knownIssues: [etcd-15247, etcd-20589]
          """);

  @TempDir private Path directory;

  @Test
  void systemCallsAreToldAndNothingIsChangedByIt() throws Exception {
    run("alone", machines());
    run("watched", machines().with(looking(Optional.empty(), "m0", "m2")));

    assertThat(execution("watched")).isEqualTo(execution("alone"));
    for (String member : List.of("m0", "m2")) {
      Path log = directory.resolve("watched/members").resolve(member).resolve("strace.log");
      assertThat(Files.readString(log))
          .contains("execve(\"/bin/etcd-v3.7.3\"")
          .containsPattern(
              "fdatasync\\(\\d+</data/%s/etcd/member/wal".formatted(member.substring(1)))
          .containsPattern("connect\\(\\d+<socket>, 10\\.0\\.0\\.2:2380");
    }
    assertThat(directory.resolve("watched/members/m1/strace.log")).doesNotExist();
    assertThat(directory.resolve("watched/members/trace")).doesNotExist();
  }

  @Test
  void aRunThatIsStoppedWasTheSameUpToThereAndLeavesItsMembers() throws Exception {
    History whole = run("whole", machines()).history();
    // While the follower is paused.
    Operation last =
        whole.operations().stream()
            .filter(operation ->
                operation.end() > begun(whole) + 2_700_000_000L
                    && operation.outcome() instanceof Outcome.Ok)
            .findFirst()
            .orElseThrow();
    Report stopped =
        run("stopped", machines().with(looking(Optional.of(Duration.ofNanos(last.end())))));

    assertThat(stopped.assessment().verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(stopped.assessment().findings()).isEmpty();
    assertThat(stopped.assessment().reasons())
        .singleElement()
        .asString()
        .contains("stopped", "nothing is judged");
    assertThat(answeredBy(stopped.history(), last.end()))
        .contains(last)
        .hasSizeGreaterThan(50)
        .isEqualTo(answeredBy(whole, last.end()));
    List<Execution.Checkpoint> checkpoints = execution("stopped").checkpoints();
    assertThat(checkpoints).hasSizeGreaterThan(2);
    assertThat(execution("whole").checkpoints())
        .startsWith(checkpoints.toArray(Execution.Checkpoint[]::new));

    Path members = directory.resolve("stopped/members");
    Stop stop = Stop.read(members).orElseThrow();
    assertThat(stop.at()).isEqualTo(last.end());
    assertThat(stop.members())
        .extracting(Stop.Member::process)
        .containsExactlyInAnyOrder("runs", "runs", "is paused");
    assertThat(stop.members())
        .filteredOn(member -> member.process().equals("runs"))
        .allSatisfy(member -> {
          assertThat(member.note()).isEmpty();
          assertThat(member.answer().orElseThrow().hash()).isPresent();
          assertThat(member.answer().orElseThrow().revision()).isGreaterThan(1);
        });
    for (Stop.Member member : stop.members()) {
      Path data = members.resolve(member.data().orElseThrow().folder()).resolve("member");
      assertThat(magic(data.resolve("snap/db"))).as(member.name()).isEqualTo(BOLT);
      try (var logs = Files.list(data.resolve("wal"))) {
        assertThat(logs.filter(file -> file.toString().endsWith(".wal")))
            .isNotEmpty()
            .allSatisfy(file -> assertThat(Files.size(file)).isGreaterThan(60L << 20));
      }
      assertThat(members.resolve(member.name()).resolve("etcd.log")).isNotEmptyFile();
    }
    assertThat(ProcessHandle.current().descendants().filter(ProcessHandle::isAlive)).isEmpty();
  }

  @Test
  void aBranchIsTheSameUpToItsInstantAndAnotherExecutionFromThenOn() throws Exception {
    History whole = run("whole", machines()).history();
    long at = begun(whole) + 1_500_000_000L;
    Schedule recorded = Json.read(execution("whole").schedule(), Schedule.class);
    run("branch", machines().with(branched(recorded, at, 1)));
    run("again", machines().with(branched(recorded, at, 1)));
    run("another", machines().with(branched(recorded, at, 2)));

    assertThat(execution("again")).isEqualTo(execution("branch"));
    assertThat(execution("another").digest()).isNotEqualTo(execution("branch").digest());
    List<Execution.Checkpoint> before =
        execution("whole").checkpoints().stream().filter(point -> point.nanos() <= at).toList();
    assertThat(before).isNotEmpty();
    for (String branch : List.of("branch", "another")) {
      List<Execution.Checkpoint> points = execution(branch).checkpoints();
      assertThat(points.subList(0, before.size())).as(branch).isEqualTo(before);
      assertThat(points.subList(before.size() + 1, points.size()))
          .as(branch)
          .isNotEmpty()
          .doesNotContainAnyElementsOf(execution("whole").checkpoints());
    }
  }

  @Test
  void membersLogAtTheLevelDebugIfOneWantsThat() throws Exception {
    run(
        "debug",
        machines().with(new Look(Optional.of(Duration.ofSeconds(3)), true, new TreeSet<>())));
    assertThat(Files.readString(directory.resolve("debug/members/m1/etcd.log")))
        .contains("\"level\":\"debug\"");
  }

  private static Look looking(Optional<Duration> until, String... traced) {
    return new Look(until, false, new TreeSet<>(List.of(traced)));
  }

  private static Schedule branched(Schedule recorded, long at, long seed) {
    return recorded.branched(Duration.ofNanos(at), new RandomSource(seed));
  }

  private static long begun(History history) {
    return history.phases().stream()
        .filter(phase -> phase.name() == Phase.Name.TRAFFIC)
        .findFirst()
        .orElseThrow()
        .time();
  }

  private static List<Operation> answeredBy(History history, long instant) {
    return history.operations().stream()
        .filter(operation ->
            operation.end() <= instant && !(operation.outcome() instanceof Outcome.Unknown))
        .toList();
  }

  private static int magic(Path bolt) throws IOException {
    ByteBuffer head = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel in = FileChannel.open(bolt)) {
      in.read(head);
    }
    return head.getInt(16);
  }

  private static VmSubstrate machines() {
    return new VmSubstrate(
        new TreeMap<>(System.getenv()), EtcdBinaries.of(System.getenv(), _ -> {})::get);
  }

  private Report run(String folder, VmSubstrate machines) throws Exception {
    return Run.execute(
        new Run.Setup(TEST, SEED, machines, directory.resolve(folder), "again"),
        new Cancellation(),
        new QuietListener());
  }

  private Execution execution(String folder) throws Exception {
    return ReportFolder.execution(directory.resolve(folder)).orElseThrow();
  }
}
