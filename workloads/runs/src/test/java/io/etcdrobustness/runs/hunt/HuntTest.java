package io.etcdrobustness.runs.hunt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcdrobustness.checker.Assessment;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.Verdict;
import io.etcdrobustness.checker.Violation;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.History;
import io.etcdrobustness.runs.Cancellation;
import io.etcdrobustness.runs.Specs;
import io.etcdrobustness.runs.report.Json;
import io.etcdrobustness.runs.report.Report;
import io.etcdrobustness.spec.FaultsSpec.FaultType;
import io.etcdrobustness.spec.FaultsSpec.Step;
import io.etcdrobustness.spec.SpecException;
import io.etcdrobustness.spec.SpecReader;
import io.etcdrobustness.spec.TestSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hunt whose runs are made up. */
class HuntTest {

  private static final TestSpec TEST =
      Specs.of(
          """
          cluster: {replicas: 3, version: v3.7.3}
          workload: {profile: Mixed}
          faults: {include: [Kill, Pause, Partition, Delay]}
          seed: 4
          """);

  @TempDir private Path directory;

  @Test
  void everyVariationIsATestThatAUserCouldHaveWritten() throws SpecException {
    for (long seed = 1; seed <= 300; seed++) {
      Variator variator = new Variator(TEST, Set.of(FaultType.Pause), new RandomSource(seed));
      Variation variation = variator.fresh();
      for (int i = 0; i < 5; i++) {
        variation = variator.changed(variation);
        assertThat(asWritten(variation.spec())).as("seed %d", seed).isEqualTo(variation.spec());
        assertThat(variation.spec().cluster().version()).isEqualTo("v3.7.3");
        assertThat(variation.spec().faults().steps())
            .as("seed %d", seed)
            .allMatch(step -> step.type() != FaultType.Pause, "is not unsupported")
            .allMatch(
                step -> TEST.faults().include().contains(step.type()), "is one of the test's");
      }
    }
  }

  /** Through the reader, which refuses whatever is wrong in any place. */
  private static TestSpec asWritten(TestSpec spec) throws SpecException {
    return new SpecReader(Set.of())
        .read(
            "variation.json",
            Json.of(
                Map.of(
                    "apiVersion",
                    "etcdrobustness.io/v1alpha1",
                    "kind",
                    "RobustnessTest",
                    "metadata",
                    Map.of("name", "variation"),
                    "spec",
                    spec)))
        .spec();
  }

  @Test
  void oneSeedMakesTheSameVariations() throws Exception {
    List<List<Variation>> twice = new ArrayList<>();
    for (String name : List.of("one", "two")) {
      List<Variation> tried = new ArrayList<>();
      hunt(
          name,
          30,
          variation -> {
            tried.add(variation);
            return passed(variation, tried.size() % 3 == 0 ? "LeaderChanged" : "MemberRestarted");
          });
      twice.add(tried);
    }
    assertThat(twice.get(0)).hasSize(30).isEqualTo(twice.get(1));
    assertThat(new HashSet<>(twice.get(0))).hasSizeGreaterThan(25);
  }

  @Test
  void whatReachesSomethingNewIsKeptOnceAndTheHuntGoesOn() throws Exception {
    Hunt.Result first = hunt("hunt", 10, variation -> passed(variation, "LeaderChanged"));
    assertThat(first.progress().runs()).isEqualTo(10);
    assertThat(first.progress().corpus()).isEqualTo(1);
    assertThat(files("hunt/corpus")).hasSize(1);
    assertThat(files("hunt/runs")).isEmpty();

    Hunt.Result second = hunt("hunt", 5, variation -> passed(variation, "MemberRestarted"));
    assertThat(second.progress().runs()).isEqualTo(15);
    assertThat(second.progress().corpus()).isEqualTo(2);
    assertThat(second.progress().features()).isGreaterThan(first.progress().features());
  }

  @Test
  void aFolderOfAnotherTestIsRefused() throws Exception {
    hunt("hunt", 1, variation -> passed(variation, "LeaderChanged"));
    TestSpec other = Specs.of("cluster: {replicas: 5, version: v3.7.3}");
    assertThatThrownBy(() -> new HuntFolder(directory.resolve("hunt")).state(other.toString()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("another test");
  }

  @Test
  void whatBreaksIsKeptWithItsReportAndWhatHangsIsCounted() throws Exception {
    List<Variation> tried = new ArrayList<>();
    Hunt.Result result =
        hunt(
            "hunt",
            20,
            variation -> {
              tried.add(variation);
              return switch (tried.size() % 4) {
                case 0 -> report(variation, Verdict.INCONCLUSIVE, List.of());
                case 1 -> report(variation, Verdict.FAILED, List.of(violated()));
                default -> passed(variation, "LeaderChanged");
              };
            });
    assertThat(result.progress().hung()).isEqualTo(5);
    assertThat(files("hunt/undecided")).hasSize(5);
    assertThat(result.found()).hasSize(5);
    assertThat(result.found().getFirst().properties()).containsExactly("Linearizable");
    assertThat(result.found().getFirst().report())
        .isDirectory()
        .isDirectoryContaining("glob:**report");
    assertThat(result.found().getFirst().variation()).isEqualTo(tried.getFirst());
  }

  @Test
  void whatIsNoEnvironmentToHuntInEndsTheHunt() throws Exception {
    Hunt.Result result = hunt("hunt", 20, variation -> report(variation, Verdict.ERROR, List.of()));
    assertThat(result.failure()).contains("because");
    assertThat(result.progress().runs()).isEqualTo(1);
  }

  @Test
  void shrinkingLeavesWhatTheViolationNeedsAndNothingElse() throws Exception {
    for (long seed = 1; seed <= 40; seed++) {
      RandomSource random = new RandomSource(seed);
      Variation found = new Variator(TEST, Set.of(), random).fresh();
      while (found.spec().faults().steps().size() < 4) {
        found = new Variator(TEST, Set.of(), random).fresh();
      }
      List<Step> steps = found.spec().faults().steps();
      Set<Step> needed = new HashSet<>(List.of(random.pick(steps), random.pick(steps)));
      Shrinker shrinker =
          new Shrinker(
              new MadeUp(variation ->
                  variation.spec().faults().steps().containsAll(needed)
                          && variation.spec().workload().clients() >= 2
                      ? report(variation, Verdict.FAILED, List.of(violated()))
                      : passed(variation, "LeaderChanged")),
              Files.createDirectories(directory.resolve("scratch")),
              () -> false,
              new Cancellation());
      Shrinker.Shrunk shrunk =
          shrinker.shrink(
              new Hunt.Found(found, List.of("Linearizable"), directory.resolve("report")));
      assertThat(shrunk.variation().spec().faults().steps())
          .as("seed %d", seed)
          .hasSameSizeAs(needed)
          .containsAll(needed);
      assertThat(shrunk.variation().spec().workload().clients())
          .as("seed %d", seed)
          .isBetween(2, 3);
      assertThat(shrunk.variation().schedule().yield()).as("seed %d", seed).isZero();
      assertThat(shrunk.variation().seed()).isEqualTo(found.seed());
      assertThat(files("scratch")).isEmpty();
    }
  }

  private Hunt.Result hunt(String name, int runs, Function<Variation, Report> outcome)
      throws Exception {
    MadeUp made = new MadeUp(outcome);
    return Hunt.hunt(
        TEST,
        9,
        made,
        directory.resolve(name),
        1,
        () -> made.count >= runs,
        new Cancellation(),
        new Hunt.Listener() {
          @Override
          public void ran(Hunt.Progress progress) {}

          @Override
          public void found(Hunt.Found finding) {}

          @Override
          public void undecided(List<String> reasons, Optional<Path> report) {
            assertThat(reasons).containsExactly("because");
            assertThat(report).get(InstanceOfAssertFactories.PATH).isDirectory();
          }
        });
  }

  private List<String> files(String name) throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve(name))) {
      return files.map(Path::toString).toList();
    }
  }

  private static Report passed(Variation variation, String seen) {
    return report(
        variation,
        Verdict.PASSED,
        List.of(
            new Finding(seen, Property.Kind.SOMETIMES, Finding.Status.HOLDS, 1, List.of(), 0, "")));
  }

  private static Finding violated() {
    return new Finding(
        "Linearizable",
        Property.Kind.ALWAYS,
        Finding.Status.VIOLATED,
        1,
        List.of(
            new Violation(
                "Linearizable", "wrong", 1, List.of(1L), List.of(), List.of(), 1, List.of())),
        1,
        "");
  }

  private static Report report(Variation variation, Verdict verdict, List<Finding> findings) {
    return new Report(
        "test",
        variation.spec(),
        variation.seed(),
        "vm",
        Instant.EPOCH,
        Map.of(),
        List.of(),
        Map.of(),
        History.of(History.Facts.OWN_CLUSTER, List.of()),
        new Assessment(verdict, List.of("because"), findings),
        Duration.ZERO,
        "again");
  }

  private static final class MadeUp implements Runs {
    private final Function<Variation, Report> outcome;
    private int count;

    MadeUp(Function<Variation, Report> outcome) {
      this.outcome = outcome;
    }

    @Override
    public Set<FaultType> unsupported() {
      return Set.of();
    }

    @Override
    public Report run(Variation variation, Path folder, Cancellation cancellation)
        throws IOException {
      count++;
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("report"), "");
      return outcome.apply(variation);
    }
  }
}
