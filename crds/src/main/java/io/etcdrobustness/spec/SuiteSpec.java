package io.etcdrobustness.spec;

import static java.util.Objects.requireNonNullElse;
import static java.util.Objects.requireNonNullElseGet;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The spec of a {@code RobustnessSuite}: one test, run once for each combination of a matrix.
 *
 * <p>What the matrix names replaces what the template says, as in a workflow of GitHub's. Releases
 * and upgrades are one axis, for a run has either; each of the others is one by itself.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "!has(self.template.mode) || self.template.mode == 'Once'",
    message =
        "template.mode: a suite makes one run of each combination; leave mode away, or write Once")
@ValidationRule(
    value = "!has(self.template.suspend) || !self.template.suspend",
    message = "template.suspend: a suite is suspended as a whole; write spec.suspend: true")
@ValidationRule(
    value =
        "!has(self.template.upgrade) || !has(self.matrix.versions) || self.matrix.versions.size()"
            + " == 0 || (has(self.matrix.upgrades) && self.matrix.upgrades.size() > 0)",
    message =
        "template.upgrade: a run of one of matrix.versions has no upgrade; write matrix.upgrades,"
            + " or leave it away")
@ValidationRule(
    value =
        "!has(self.template.faults) || !has(self.template.faults.steps)"
            + " || self.template.faults.steps.size() == 0 || !has(self.matrix.faults)"
            + " || self.matrix.faults.size() == 0",
    message =
        "template.faults.steps are an exact script, the same whatever matrix.faults says; leave one"
            + " of them away")
@ValidationRule(
    value =
        "!has(self.exclude) || self.exclude.all(e, !has(e.version) || (has(self.matrix.versions)"
            + " && e.version in self.matrix.versions))",
    message = "exclude names a version that is not in matrix.versions; write one of it")
@ValidationRule(
    value =
        "!has(self.exclude) || self.exclude.all(e, !has(e.upgrade) || e.upgrade.size() == 0"
            + " || (has(self.matrix.upgrades) && e.upgrade in self.matrix.upgrades))",
    message = "exclude names an upgrade that is not in matrix.upgrades; write one of it")
@ValidationRule(
    value =
        "!has(self.exclude) || self.exclude.all(e, !has(e.profile) || (has(self.matrix.profiles)"
            + " && e.profile in self.matrix.profiles))",
    message = "exclude names a profile that is not in matrix.profiles; write one of it")
@ValidationRule(
    value =
        "!has(self.exclude) || self.exclude.all(e, !has(e.faults) || (has(self.matrix.faults)"
            + " && e.faults in self.matrix.faults))",
    message = "exclude names faults that are not in matrix.faults; write one of it")
@ValidationRule(
    value =
        "!has(self.exclude) || self.exclude.all(e, !has(e.seed) || (has(self.matrix.seeds)"
            + " && e.seed in self.matrix.seeds))",
    message = "exclude names a seed that is not in matrix.seeds; write one of it")
public record SuiteSpec(
    @JsonPropertyDescription(
            "The most runs at once; they share the machine, and disturb each other.")
        @Default("1")
        @Min(1)
        @Max(64)
        Integer maxParallel,
    @JsonPropertyDescription(
            "Whether a run that is Failed or Error ends those under way, and no other begins.")
        @Default("false")
        Boolean failFast,
    @JsonPropertyDescription("While true no new run begins; a run under way goes on.")
        @Default("false")
        Boolean suspend,
    @JsonPropertyDescription(
            "The spec of a RobustnessTest; what the matrix says need not stand in it.")
        @Required
        TestSpec template,
    @JsonPropertyDescription("What runs differ in: each combination is a run.") @Required
        Matrix matrix,
    @JsonPropertyDescription("Combinations to leave out.") @Size(max = 256)
        List<Exclusion> exclude) {

  /** What one axis may hold. */
  static final int LONGEST_AXIS = 64;

  public SuiteSpec {
    maxParallel = requireNonNullElse(maxParallel, 1);
    failFast = requireNonNullElse(failFast, false);
    suspend = requireNonNullElse(suspend, false);
    template = requireNonNullElseGet(template, TestSpec::defaults);
    matrix =
        requireNonNullElse(
            matrix, new Matrix(List.of(), List.of(), List.of(), List.of(), List.of()));
    exclude = List.copyOf(requireNonNullElse(exclude, List.of()));
  }

  /** The axes; an empty one leaves to the template what it would say. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @ValidationRule(
      value = Matrix.RELEASES + " + " + Matrix.OTHERS + " > 0",
      message =
          "matrix names nothing that runs differ in; write versions: [v3.6.16, v3.7.3], or seeds")
  @ValidationRule(
      value = Matrix.RUNS + " <= " + SuiteRules.MOST_RUNS,
      message =
          "matrix makes more than "
              + SuiteRules.MOST_RUNS
              + " combinations; write fewer, or several suites")
  @ValidationRule(
      value = "!has(self.upgrades) || self.upgrades.all(u, u.size() > 1)",
      message =
          "matrix.upgrades: an upgrade goes from one release to another; write two or more, or one"
              + " of versions")
  @ValidationRule(
      value = "!has(self.versions) || self.versions.all(a, self.versions.exists_one(b, a == b))",
      message = "matrix.versions names a release twice; leave one of them away")
  @ValidationRule(
      value = "!has(self.upgrades) || self.upgrades.all(a, self.upgrades.exists_one(b, a == b))",
      message = "matrix.upgrades names an upgrade twice; leave one of them away")
  @ValidationRule(
      value = "!has(self.profiles) || self.profiles.all(a, self.profiles.exists_one(b, a == b))",
      message = "matrix.profiles names a profile twice; leave one of them away")
  @ValidationRule(
      value = "!has(self.faults) || self.faults.all(a, self.faults.exists_one(b, a == b))",
      message = "matrix.faults names a profile twice; leave one of them away")
  @ValidationRule(
      value = "!has(self.seeds) || self.seeds.all(a, self.seeds.exists_one(b, a == b))",
      message = "matrix.seeds names a seed twice; leave one of them away")
  public record Matrix(
      @JsonPropertyDescription("Releases of etcd, such as v3.7.3.") @Size(max = LONGEST_AXIS)
          List<@Pattern(Release.PATTERN) @Size(max = 32) String> versions,
      @JsonPropertyDescription(
              "Upgrades, each as a list of releases; the template's upgrade says how.")
          @Size(max = LONGEST_AXIS)
          List<@Size(max = 8) List<@Pattern(Release.PATTERN) @Size(max = 32) String>> upgrades,
      @JsonPropertyDescription("Profiles of traffic.") @Size(max = LONGEST_AXIS)
          List<WorkloadSpec.Profile> profiles,
      @JsonPropertyDescription("Profiles of faults.") @Size(max = LONGEST_AXIS)
          List<FaultsSpec.Profile> faults,
      @JsonPropertyDescription("Seeds.") @Size(max = LONGEST_AXIS) List<Long> seeds) {

    private static final String VERSIONS = "(has(self.versions) ? self.versions.size() : 0)";
    private static final String UPGRADES = "(has(self.upgrades) ? self.upgrades.size() : 0)";
    private static final String PROFILES = "(has(self.profiles) ? self.profiles.size() : 0)";
    private static final String FAULTS = "(has(self.faults) ? self.faults.size() : 0)";
    private static final String SEEDS = "(has(self.seeds) ? self.seeds.size() : 0)";
    static final String RELEASES = VERSIONS + " + " + UPGRADES;
    static final String OTHERS = PROFILES + " + " + FAULTS + " + " + SEEDS;

    /** How many combinations there are: an axis that is absent has one place. */
    static final String RUNS =
        "("
            + RELEASES
            + " > 0 ? "
            + RELEASES
            + " : 1) * ("
            + PROFILES
            + " > 0 ? "
            + PROFILES
            + " : 1) * ("
            + FAULTS
            + " > 0 ? "
            + FAULTS
            + " : 1) * ("
            + SEEDS
            + " > 0 ? "
            + SEEDS
            + " : 1)";

    public Matrix {
      versions = List.copyOf(requireNonNullElse(versions, List.of()));
      upgrades =
          requireNonNullElse(upgrades, List.<List<String>>of()).stream().map(List::copyOf).toList();
      profiles = List.copyOf(requireNonNullElse(profiles, List.of()));
      faults = List.copyOf(requireNonNullElse(faults, List.of()));
      seeds = List.copyOf(requireNonNullElse(seeds, List.of()));
    }

    boolean isEmpty() {
      return versions.isEmpty()
          && upgrades.isEmpty()
          && profiles.isEmpty()
          && faults.isEmpty()
          && seeds.isEmpty();
    }
  }

  /** Leaves out every combination that has all that is written here. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @ValidationRule(
      value =
          "has(self.version) || (has(self.upgrade) && self.upgrade.size() > 0) || has(self.profile)"
              + " || has(self.faults) || has(self.seed)",
      message = "exclude leaves out everything; write what of the matrix, such as version")
  public record Exclusion(
      @JsonPropertyDescription("One of matrix.versions.") @Size(max = 32) @Nullable String version,
      @JsonPropertyDescription("One of matrix.upgrades.") @Size(max = 8)
          List<@Size(max = 32) String> upgrade,
      @JsonPropertyDescription("One of matrix.profiles.") WorkloadSpec.@Nullable Profile profile,
      @JsonPropertyDescription("One of matrix.faults.") FaultsSpec.@Nullable Profile faults,
      @JsonPropertyDescription("One of matrix.seeds.") @Nullable Long seed) {

    public Exclusion {
      upgrade = List.copyOf(requireNonNullElse(upgrade, List.of()));
    }

    boolean isEmpty() {
      return version == null
          && upgrade.isEmpty()
          && profile == null
          && faults == null
          && seed == null;
    }

    boolean matches(Combination combination) {
      return (version == null || version.equals(combination.version()))
          && (upgrade.isEmpty() || upgrade.equals(combination.upgrade()))
          && (profile == null || profile == combination.profile())
          && (faults == null || faults == combination.faults())
          && (seed == null || seed.equals(combination.seed()));
    }
  }
}
