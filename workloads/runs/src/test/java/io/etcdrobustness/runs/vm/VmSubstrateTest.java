package io.etcdrobustness.runs.vm;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Finding.Status;
import io.etcdrobustness.checker.Verdict;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.runs.Cancellation;
import io.etcdrobustness.runs.Execution;
import io.etcdrobustness.runs.QuietListener;
import io.etcdrobustness.runs.Run;
import io.etcdrobustness.runs.Specs;
import io.etcdrobustness.runs.binaries.EtcdBinaries;
import io.etcdrobustness.runs.report.Report;
import io.etcdrobustness.runs.report.ReportFolder;
import io.etcdrobustness.spec.TestDocument;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real etcds in real machines. */
@Tag("etcd")
@Tag("vm")
class VmSubstrateTest {

  private static final TestDocument FAULTS =
      Specs.test(
          """
          duration: 6s
          cluster: {replicas: 3, version: v3.7.3, storage: {type: Memory}}
          workload: {profile: Mixed, clients: 4, rate: 60/s, keys: 5, requestTimeout: 500ms}
          faults:
            steps:
              - {at: 200ms, type: Kill, target: Leader, duration: 300ms}
              - {at: 1700ms, type: Pause, target: Follower, duration: 400ms}
              - {at: 2300ms, type: Partition, shape: Leader, target: Leader, duration: 500ms, direction: From}
              - {at: 4500ms, type: Delay, target: One, duration: 600ms, latency: 30ms, jitter: 5ms}
              - {at: 5300ms, type: ClientPartition, target: One, duration: 500ms}
          pass: {minOperations: 50, minFaultsConfirmed: 5, availableWithin: 10s}
          knownIssues: [etcd-15247, etcd-20589]
          """);

  @TempDir private Path directory;

  @Test
  void aSeedIsOneExecutionAndAnotherSeedIsAnother() throws Exception {
    Set<String> digests = new HashSet<>();
    for (long seed = 1; seed <= 2; seed++) {
      Report first = run(seed, "first-" + seed);
      run(seed, "and-in-a-folder-of-quite-another-name-" + seed);
      Execution one = execution("first-" + seed);
      Execution other = execution("and-in-a-folder-of-quite-another-name-" + seed);

      assertThat(other).as("seed %d", seed).isEqualTo(one);
      assertThat(one.checkpoints()).hasSizeGreaterThan(5);
      assertThat(digests.add(one.digest())).as("seed %d is an execution of its own", seed).isTrue();
      assertThat(first.assessment().verdict())
          .as("seed %d: %s", seed, first.assessment().reasons())
          .isEqualTo(Verdict.PASSED);
      assertThat(first.history().faults())
          .as("seed %d", seed)
          .hasSize(5)
          .allMatch(fault -> fault.result() == FaultWindow.Result.CONFIRMED, "confirmed");
      assertThat(first.history().operations()).hasSizeGreaterThan(100);
      assertThat(first.logs().values())
          .allSatisfy(log -> assertThat(Files.readString(log)).contains("ready to serve"));
    }
  }

  /** etcd #14370: a lone member answered before its log was safe, up to 3.5.4. */
  @ParameterizedTest
  @CsvSource({"v3.5.4, VIOLATED", "v3.5.33, HOLDS"})
  void aLossOfPowerInTheMomentOfAPromiseTellsWhetherItWasSafe(String version, Status expected)
      throws Exception {
    TestDocument test =
        Specs.test(
            """
            duration: 5s
            cluster:
              replicas: 1
              version: %s
              storage: {type: EmptyDir}
              options: {heartbeatInterval: 20ms, electionTimeout: 200ms}
            workload: {profile: Append, clients: 10, rate: 500/s, keys: 5}
            faults:
              steps:
                - {at: 500ms, type: PowerLoss, target: One, duration: 50ms}
                - {at: 1500ms, type: PowerLoss, target: One, duration: 50ms}
                - {at: 2500ms, type: PowerLoss, target: One, duration: 50ms}
                - {at: 3500ms, type: PowerLoss, target: One, duration: 50ms}
            pass: {minOperations: 50, minFaultsConfirmed: 4, availableWithin: 10s}
            """
                .formatted(version));
    Schedule slowDisks = new Schedule(1, 20_000, 5, 2, true, 5);

    Report report = run(test, 1, substrate().with(slowDisks), "report");

    assertThat(report.history().faults())
        .hasSize(4)
        .allMatch(fault -> fault.result() == FaultWindow.Result.CONFIRMED, "confirmed");
    assertThat(report.assessment().findings())
        .filteredOn(finding -> finding.property().equals("AcknowledgedWriteSurvives"))
        .singleElement()
        .extracting(Finding::status)
        .isEqualTo(expected);
  }

  @Test
  void nothingIsLeftOfAMachineButItsReport() throws Exception {
    run(7, "report");
    assertThat(ProcessHandle.current().descendants().filter(ProcessHandle::isAlive)).isEmpty();
    try (var files = Files.list(directory.resolve("report/members"))) {
      assertThat(files.map(file -> file.getFileName().toString()).sorted())
          .containsExactly("console.log", "m0", "m1", "m2");
    }
  }

  @Test
  void withoutItsPartsItSaysHowToGetThem() throws Exception {
    Report report =
        Run.execute(
            new Run.Setup(
                FAULTS,
                1,
                new VmSubstrate(
                    Map.of("ROBUSTNESS_VM", directory.resolve("nowhere").toString()),
                    EtcdBinaries.of(System.getenv(), _ -> {})::get),
                directory.resolve("report"),
                "again"),
            new Cancellation(),
            new QuietListener());
    assertThat(report.assessment().verdict()).isEqualTo(Verdict.ERROR);
    assertThat(report.assessment().reasons())
        .singleElement()
        .asString()
        .contains("there is no", "nowhere/linux", "hack/vm/build");
  }

  private Report run(long seed, String folder) throws Exception {
    return run(FAULTS, seed, substrate(), folder);
  }

  private static VmSubstrate substrate() {
    return new VmSubstrate(
        new TreeMap<>(System.getenv()), EtcdBinaries.of(System.getenv(), _ -> {})::get);
  }

  private Report run(TestDocument test, long seed, VmSubstrate machines, String folder)
      throws Exception {
    return Run.execute(
        new Run.Setup(test, seed, machines, directory.resolve(folder), "again"),
        new Cancellation(),
        new QuietListener());
  }

  private Execution execution(String folder) throws Exception {
    return ReportFolder.execution(directory.resolve(folder)).orElseThrow();
  }
}
