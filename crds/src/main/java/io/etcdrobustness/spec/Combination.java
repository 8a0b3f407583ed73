package io.etcdrobustness.spec;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One run that a suite asks for: what it has of each axis of the matrix, null or empty where there
 * is no such axis, and the test that comes of it.
 *
 * @param version a release; excludes {@code upgrade}
 */
public record Combination(
    @Nullable String version,
    List<String> upgrade,
    WorkloadSpec.@Nullable Profile profile,
    FaultsSpec.@Nullable Profile faults,
    @Nullable Long seed,
    TestSpec spec) {

  public Combination {
    upgrade = List.copyOf(upgrade);
  }

  /**
   * The runs that {@code spec} asks for, in order; each is a test if the spec keeps to the rules.
   */
  public static List<Combination> all(SuiteSpec spec) {
    return SuiteMatrix.wanted(spec, SuiteMatrix.combinations(spec)).stream()
        .map(SuiteMatrix.Placed::combination)
        .toList();
  }

  /** The test of {@code template} with these values in the places of its own. */
  static Combination of(
      TestSpec template,
      @Nullable String version,
      List<String> upgrade,
      WorkloadSpec.@Nullable Profile profile,
      FaultsSpec.@Nullable Profile faults,
      @Nullable Long seed) {
    TestSpec spec = template;
    if (version != null) {
      spec = Components.with(running(spec, version), "upgrade", null);
    }
    if (!upgrade.isEmpty()) {
      UpgradeSpec how = spec.upgrade();
      spec =
          Components.with(
              running(spec, upgrade.getFirst()),
              "upgrade",
              how == null
                  ? new UpgradeSpec(upgrade, UpgradeSpec.Strategy.Rolling, "10s", false, false)
                  : Components.with(how, "path", upgrade));
    }
    if (profile != null) {
      spec =
          Components.with(spec, "workload", Components.with(spec.workload(), "profile", profile));
    }
    if (faults != null) {
      spec = Components.with(spec, "faults", Components.with(spec.faults(), "profile", faults));
    }
    if (seed != null) {
      spec = spec.withSeed(seed);
    }
    return new Combination(version, upgrade, profile, faults, seed, spec);
  }

  private static TestSpec running(TestSpec spec, String version) {
    ClusterSpec cluster = Components.with(spec.cluster(), "version", version);
    return spec.withCluster(Components.with(cluster, "versions", List.of()));
  }

  /** What etcd it runs: {@code v3.7.3}, or {@code v3.6.16 → v3.7.3}. */
  public String etcd() {
    UpgradeSpec change = spec.upgrade();
    return change != null
        ? String.join(" → ", change.path())
        : spec.cluster().versions().isEmpty()
            ? spec.cluster().version()
            : String.join(", ", spec.cluster().versions());
  }

  /** What it has of the other axes: {@code Mixed · Standard · seed 1}; empty if there are none. */
  public String others() {
    List<String> parts = new ArrayList<>();
    if (profile != null) {
      parts.add(profile.name());
    }
    if (faults != null) {
      parts.add("faults " + faults.name());
    }
    if (seed != null) {
      parts.add("seed " + seed);
    }
    return String.join(" · ", parts);
  }

  /** Both, for people. */
  public String inWords() {
    return others().isEmpty() ? etcd() : etcd() + " · " + others();
  }

  /** Both, as a part of a path: {@code v3.6.16-to-v3.7.3-Mixed-seed-1}; no other has the same. */
  public String folder() {
    return inWords()
        .replace(" → ", "-to-")
        .replace(" · ", "-")
        .replace(", ", "-")
        .replace(' ', '-');
  }
}
