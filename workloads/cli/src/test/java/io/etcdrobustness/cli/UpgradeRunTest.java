package io.etcdrobustness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** {@code robustness run} with {@code spec.upgrade}, on real releases. */
@Tag("etcd")
@Execution(ExecutionMode.CONCURRENT)
class UpgradeRunTest {

  @TempDir private Path directory;

  @Test
  void aRollingUpgradeUnderTheTrafficOfAnApiServerPasses() throws Exception {
    JsonNode run =
        passes("60s", "v3.6.16", "{path: [v3.6.16, v3.7.3], hold: 3s}", "profile: Standard");

    assertThat(run.get("etcd").findValuesAsText("m1")).containsExactly("v3.7.3");
    assertThat(versions(run, "m1")).containsExactly("v3.6.16", "v3.7.3");
    assertThat(run.get("upgrade")).hasSize(5);
  }

  @Test
  void anUpgradeThatIsTakenBackHalfWayPasses() throws Exception {
    JsonNode run =
        passes(
            "60s",
            "v3.6.16",
            "{path: [v3.6.16, v3.7.3], strategy: AbortAndDowngrade, hold: 3s}",
            "profile: Light");

    assertThat(run.get("versions").findValuesAsText("member")).hasSize(7);
    assertThat(run.get("etcd").findValuesAsText("m0")).containsExactly("v3.6.16");
  }

  @Test
  void aClusterThatStaysHalfWayPasses() throws Exception {
    passes(
        "35s",
        "v3.5.33",
        "{path: [v3.5.33, v3.6.16], strategy: Skewed, hold: 5s}",
        "profile: Light");
  }

  @Test
  void theWayBackToThePreviousMinorPasses() throws Exception {
    JsonNode run =
        passes(
            "100s",
            "v3.5.33",
            "{path: [v3.5.33, v3.6.16], downgrade: true, hold: 3s}",
            "profile: Light");

    assertThat(versions(run, "m2")).containsExactly("v3.5.33", "v3.6.16", "v3.5.33");
  }

  /** etcd refuses to start below the cluster's version when nobody has allowed the way back. */
  @Test
  void anUpgradeThatDoesNotComeToItsEndIsNeverPassed() throws Exception {
    Robustness.Ended ended =
        run(
            "40s",
            "v3.7.3",
            "{path: [v3.7.3, v3.6.16], force: true, hold: 0s}",
            "profile: None",
            "");

    assertThat(ended.exitCode()).as("%s", ended).isOne();
    assertThat(ended.out())
        .contains("the upgrade did not come to its end", "change ", " from v3.7.3 to v3.6.16");
  }

  private JsonNode passes(String duration, String version, String upgrade, String faults)
      throws IOException, InterruptedException {
    Robustness.Ended run = run(duration, version, upgrade, faults, "  minFaultsConfirmed: 1\n");
    assertThat(run.exitCode()).as("%s", run).isZero();
    assertThat(new MemberProcesses(directory.resolve("report")).now()).isEmpty();
    JsonNode told = TestFiles.json(Files.readString(directory.resolve("report/run.json")));
    assertThat(told.get("upgrade").findValuesAsText("state")).containsOnly("DONE");
    return told;
  }

  private Robustness.Ended run(
      String duration, String version, String upgrade, String faults, String pass)
      throws IOException, InterruptedException {
    Path file =
        TestFiles.test(
            directory,
            """
            duration: %s
            cluster: {version: %s, options: {snapshotCount: 500}}
            upgrade: %s
            workload: {profile: Kubernetes, clients: 8, rate: 200/s, keys: 24}
            faults: {%s, interval: 8s, duration: 2s}
            knownIssues: [etcd-15247, etcd-20589]
            pass:
              minOperations: 50
            %s
            """
                .formatted(duration, version, upgrade, faults, pass));
    return Robustness.run(
        directory,
        "run",
        file.toString(),
        "--seed",
        "5",
        "--report",
        directory.resolve("report").toString());
  }

  private static List<String> versions(JsonNode run, String member) {
    List<String> versions = new ArrayList<>();
    run.get("versions")
        .forEach(span -> {
          if (span.get("member").asText().equals(member)) {
            versions.add(span.get("version").asText());
          }
        });
    return versions;
  }
}
