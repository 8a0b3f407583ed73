package io.etcdrobustness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** {@code robustness run} of a continuous test: windows that are judged while it goes on. */
@Tag("etcd")
@Execution(ExecutionMode.CONCURRENT)
class ContinuousRunTest {

  private static final String SOUND =
      """
      mode: Continuous
      duration: 24s
      window: 3s
      cluster: {version: v3.7.3}
      workload: {clients: 8, rate: 150/s}
      faults: {interval: 2s, duration: 1s}
      pass: {minOperations: 100, minFaultsConfirmed: 2}
      """;

  private static final String LOCKS =
      """
      mode: Continuous
      duration: 5m
      window: 3s
      cluster: {version: v3.7.3}
      workload: {profile: Lock, clients: 8, rate: 200/s, keys: 4}
      faults: {profile: None}
      pass: {minOperations: 50}
      """;

  /**
   * A follower is down for most of the first window, and comes back by its own log: a snapshot from
   * the leader would mend it. Its database has some values by then.
   */
  private static final String DOWN =
      """
      mode: Continuous
      duration: 5m
      window: 12s
      onViolation: %s
      cluster: {version: v3.7.3, options: {snapshotCount: 100000, snapshotCatchUpEntries: 100000}}
      workload: {clients: 8, rate: 150/s, keys: 600}
      faults: {steps: [{at: 3s, type: Kill, target: Follower, duration: 8s}]}
      pass: {minOperations: 100}
      """;

  private static final Pattern TRAFFIC = Pattern.compile("\"traffic\":(\\d+)");
  private static final Pattern VALUE = Pattern.compile("c[0-9]{1,2}-[0-9]{1,4}");

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

  private Robustness start(String spec, String... more) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "run", TestFiles.test(directory, spec).toString(), "--report", report.toString()));
    arguments.addAll(List.of(more));
    return Robustness.start(directory, arguments.toArray(String[]::new));
  }

  private JsonNode windows() throws IOException {
    return TestFiles.runJson(report).get("windows");
  }

  private List<String> folders() throws IOException {
    try (var folders = Files.list(report.resolve("windows"))) {
      return folders.map(folder -> folder.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aSoundEtcdPassesInEveryWindowAndARunWhoseRunnerWasKilledIsGoneOnWith()
      throws IOException, InterruptedException {
    Robustness.Ended killed;
    try (Robustness run = start(SOUND, "--seed", "5")) {
      run.awaitLine("window 2: Passed");
      run.signal("KILL");
      killed = run.end();
    }
    members.awaitNone();
    assertThat(killed.out())
        .contains("3 members of etcd v3.7.3 serve; seed 5; windows of 3s")
        .containsPattern("window 1: Passed, \\d+ operations");
    assertThat(TestFiles.runJson(report).get("verdict").asText()).isEqualTo("Error");
    int judgedBefore = windows().get("judged").asInt();

    Robustness.Ended ended;
    try (Robustness run = start(SOUND, "--resume")) {
      ended = run.end();
    }

    assertThat(ended.exitCode()).as("%s", ended).isZero();
    assertThat(ended.out())
        .containsPattern("going on with window \\d; [2-4] windows were judged before")
        .containsPattern(
            "window \\d was not judged: \\d+\\.\\d s, \\d+ operations; its runner was lost")
        .containsPattern("Passed: \\d+ of \\d+ properties held over [3-8] windows");
    JsonNode windows = windows();
    assertThat(windows.get("resumed").asInt()).isEqualTo(1);
    assertThat(windows.get("notJudged")).hasSize(1);
    assertThat(windows.get("judged").asInt()).isGreaterThan(judgedBefore);
    assertThat(windows.get("passed").asInt()).isEqualTo(windows.get("judged").asInt());
    assertThat(windows.get("table").get("last"))
        .allSatisfy(row -> assertThat(row.get("settled").asBoolean()).as("%s", row).isTrue());
    assertThat(TestFiles.runJson(report).get("seed").asLong()).isEqualTo(5);
    assertThat(windows.get("kept").get("latest")).hasSize(3);
    List<String> kept = new ArrayList<>();
    windows.get("kept").get("latest").forEach(window -> kept.add("%06d".formatted(window.asInt())));
    assertThat(folders())
        .as("the last three, and what was recorded of the one that was under way")
        .hasSizeBetween(3, 4)
        .containsAll(kept);
    for (String folder : kept) {
      Robustness.Ended check =
          InProcess.robustness("check", report.resolve("windows").resolve(folder).toString());
      assertThat(check.exitCode()).as("%s", check).isZero();
    }
    Robustness.Ended check = InProcess.robustness("check", report.toString());
    assertThat(check.exitCode()).as("%s", check).isZero();
    assertThat(Files.size(report.resolve("run.json"))).isLessThan(100_000);
    assertThat(report.resolve("index.html")).content().contains("\"windows\":{\"judged\":");
  }

  @Test
  void aMemberThatComesBackWithOtherDataIsFoundWithinTwoWindows()
      throws IOException, InterruptedException {
    Robustness.Ended ended;
    try (Robustness run = start(DOWN.formatted("Stop"), "--seed", "5")) {
      damageWhoIsDown(run);
      ended = run.end();
    }

    assertThat(ended.exitCode()).as("%s", ended).isEqualTo(1);
    assertThat(ended.out())
        .contains("a property is violated: the run comes to its end")
        .containsPattern("MembersAgree is violated \\(\\d+\\): in window [12]: ");
    assertThat(windows().get("firstFailed").asInt()).isBetween(1, 2);
    assertThat(windows().get("judged").asInt()).isLessThan(5);
    String folder = "%06d".formatted(windows().get("firstFailed").asInt());
    Robustness.Ended check =
        InProcess.robustness("check", report.resolve("windows").resolve(folder).toString());
    assertThat(check.exitCode()).as("%s", check).isEqualTo(1);
    assertThat(check.out()).contains("MembersAgree");
    assertThat(report.resolve("index.html"))
        .content()
        .containsPattern("\"violations\":\\[\\{\"property\":");
    Robustness.Ended explained = InProcess.robustness("explain", report.toString());
    assertThat(explained.out()).contains("MembersAgree: ");
  }

  @Test
  void aClusterThatIsToBeKeptIsThereUntilTheRunIsEnded() throws IOException, InterruptedException {
    Robustness.Ended ended;
    try (Robustness run = start(DOWN.formatted("KeepCluster"), "--seed", "5")) {
      damageWhoIsDown(run);
      run.awaitLine("the members go on without traffic and faults");
      assertThat(run.awaitLine("m2: ")).contains("127.0.0.1:").contains("data in ");
      assertThat(members.now()).isNotEmpty();
      assertThat(TestFiles.runJson(report).get("verdict").asText()).isEqualTo("Failed");
      assertThat(report.resolve("index.html"))
          .as("the page, while somebody looks at the cluster")
          .content()
          .containsPattern("\"violations\":\\[\\{\"property\":");
      run.signal("INT");
      ended = run.end();
    }

    assertThat(ended.exitCode()).as("%s", ended).isEqualTo(1);
  }

  @Test
  void aSignalEndsTheRunWithTheVerdictOfWhatWasJudged() throws IOException, InterruptedException {
    Robustness.Ended ended;
    try (Robustness run = start(LOCKS)) {
      run.awaitLine("window 1: Passed");
      run.signal("INT");
      ended = run.end();
    }

    assertThat(ended.exitCode()).as("%s", ended).isZero();
    assertThat(windows().get("judged").asInt()).isGreaterThanOrEqualTo(2);
    assertThat(ended.out())
        .as("locks that were held across the edge, too")
        .containsPattern("LockMutualExclusion +always +holds +\\d+ +in window [2-9]: [1-9]");
    Matcher traffic = TRAFFIC.matcher(Files.readString(report.resolve("index.html")));
    assertThat(traffic.find()).isTrue();
    assertThat(Duration.ofNanos(Long.parseLong(traffic.group(1))))
        .as("the page tells of the traffic that there was")
        .isBetween(Duration.ofSeconds(4), Duration.ofSeconds(40));
  }

  /** Flips a letter of every value in the database of the member that is down. */
  private void damageWhoIsDown(Robustness run) throws IOException, InterruptedException {
    Matcher down = Pattern.compile("fault: Kill (m[0-2])").matcher(run.awaitLine("fault: Kill m"));
    assertThat(down.find()).isTrue();
    Path database = report.resolve("members/%s/data/member/snap/db".formatted(down.group(1)));
    byte[] bytes = Files.readAllBytes(database);
    Matcher values = VALUE.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
    int flipped = 0;
    while (values.find()) {
      bytes[values.start()] = 'C';
      flipped++;
    }
    assertThat(flipped).isPositive();
    Files.write(database, bytes);
  }
}
