package io.etcdrobustness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Catalogue;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.spec.FaultsSpec.FaultType;
import io.etcdrobustness.spec.WorkloadSpec.Profile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is typed wrong is refused with a sentence; what is asked is answered. */
class UsageTest {

  @TempDir private Path directory;

  private static Robustness.Ended refused(String... arguments) {
    Robustness.Ended ended = InProcess.robustness(arguments);
    assertThat(ended.exitCode()).as("%s", ended).isEqualTo(64);
    assertThat(ended.out()).isEmpty();
    return ended;
  }

  private static String answer(String... arguments) {
    Robustness.Ended ended = InProcess.robustness(arguments);
    assertThat(ended.exitCode()).as("%s", ended).isZero();
    assertThat(ended.err()).isEmpty();
    return ended.out();
  }

  @Test
  void theProcessTellsOnStandardErrorAndByItsExitCode() throws IOException, InterruptedException {
    Robustness.Ended ended = Robustness.run(directory, "rum");

    assertThat(ended.exitCode()).isEqualTo(64);
    assertThat(ended.out()).isEmpty();
    assertThat(ended.err())
        .contains("robustness: ")
        .contains("rum")
        .contains("see: robustness --help");
  }

  @Test
  void anUnknownSubcommandAndNoneAreRefused() {
    assertThat(refused("rum").err()).contains("rum").contains("see: robustness --help");
    assertThat(refused().err()).contains("a subcommand is missing");
    assertThat(refused("run").err()).contains("FILE");
    assertThat(refused("run", "x.yaml", "--no-such-option").err()).contains("--no-such-option");
    assertThat(refused("plan", "x.yaml", "--seed", "many").err()).contains("many");
  }

  @Test
  void aGroupOfSubcommandsAloneIsRefused() {
    assertThat(refused("etcd").err())
        .contains("subcommand")
        .contains("see: robustness etcd --help");
    assertThat(refused("report").err())
        .contains("subcommand")
        .contains("see: robustness report --help");
  }

  @Test
  void aMissingFileIsNamed() {
    String missing = directory.resolve("missing.yaml").toString();
    assertThat(refused("run", missing).err()).contains(missing).contains("name the YAML file");
    assertThat(refused("plan", missing, "--seed", "1").err()).contains(missing);
    assertThat(refused("check", missing).err()).contains(missing);
    assertThat(refused("replay", missing).err()).contains(missing);
    assertThat(refused("explain", missing).err())
        .contains(missing)
        .contains("`robustness properties` lists them");
  }

  @Test
  void everyMistakeOfASpecIsToldWithItsLine() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("wrong.yaml"),
            """
            apiVersion: etcdrobustness.io/v1alpha1
            kind: RobustnessTest
            metadata:
              name: wrong
            spec:
              duration: 8 parsecs
              cluster:
                replicas: 4
              workload:
                profil: Mixed
            """);

    String err = refused("run", file.toString()).err();

    assertThat(err).contains(file + ":6").contains("8 parsecs");
    assertThat(err).contains(file + ":8").contains("replicas");
    assertThat(err).contains(file + ":10").contains("profil").contains("profile");
  }

  @Test
  void anImageIsRefusedWhereOnlyBinariesRun() throws IOException {
    String file = TestFiles.test(directory, "cluster: {image: \"etcd:mine\"}").toString();
    assertThat(refused("run", file).err()).contains("spec.cluster.image", "binaries, not images");
    assertThat(refused("hunt", file).err()).contains("spec.cluster.image", "binaries, not images");
  }

  @Test
  void anUnknownSubstrateOrEtcdIsRefusedBeforeAnythingIsWritten() throws IOException {
    String file = TestFiles.test(directory, "duration: 20s").toString();
    Path report = directory.resolve("report");

    assertThat(refused("run", file, "--on", "moon", "--report", report.toString()).err())
        .contains("--on moon")
        .contains("processes and vm");
    assertThat(refused("run", file, "--etcd", "newest", "--report", report.toString()).err())
        .contains("--etcd newest")
        .contains("there is no such program");
    assertThat(report).doesNotExist();
  }

  @Test
  void anUpgradeRunsTheReleasesOfItsPathAndNoOther() throws IOException {
    String file =
        TestFiles.test(
                directory,
                """
                cluster: {version: v3.6.16}
                upgrade: {path: [v3.6.16, v3.7.3]}
                """)
            .toString();
    assertThat(refused("run", file, "--etcd", "v3.7.3").err())
        .contains("--etcd v3.7.3: an upgrade runs the releases of spec.upgrade.path");
  }

  @Test
  void aPathThatEtcdDoesNotSupportIsRefusedWithTheReason() throws IOException {
    String file =
        TestFiles.test(
                directory,
                """
                cluster: {version: v3.5.7}
                upgrade: {path: [v3.5.7, v3.6.16, v3.8.0]}
                """)
            .toString();
    assertThat(refused("run", file).err())
        .contains("v3.5.7 cannot go to v3.6", "write v3.5.20 or later before it")
        .contains("from v3.6.16 to v3.8.0 skips a minor");
  }

  @Test
  void onlyAContinuousRunThatIsThereIsGoneOnWith() throws IOException {
    String once = TestFiles.test(directory, "duration: 10s").toString();
    assertThat(refused("run", once, "--report", "r", "--resume").err())
        .contains("--resume goes on with a run of mode Continuous on processes")
        .contains("mode Once on processes");
    String soak =
        TestFiles.test(directory, "{mode: Continuous, duration: 1h, window: 10s}").toString();
    assertThat(refused("run", soak, "--resume").err())
        .contains("name its folder with --report DIR");
    Path empty = Files.createDirectory(directory.resolve("empty"));
    assertThat(refused("run", soak, "--report", empty.toString(), "--resume").err())
        .contains("--resume: ")
        .contains("no report of a run");
  }

  @Test
  void thePlanOfAContinuousTestTellsTheFaultsOfItsFirstWindows() throws IOException {
    String soak =
        TestFiles.test(directory, "{mode: Continuous, duration: 1h, window: 10s}").toString();
    Robustness.Ended plan = InProcess.robustness("plan", soak, "--seed", "3");
    assertThat(plan.exitCode()).as("%s", plan).isZero();
    assertThat(plan.out()).contains("\"w1-f01-").contains("\"w10-f01-").doesNotContain("\"w11-");
    assertThat(InProcess.robustness("plan", soak, "--seed", "3").out()).isEqualTo(plan.out());
  }

  @Test
  void aPlanNeedsASeed() throws IOException {
    String without = TestFiles.test(directory, "duration: 20s").toString();
    assertThat(refused("plan", without).err()).contains("write --seed N");

    String with = TestFiles.test(directory, "duration: 20s\nseed: 9").toString();
    assertThat(answer("plan", with)).isEqualTo(answer("plan", with, "--seed", "9"));
  }

  @Test
  void everyPropertyIsExplained() {
    for (Property property : Catalogue.of(Catalogue.Options.DEFAULT).properties()) {
      assertThat(answer("explain", property.name()))
          .startsWith(property.name() + " (")
          .contains("What is promised")
          .contains(property.explanation().statement())
          .contains("Why it matters")
          .contains("What to look at first when it is broken");
    }
    assertThat(answer("explain", "WatchOrdered")).contains("revision");
  }

  @Test
  void theCataloguesListEverythingThereIs() {
    assertThat(answer("properties").lines().map(line -> line.split(" ")[0]))
        .containsExactlyElementsOf(Catalogue.of(Catalogue.Options.DEFAULT).names())
        .contains("Linearizable", "WatchOrdered", "MembersAgree", "LeaderChanged");
    String faults = answer("faults");
    for (FaultType type : FaultType.values()) {
      assertThat(faults).containsPattern("(?m)^" + type + " +\\S.*Proof: ");
    }
    String profiles = answer("profiles");
    for (Profile profile : Profile.values()) {
      assertThat(profiles).containsPattern("(?m)^" + profile + " +\\S");
    }
  }

  @Test
  void helpTellsTheExitCodes() {
    assertThat(answer("--help"))
        .contains("0 Passed, 1 Failed, 2 Inconclusive, 3 Error, 64 wrong usage");
    assertThat(answer("help", "run")).contains("--seed").contains("--etcd=PATH|VERSION");
    assertThat(answer("--version")).contains("etcd-robustness");
  }

  @Test
  void installRefusesWhatIsNoRelease() {
    assertThat(refused("etcd", "install", "newest").err()).contains("newest");
  }

  @Test
  void checkRefusesAnUnknownProperty() {
    assertThat(refused("check", directory.toString(), "--property", "Fast").err())
        .contains("no property is called so")
        .contains("Linearizable");
  }
}
