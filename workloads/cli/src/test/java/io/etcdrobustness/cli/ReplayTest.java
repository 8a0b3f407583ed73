package io.etcdrobustness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.history.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run in a machine, repeated and looked at closer, as users do it. */
class ReplayTest {

  private static final String TEST =
      """
      apiVersion: etcdrobustness.io/v1alpha1
      kind: RobustnessTest
      metadata: {name: look}
      spec:
        duration: 2s
        cluster: {replicas: 1, version: v3.7.3, storage: {type: Memory}}
        workload: {profile: Mixed, clients: 2, rate: 40/s, keys: 3}
        faults: {profile: None}
        pass: {minOperations: 10, minFaultsConfirmed: 0}
      """;

  @TempDir private Path directory;

  @Test
  @Tag("etcd")
  @Tag("vm")
  void aReplayIsStoppedBranchedAndTracedAndSaysWhatIsTheSame() throws Exception {
    Files.writeString(directory.resolve("look.yaml"), TEST);
    Robustness.Ended first =
        robustness("run", "look.yaml", "--on", "vm", "--seed", "4", "--report", "first");
    assertThat(first.exitCode()).as("%s", first).isZero();

    Robustness.Ended traced = robustness("replay", "first", "--strace", "m0", "--report", "traced");
    assertThat(traced.exitCode()).as("%s", traced).isZero();
    assertThat(traced.out()).contains("replay: the same execution, to the bit");
    assertThat(directory.resolve("traced/members/m0/strace.log")).isNotEmptyFile();

    String operation =
        Recorded.in(directory.resolve("first")).history().operations().stream()
            .filter(each -> each.outcome() instanceof Outcome.Ok)
            .skip(10)
            .map(each -> Long.toString(each.id()))
            .findFirst()
            .orElseThrow();
    Robustness.Ended stopped =
        robustness("replay", "first", "--until", operation, "--report", "stopped");
    assertThat(stopped.exitCode()).as("%s", stopped).isEqualTo(2);
    assertThat(stopped.out())
        .contains("there is no verdict, for nothing was judged")
        .containsPattern("m0 +runs +3.7.3 +yes")
        .contains("replay: the same execution up to")
        .contains("nothing was observed to differ")
        .contains("again:   robustness replay first --until %s --on vm".formatted(operation))
        .doesNotContain("Passed");
    assertThat(directory.resolve("stopped/members/m0/data/member/snap/db")).isNotEmptyFile();

    Robustness.Ended branch =
        robustness(
            "replay",
            "first",
            "--branch-at",
            "1.5s",
            "--seed",
            "9",
            "--json",
            "--report",
            "branch");
    assertThat(branch.exitCode()).as("%s", branch).isZero();
    assertThat(branch.out())
        .contains("\"sameExecution\" : \"true\"")
        .contains("the same execution up to 1.500000 s");

    Robustness.Ended again = robustness("replay", "branch", "--report", "again");
    assertThat(again.out()).contains("replay: the same execution, to the bit");
  }

  @Test
  void whatCannotBeLookedAtIsRefusedBeforeAnythingStarts() throws Exception {
    report("processes", "");
    assertThat(refused("--until", "2s"))
        .contains("only runs in a machine can be looked at closer", "processes", "--on vm");
    assertThat(refused("--seed", "7")).contains("--branch-at");
    assertThat(refused("--with-logs", "loud")).contains("loud");

    report(
        "vm",
        """
        {"parts": {}, "schedule": "{}", "arguments": "", "digest": "", "turns": 0, "checkpoints": []}
        """);
    assertThat(refused("--strace", "m3")).contains("--strace m3", "m0 to m2");
    assertThat(refused("--strace", "m1", "--on", "processes"))
        .contains("--on processes", "only runs in a machine");
    assertThat(refused("--until", "2s")).contains("the record of");
  }

  private void report(String substrate, String execution) throws IOException {
    Path report = Files.createDirectories(directory.resolve("report"));
    Files.writeString(
        report.resolve("run.json"),
        """
        {"format": 1, "name": "t", "verdict": "Passed", "reasons": [], "seed": 1, "substrate": "%s",
         "spec": {"cluster": {"replicas": 3, "version": "v3.7.3"}}}
        """
            .formatted(substrate));
    if (!execution.isEmpty()) {
      Files.writeString(report.resolve("execution.json"), execution);
    }
  }

  private String refused(String... options) {
    String[] arguments = new String[options.length + 2];
    arguments[0] = "replay";
    arguments[1] = directory.resolve("report").toString();
    System.arraycopy(options, 0, arguments, 2, options.length);
    Robustness.Ended ended = InProcess.robustness(arguments);
    assertThat(ended.exitCode()).as("%s", ended).isEqualTo(64);
    return ended.err();
  }

  private Robustness.Ended robustness(String... arguments)
      throws IOException, InterruptedException {
    return Robustness.run(directory, arguments);
  }
}
