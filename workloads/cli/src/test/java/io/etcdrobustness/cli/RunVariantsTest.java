package io.etcdrobustness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code robustness run} on other clusters than three members in plain text. */
@Tag("etcd")
class RunVariantsTest {

  @TempDir private Path directory;

  @Test
  void aSingleMemberIsRunAndToldAsOneObject() throws IOException, InterruptedException {
    JsonNode told =
        passes(
            """
            duration: 8s
            cluster: {replicas: 1, version: v3.7.3}
            workload: {clients: 4, rate: 100/s}
            faults: {steps: [{at: 3s, type: Kill, target: All, duration: 1s}]}
            pass: {minOperations: 20, minFaultsConfirmed: 1, requireSometimes: [MemberRestarted]}
            """);
    assertThat(told.get("operations").asInt()).isGreaterThan(20);
    assertThat(told.get("checkMillis").asLong()).isPositive();
    assertThat(told.get("seed").asLong()).isEqualTo(3);
    assertThat(told.get("report").asText()).isEqualTo(directory.resolve("report").toString());
    assertThat(told.get("reasons")).isEmpty();
  }

  @Test
  void clientsSpeakTls() throws IOException, InterruptedException {
    passes(
        """
        duration: 8s
        cluster: {version: v3.7.3, tls: {client: Auto}}
        workload: {clients: 6, rate: 100/s}
        faults: {steps: [{at: 3s, type: ClientPartition, target: Leader, duration: 1500ms}]}
        pass: {minOperations: 20, minFaultsConfirmed: 1}
        """);
  }

  private JsonNode passes(String spec) throws IOException, InterruptedException {
    Path file = TestFiles.test(directory, spec);
    Path report = directory.resolve("report");

    Robustness.Ended run =
        Robustness.run(
            directory,
            "run",
            file.toString(),
            "--json",
            "--seed",
            "3",
            "--report",
            report.toString());

    assertThat(run.exitCode()).as("%s", run).isZero();
    assertThat(run.err()).contains("serve; seed 3");
    assertThat(new MemberProcesses(report).now()).isEmpty();
    JsonNode told = TestFiles.json(run.out());
    assertThat(told.get("verdict").asText()).isEqualTo("Passed");
    assertThat(told.get("properties").findValuesAsText("name")).contains("Linearizable");
    return told;
  }
}
