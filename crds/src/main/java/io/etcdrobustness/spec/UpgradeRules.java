package io.etcdrobustness.spec;

import io.etcdrobustness.spec.UpgradeSpec.Strategy;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rules about changes of version: what etcd's upgrade guides allow. */
final class UpgradeRules {

  /**
   * The first release of v3.5 that v3.6 can follow: earlier ones may leave learners promoted in the
   * v2 store alone, and v3.6 does not read that store (etcd's guide "Upgrade etcd from v3.5 to
   * v3.6").
   */
  private static final Release FIRST_TO_LEAVE_3_5 = Release.parse("v3.5.20");

  /** What a run needs at least: before the first change, for each one, for etcd to follow. */
  private static final Duration LEAD = Duration.ofSeconds(5);

  /** An etcd with watches open takes seven seconds to end in order, and one to start. */
  private static final Duration CHANGE = Duration.ofSeconds(8);

  /** The leader looks every four seconds whether all members are of a newer version. */
  private static final Duration CLUSTER_VERSION = Duration.ofSeconds(5);

  private UpgradeRules() {}

  static List<Rule> all() {
    return List.of(
        Rule.over("upgrade.path", UpgradeRules::releasesAreSupported),
        Rule.over("upgrade.path cluster.version", UpgradeRules::pathBeginsWithTheCluster),
        Rule.over("upgrade cluster.versions cluster.image", UpgradeRules::clusterHasOneRelease),
        Rule.over("upgrade", UpgradeRules::stepsAreSupported),
        Rule.over("upgrade", UpgradeRules::downgradeIsSupported),
        Durations.range(
            "upgrade.hold",
            spec -> spec.upgrade() == null ? null : spec.upgrade().hold(),
            "0s",
            "1h"),
        Rule.over("upgrade", UpgradeRules::strategyGoesBackOnlyOnce),
        Rule.over("upgrade cluster.replicas", UpgradeRules::halfOfTheMembersAreSome),
        Rule.over("upgrade cluster.replicas duration", UpgradeRules::runIsLongEnough));
  }

  private static void releasesAreSupported(TestSpec spec, Rule.Report report) {
    UpgradeSpec upgrade = spec.upgrade();
    if (upgrade == null) {
      return;
    }
    List<String> path = upgrade.path();
    RunRules.distinct("upgrade.path", path, report);
    for (int i = 0; i < path.size(); i++) {
      ClusterRules.supported("upgrade.path[" + i + "]", path.get(i), report);
    }
  }

  private static void pathBeginsWithTheCluster(TestSpec spec, Rule.Report report) {
    UpgradeSpec upgrade = spec.upgrade();
    if (upgrade != null && !upgrade.path().getFirst().equals(spec.cluster().version())) {
      report.problem(
          "upgrade.path[0]",
          "the path begins with %s, the cluster runs %s; write cluster.version: %s"
              .formatted(
                  upgrade.path().getFirst(), spec.cluster().version(), upgrade.path().getFirst()));
    }
  }

  private static void clusterHasOneRelease(TestSpec spec, Rule.Report report) {
    if (spec.upgrade() == null) {
      return;
    }
    if (!spec.cluster().versions().isEmpty()) {
      report.problem(
          "upgrade",
          "an upgrade begins with one release for all members; leave cluster.versions away");
    }
    if (spec.cluster().image() != null) {
      report.problem(
          "upgrade", "an upgrade takes the images of its releases; leave cluster.image away");
    }
  }

  private static void stepsAreSupported(TestSpec spec, Rule.Report report) {
    UpgradeSpec upgrade = spec.upgrade();
    if (upgrade == null || upgrade.force()) {
      return;
    }
    List<Release> path = upgrade.releases();
    for (int i = 1; i < path.size(); i++) {
      String why = refusal(path.get(i - 1), path.get(i));
      if (why != null) {
        report.problem("upgrade.path[" + i + "]", why + ", or force: true to see what happens");
      }
    }
  }

  /** Why etcd does not support this step, and what to write instead; null if it does. */
  private static @Nullable String refusal(Release from, Release to) {
    if (to.compareTo(from) < 0) {
      return "%s is before %s; write a path that goes up, and downgrade: true to go back the same way"
          .formatted(to, from);
    }
    if (to.minor() - from.minor() > 1) {
      return "from %s to %s skips a minor, which etcd does not support; write a release of v3.%d between them"
          .formatted(from, to, from.minor() + 1);
    }
    if (from.minor() == 5 && to.minor() == 6 && from.compareTo(FIRST_TO_LEAVE_3_5) < 0) {
      return "%s cannot go to v3.6, its member list may be wrong there; write %s or later before it"
          .formatted(from, FIRST_TO_LEAVE_3_5);
    }
    return null;
  }

  private static void downgradeIsSupported(TestSpec spec, Rule.Report report) {
    UpgradeSpec upgrade = spec.upgrade();
    if (upgrade == null || upgrade.force() || !upgrade.downgrade()) {
      return;
    }
    List<Release> path = upgrade.releases();
    if (path.getFirst().minor() < 5 && path.getLast().minor() > path.getFirst().minor()) {
      report.problem(
          "upgrade.downgrade",
          // etcd's guide "Downgrade etcd": the way back exists from v3.6 to v3.5.
          "etcd can go back no further than v3.5, the path begins with %s; leave downgrade away, begin with v3.5, or write force: true to see what happens"
              .formatted(path.getFirst()));
    }
  }

  private static void strategyGoesBackOnlyOnce(TestSpec spec, Rule.Report report) {
    UpgradeSpec upgrade = spec.upgrade();
    if (upgrade != null && upgrade.strategy() != Strategy.Rolling && upgrade.downgrade()) {
      report.problem(
          "upgrade.downgrade",
          "strategy %s %s; leave downgrade away, or write strategy: Rolling"
              .formatted(
                  upgrade.strategy(),
                  upgrade.strategy() == Strategy.Skewed
                      ? "ends half-way"
                      : "goes back from half-way by itself"));
    }
  }

  private static void halfOfTheMembersAreSome(TestSpec spec, Rule.Report report) {
    UpgradeSpec upgrade = spec.upgrade();
    if (upgrade != null
        && upgrade.strategy() != Strategy.Rolling
        && spec.cluster().replicas() == 1) {
      report.problem(
          "upgrade.strategy",
          "one member cannot run two releases at once; write strategy: Rolling, or cluster.replicas: 3");
    }
  }

  /** An upgrade that the end of the run cuts short proves nothing: better to say so before. */
  private static void runIsLongEnough(TestSpec spec, Rule.Report report) {
    UpgradeSpec upgrade = spec.upgrade();
    if (upgrade == null) {
      return;
    }
    int members = spec.cluster().replicas();
    int half = (members + 1) / 2;
    Duration wholeHop = hop(upgrade, members);
    Duration lastHop =
        switch (upgrade.strategy()) {
          case Rolling -> wholeHop;
          case Skewed -> CHANGE.multipliedBy(half);
          case AbortAndDowngrade -> hop(upgrade, 2 * half);
        };
    Duration least = LEAD.plus(wholeHop.multipliedBy(upgrade.path().size() - 2)).plus(lastHop);
    if (upgrade.downgrade()) {
      least = least.plus(upgrade.holdTime()).plus(wholeHop.multipliedBy(upgrade.path().size() - 1));
    }
    if (spec.trafficTime().compareTo(least) < 0) {
      report.problem(
          "duration",
          "%s are too short for this upgrade, which holds the cluster for %s at a time and changes %d members; write duration: %ds or more, or a shorter upgrade.hold"
              .formatted(spec.duration(), upgrade.hold(), members, least.toSeconds()));
    }
  }

  private static Duration hop(UpgradeSpec upgrade, int changes) {
    return upgrade.holdTime().plus(CHANGE.multipliedBy(changes)).plus(CLUSTER_VERSION);
  }
}
