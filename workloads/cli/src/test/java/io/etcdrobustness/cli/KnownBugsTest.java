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

/** Releases with known bugs are found out. */
@Tag("etcd")
class KnownBugsTest {

  @TempDir private Path directory;

  /** etcd #15220: progress notifications overtake events, fixed in 3.5.8. */
  @Test
  void aBookmarkThatOvertakesEventsIsFoundInRelease357() throws IOException, InterruptedException {
    assertThat(
            violatedIn(
                """
                duration: 15s
                cluster: {version: v3.5.7}
                workload: {profile: Watch, clients: 12, rate: 500/s}
                faults: {profile: None}
                """))
        .contains("WatchBookmarkable");
  }

  @Test
  void membersThatPartAreFoundInRelease3616() throws IOException, InterruptedException {
    assertThat(
            violatedIn(
                """
                duration: 20s
                cluster: {version: v3.6.16}
                workload: {profile: Mixed}
                """))
        .containsAnyOf("MembersAgree", "Linearizable");
  }

  private List<String> violatedIn(String spec) throws IOException, InterruptedException {
    Path file = TestFiles.test(directory, spec);
    Path report = directory.resolve("report");

    Robustness.Ended run =
        Robustness.run(
            directory, "run", file.toString(), "--seed", "1", "--report", report.toString());

    assertThat(run.exitCode()).as("%s", run).isEqualTo(1);
    assertThat(run.out()).contains("Failed: ");
    assertThat(new MemberProcesses(report).now()).isEmpty();
    List<String> violated = new ArrayList<>();
    for (JsonNode finding : TestFiles.json(Files.readString(report.resolve("properties.json")))) {
      if (finding.get("status").asText().equals("VIOLATED")) {
        violated.add(finding.get("property").asText());
      }
    }
    return violated;
  }
}
