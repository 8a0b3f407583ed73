package io.etcdrobustness.spec;

import static java.util.Objects.requireNonNullElse;
import static java.util.Objects.requireNonNullElseGet;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The spec of a {@code RobustnessSuite}: one test, run once for each combination of a matrix.
 *
 * <p>What the matrix names replaces what the template says, as in a workflow of GitHub's. Releases
 * and upgrades are one axis, for a run has either; each of the others is one by itself.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
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
    @JsonPropertyDescription("The spec of a RobustnessTest.") TestSpec template,
    @JsonPropertyDescription("What runs differ in: each combination is a run.") Matrix matrix,
    @JsonPropertyDescription("Combinations to leave out.") @Size(max = 256)
        List<Exclusion> exclude) {

  /** What one axis may hold. */
  static final int LONGEST_AXIS = 64;

  public SuiteSpec {
    maxParallel = requireNonNullElse(maxParallel, 1);
    failFast = requireNonNullElse(failFast, false);
    template = requireNonNullElseGet(template, TestSpec::defaults);
    matrix =
        requireNonNullElse(
            matrix, new Matrix(List.of(), List.of(), List.of(), List.of(), List.of()));
    exclude = List.copyOf(requireNonNullElse(exclude, List.of()));
  }

  /** The axes; an empty one leaves to the template what it would say. */
  public record Matrix(
      @JsonPropertyDescription("Releases of etcd, such as v3.7.3.") @Size(max = LONGEST_AXIS)
          List<String> versions,
      @JsonPropertyDescription(
              "Upgrades, each as a list of releases; the template's upgrade says how.")
          @Size(max = LONGEST_AXIS)
          List<List<String>> upgrades,
      @JsonPropertyDescription("Profiles of traffic.") @Size(max = LONGEST_AXIS)
          List<WorkloadSpec.Profile> profiles,
      @JsonPropertyDescription("Profiles of faults.") @Size(max = LONGEST_AXIS)
          List<FaultsSpec.Profile> faults,
      @JsonPropertyDescription("Seeds.") @Size(max = LONGEST_AXIS) List<Long> seeds) {

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
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Exclusion(
      @JsonPropertyDescription("One of matrix.versions.") @Nullable String version,
      @JsonPropertyDescription("One of matrix.upgrades.") List<String> upgrade,
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
