package io.etcdrobustness.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.file.Loaded;
import io.etcdrobustness.history.segment.SegmentFollower;
import io.etcdrobustness.history.segment.SegmentReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However a run ends, no process is left, and its report is honest. */
@Tag("etcd")
class NothingLeftBehindTest {

  /** A member sleeps from the first second on, for longer than any of these tests takes. */
  private static final String ASLEEP =
      """
      duration: 10m
      cluster: {version: v3.7.3}
      workload: {clients: 6, rate: 200/s}
      faults: {steps: [{at: 1s, type: Pause, target: Follower, duration: 9m}]}
      pass: {minOperations: 10}
      """;

  private static final String CUT_OFF =
      """
      duration: 10m
      cluster: {version: v3.7.3}
      workload: {clients: 6, rate: 200/s}
      faults: {steps: [{at: 1s, type: Partition, shape: Leader, target: Leader, duration: 9m}]}
      pass: {minOperations: 10}
      """;

  @TempDir private Path directory;
  private Path report = Path.of("");
  private MemberProcesses members = new MemberProcesses(report);

  @BeforeEach
  void aReport() {
    report = directory.resolve("report");
    members = new MemberProcesses(report);
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    members.awaitNone();
  }

  private Robustness start(String spec) throws IOException {
    return Robustness.start(
        directory,
        "run",
        TestFiles.test(directory, spec).toString(),
        "--seed",
        "1",
        "--report",
        report.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM"})
  void aSignalEndsTheRunInOrder(String signal) throws IOException, InterruptedException {
    Robustness.Ended ended;
    try (Robustness run = start(ASLEEP)) {
      members.awaitStopped();
      run.signal(signal);
      ended = run.end();
    }

    assertThat(ended.exitCode()).as("%s", ended).isEqualTo(2);
    assertThat(members.now()).isEmpty();
    assertThat(ended.out())
        .contains("SIG" + signal + ": healing")
        .contains("Inconclusive: ")
        .contains("it ended early: SIG" + signal);
    JsonNode told = TestFiles.runJson(report);
    assertThat(told.get("verdict").asText()).isEqualTo("Inconclusive");
    assertThat(told.get("reasons").toString()).contains("it ended early: SIG" + signal);
    JsonNode fault = TestFiles.json(Files.readString(report.resolve("faults.jsonl")));
    assertThat(fault.get("kind").asText()).isEqualTo("Pause");
    assertThat(fault.get("result").asText()).isEqualTo("CONFIRMED");
    assertThat(fault.get("end").asLong()).isLessThan(9 * 60_000_000_000L);
    Loaded record = SegmentReader.read(report.resolve("history"));
    assertThat(record.notes()).isEmpty();
    assertThat(record.history().memberEvents())
        .extracting(MemberEvent::kind)
        .contains(MemberEvent.Kind.RESUMED);
    assertThat(record.history().phases())
        .extracting(Phase::name)
        .contains(Phase.Name.HEALED, Phase.Name.END);
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM"})
  void aSignalWhileTheClusterStartsEndsItAtOnce(String signal)
      throws IOException, InterruptedException {
    Path neverServes =
        Files.writeString(
            directory.resolve("etcd"),
            """
            #!/bin/sh
            test "$1" = --version && echo "etcd Version: 3.7.3" && exit
            while :; do sleep 0.1; done
            """);
    Files.setPosixFilePermissions(neverServes, PosixFilePermissions.fromString("rwxr-xr-x"));
    Robustness.Ended ended;
    try (Robustness run =
        Robustness.start(
            directory,
            "run",
            TestFiles.test(directory, ASLEEP).toString(),
            "--etcd",
            neverServes.toString(),
            "--report",
            report.toString())) {
      members.awaitSome();
      run.signal(signal);
      ended = run.end();
    }

    // Waiting until it serves would have ended after a minute, as an Error.
    assertThat(ended.exitCode()).as("%s", ended).isEqualTo(2);
    assertThat(members.now()).isEmpty();
    assertThat(ended.out())
        .contains("it ended early: SIG" + signal)
        .doesNotContain("members of etcd");
    assertThat(TestFiles.runJson(report).get("verdict").asText()).isEqualTo("Inconclusive");
  }

  @Test
  void aSecondSignalEndsItAtOnce() throws IOException, InterruptedException {
    Robustness.Ended ended;
    try (Robustness run = start(CUT_OFF)) {
      run.awaitLine("fault: Partition");
      run.signal("INT");
      run.awaitLine("SIGINT: healing");
      run.signal("INT");
      ended = run.end();
    }

    assertThat(ended.exitCode()).isEqualTo(3);
    assertThat(TestFiles.runJson(report).get("verdict").asText()).isEqualTo("Error");
  }

  @Test
  void aRunnerThatIsKilledWhileAMemberIsStoppedLeavesNoProcess()
      throws IOException, InterruptedException {
    try (Robustness run = start(ASLEEP)) {
      run.awaitLine("fault: Pause");
      members.awaitStopped();
      awaitRecorded(20);
      run.signal("KILL");
      run.end();
    }
    members.awaitNone();

    isHonestAndReadable();
  }

  @Test
  void aRunnerThatIsKilledUnderAPartitionLeavesNoProcess()
      throws IOException, InterruptedException {
    try (Robustness run = start(CUT_OFF)) {
      run.awaitLine("fault: Partition");
      awaitRecorded(20);
      run.signal("KILL");
      run.end();
    }
    members.awaitNone();

    isHonestAndReadable();
  }

  /** Waits until so many operations are in the record: a busy machine begins slowly. */
  private void awaitRecorded(int operations) throws IOException {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    List<Entry> recorded = new ArrayList<>();
    try (SegmentFollower record = new SegmentFollower(report.resolve("history"))) {
      while (recorded.size() < operations) {
        assertThat(System.nanoTime())
            .as("%d operations recorded after a minute", recorded.size())
            .isLessThan(deadline);
        LockSupport.parkNanos(20_000_000);
        record.poll(entry -> {
          if (entry instanceof Operation) {
            recorded.add(entry);
          }
        });
      }
    }
  }

  /** What was under way is not in the record: that must not be held against etcd. */
  private void isHonestAndReadable() throws IOException, InterruptedException {
    JsonNode told = TestFiles.runJson(report);
    assertThat(told.get("verdict").asText()).isEqualTo("Error");
    assertThat(told.get("reasons").toString()).contains("the run did not come to its end");

    Robustness.Ended check = Robustness.run(directory, "check", report.toString());
    assertThat(check.exitCode()).as("%s", check).isEqualTo(2);
    assertThat(check.out())
        .contains("note: 000001.seg truncated: ")
        .containsPattern("Inconclusive: \\d{2,} operations judged")
        .contains("the record has no end");
  }

  @Test
  void anEtcdThatDoesNotStartIsAnErrorWithTheEndOfItsLog()
      throws IOException, InterruptedException {
    Robustness.Ended ended;
    try (Robustness run =
        start(
            """
            duration: 20s
            cluster: {version: v3.7.3, extraArgs: [--no-such-flag=1]}
            """)) {
      ended = run.end();
    }

    assertThat(ended.exitCode()).as("%s", ended).isEqualTo(3);
    assertThat(members.now()).isEmpty();
    assertThat(ended.out())
        .contains("m0 has ended before it served; the end of its log " + report)
        .contains("no-such-flag")
        .contains("Error: ");
    JsonNode told = TestFiles.runJson(report);
    assertThat(told.get("verdict").asText()).isEqualTo("Error");
    assertThat(told.get("reasons").toString()).contains("no-such-flag");
    assertThat(report.resolve("index.html")).content().contains("no-such-flag");
  }

  @Test
  void aFolderThatCannotBeWrittenIsAnError() throws IOException, InterruptedException {
    Path file = Files.writeString(directory.resolve("file"), "no folder");
    Robustness.Ended ended =
        Robustness.run(
            directory,
            "run",
            TestFiles.test(directory, "duration: 20s").toString(),
            "--report",
            file.resolve("report").toString());

    assertThat(ended.exitCode()).as("%s", ended).isEqualTo(3);
    assertThat(ended.err())
        .contains("the report cannot be written to " + file.resolve("report"))
        .contains("name another folder with --report");
  }

  @Test
  void aFullDiskEndsTheRunAsAnError() throws IOException, InterruptedException {
    endsAsAnErrorOnAFullDisk(
        """
        duration: 10m
        cluster: {version: v3.7.3, replicas: 1}
        workload: {clients: 4, rate: 200/s}
        faults: {profile: None}
        """,
        "ops/s");
  }

  /** The windows that were judged have all passed. */
  @Test
  void aFullDiskEndsARunOfWindowsAsAnError() throws IOException, InterruptedException {
    endsAsAnErrorOnAFullDisk(
        """
        mode: Continuous
        duration: 10m
        window: 2s
        cluster: {version: v3.7.3, replicas: 1}
        workload: {clients: 4, rate: 200/s}
        faults: {profile: None}
        """,
        "window 1: Passed");
  }

  private void endsAsAnErrorOnAFullDisk(String spec, String fullAfter)
      throws IOException, InterruptedException {
    Path disk = Files.createDirectory(directory.resolve("disk"));
    assumeTrue(mount(disk), "only root may mount a small disk to fill");
    try {
      report = disk.resolve("report");
      members = new MemberProcesses(report);
      Robustness.Ended ended;
      try (Robustness run = start(spec)) {
        run.awaitLine(fullAfter);
        fill(disk.resolve("filler"));
        ended = run.end();
      }

      assertThat(ended.exitCode()).as("%s", ended).isEqualTo(3);
      assertThat(members.now()).isEmpty();
      assertThat(ended.out() + ended.err())
          .contains("No space left on device")
          .contains("free some space")
          .contains("--report")
          .doesNotContain("please report it");
      assertThat(TestFiles.runJson(report).get("verdict").asText()).isEqualTo("Error");
    } finally {
      members.awaitNone();
      run("umount", disk.toString());
    }
  }

  /** One member takes twice 64 MB for its log from the beginning. */
  private static boolean mount(Path disk) throws IOException, InterruptedException {
    return run("mount", "-t", "tmpfs", "-o", "size=200m", "tmpfs", disk.toString()) == 0;
  }

  private static int run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  private static void fill(Path file) throws IOException {
    byte[] zeros = new byte[4096];
    try (OutputStream out = Files.newOutputStream(file)) {
      while (true) {
        out.write(zeros);
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("No space left");
    }
  }
}
