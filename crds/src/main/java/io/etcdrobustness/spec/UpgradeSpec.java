package io.etcdrobustness.spec;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.time.Duration;
import java.util.List;

/**
 * A change of version under traffic. Traffic and faults go on all the while.
 *
 * @param path the versions, one after the other, beginning with the first one run
 * @param hold how long the cluster is held half-way, with two versions at work, and once more on
 *     the last one before it goes back
 * @param downgrade whether to go back the same way in the end
 * @param force whether to try a path that etcd does not support
 */
@ValidationRule(
    value = UpgradeSpec.DISTINCT,
    message = "upgrade.path names a release twice; to go back the same way write downgrade: true")
@ValidationRule(
    value =
        UpgradeSpec.EACH_STEP
            + ("int(self.path[i + 1].split('.')[1]) > int(self.path[i].split('.')[1])"
                + " || int(self.path[i + 1].split('.')[1]) == int(self.path[i].split('.')[1])"
                + " && int(self.path[i + 1].split('.')[2].split('-')[0])"
                + " >= int(self.path[i].split('.')[2].split('-')[0]))"),
    message =
        "upgrade.path goes down; write a path that goes up, and downgrade: true to go back the same"
            + " way, or force: true to see what happens")
@ValidationRule(
    value =
        UpgradeSpec.EACH_STEP
            + "int(self.path[i + 1].split('.')[1]) <= int(self.path[i].split('.')[1]) + 1)",
    message =
        "upgrade.path skips a minor, which etcd does not support; write a release of the minor between, or force: true to see what happens")
@ValidationRule(
    value =
        UpgradeSpec.EACH_STEP
            + ("!self.path[i + 1].startsWith('v3.6.') || !self.path[i].startsWith('v3.5.')"
                + " || int(self.path[i].split('.')[2].split('-')[0]) >= 20)"),
    message =
        "upgrade.path goes to v3.6 from below v3.5.20, the member list may be wrong there; write"
            + " v3.5.20 or later before it, or force: true to see what happens")
@ValidationRule(
    value =
        "self.force || !self.downgrade || !self.path[0].startsWith('v3.4.')"
            + " || self.path.all(v, v.startsWith('v3.4.'))",
    message =
        "upgrade.downgrade: etcd can go back no further than v3.5; leave downgrade away, begin with"
            + " v3.5, or write force: true to see what happens")
@ValidationRule(
    value = "self.strategy == 'Rolling' || !self.downgrade",
    message =
        "upgrade.downgrade goes with strategy Rolling; Skewed ends half-way, and AbortAndDowngrade"
            + " goes back from there by itself")
public record UpgradeSpec(
    @JsonPropertyDescription("The releases, one after the other, beginning with cluster.version.")
        @Required
        @Size(min = 2, max = 8)
        List<@Pattern(Release.PATTERN) @Size(max = 32) String> path,
    @JsonPropertyDescription(
            "How members change their version, always one after the other: Rolling (all of them),"
                + " Skewed (half of them stay on the release before the last for the rest of the"
                + " run), or AbortAndDowngrade (half of them go to the last release, are held"
                + " there, and taken back).")
        @Default("Rolling")
        Strategy strategy,
    @JsonPropertyDescription(
            "How long the cluster is held half-way under load, such as 10s, before the other members"
                + " follow; and on the last release before it goes back.")
        @Default("10s")
        @Pattern(Quantities.DURATION_PATTERN)
        @Size(max = 32)
        String hold,
    @JsonPropertyDescription("Whether to go back the same way in the end.") @Default("false")
        Boolean downgrade,
    @JsonPropertyDescription("Whether to try a path that etcd does not support.") @Default("false")
        Boolean force) {

  static final String DISTINCT = "self.path.all(v, self.path.exists_one(w, w == v))";

  /** Of each release {@code i} of the path and the next one; to be closed by a parenthesis. */
  static final String EACH_STEP =
      "self.force || !"
          + DISTINCT
          + " || [0, 1, 2, 3, 4, 5, 6].all(i, i + 1 >= self.path.size() || ";

  public UpgradeSpec {
    path = List.copyOf(requireNonNullElse(path, List.of()));
    strategy = requireNonNullElse(strategy, Strategy.Rolling);
    hold = requireNonNullElse(hold, "10s");
    downgrade = requireNonNullElse(downgrade, false);
    force = requireNonNullElse(force, false);
  }

  /** How members change their version; always one after the other. */
  public enum Strategy {
    /** All of them. */
    Rolling,
    /** Half of them stay on the release before the last for the rest of the run. */
    Skewed,
    /** Half of them go to the last release, are held there, and taken back. */
    AbortAndDowngrade
  }

  /** See {@code path}. */
  public List<Release> releases() {
    return path.stream().map(Release::parse).toList();
  }

  /** See {@code hold}. */
  public Duration holdTime() {
    return Quantities.duration(hold);
  }
}
