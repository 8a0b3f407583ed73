package io.etcdrobustness.spec;

import static java.util.Objects.requireNonNullElse;

import java.util.List;

/**
 * A change of version under traffic.
 *
 * @param path the versions, one after the other, beginning with the first one run
 * @param downgrade whether to go back the same way in the end
 * @param force whether to try a path that etcd does not support
 */
public record UpgradeSpec(List<String> path, Strategy strategy, Boolean downgrade, Boolean force) {

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
