package io.etcdrobustness.spec;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/**
 * A change of version under traffic.
 *
 * @param path the versions, one after the other, beginning with the first one run
 * @param downgrade whether to go back the same way in the end
 * @param force whether to try a path that etcd does not support
 */
@ValidationRule(
    value = "self.path.all(v, self.path.exists_one(w, w == v))",
    message = "upgrade.path names a release twice; to go back the same way write downgrade: true")
public record UpgradeSpec(
    @JsonPropertyDescription("The releases, one after the other, beginning with cluster.version.")
        @Required
        @Size(min = 2, max = 8)
        List<@Pattern(Release.PATTERN) @Size(max = 32) String> path,
    @JsonPropertyDescription("How members change their version: Rolling (one after the other).")
        @Default("Rolling")
        Strategy strategy,
    @JsonPropertyDescription("Whether to go back the same way in the end.") @Default("false")
        Boolean downgrade,
    @JsonPropertyDescription("Whether to try a path that etcd does not support.") @Default("false")
        Boolean force) {

  public UpgradeSpec {
    path = List.copyOf(requireNonNullElse(path, List.of()));
    strategy = requireNonNullElse(strategy, Strategy.Rolling);
    downgrade = requireNonNullElse(downgrade, false);
    force = requireNonNullElse(force, false);
  }

  /** How members change their version. */
  public enum Strategy {
    Rolling
  }
}
