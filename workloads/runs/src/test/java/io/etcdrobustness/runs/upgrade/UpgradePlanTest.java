package io.etcdrobustness.runs.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.runs.Specs;
import io.etcdrobustness.spec.Release;
import io.etcdrobustness.spec.TestSpec;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class UpgradePlanTest {

  private static UpgradePlan plan(String upgrade, int members, long seed) {
    TestSpec spec =
        Specs.of(
            """
            duration: 10m
            cluster: {version: %s, replicas: %d}
            upgrade: %s
            """
                .formatted(
                    upgrade.replaceAll(".*path: \\[([^,]*),.*", "$1"),
                    members == 1 ? 1 : members,
                    upgrade));
    List<String> names = List.of("m0", "m1", "m2", "m3", "m4").subList(0, members);
    return UpgradePlan.of(spec.upgrade(), names, spec.trafficTime(), new RandomSource(seed));
  }

  private static List<String> words(UpgradePlan plan) {
    return plan.steps().stream().map(UpgradeStep::inWords).toList();
  }

  @Test
  void withoutAnUpgradeThereIsNothingToDo() {
    assertThat(UpgradePlan.of(null, List.of("m0"), Duration.ofMinutes(1), new RandomSource(1)))
        .isEqualTo(UpgradePlan.NONE);
  }

  @Test
  void membersFollowOneAfterTheOtherInAnOrderOfTheSeed() {
    UpgradePlan plan = plan("{path: [v3.6.16, v3.7.3], hold: 7s}", 3, 1);

    assertThat(plan.at()).isEqualTo(Duration.ofSeconds(5));
    assertThat(words(plan))
        .containsExactly(
            "change m0 from v3.6.16 to v3.7.3",
            "change m1 from v3.6.16 to v3.7.3",
            "hold for 7 s",
            "change m2 from v3.6.16 to v3.7.3",
            "wait until the cluster is of version v3.7 as a whole");
    assertThat(plan).isEqualTo(plan("{path: [v3.6.16, v3.7.3], hold: 7s}", 3, 1));
    assertThat(
            List.of(2L, 3L, 4L, 5L, 6L).stream()
                .map(seed -> plan("{path: [v3.6.16, v3.7.3], hold: 7s}", 3, seed))
                .distinct()
                .count())
        .isGreaterThan(1);
    assertThat(plan.releases()).containsExactly(Release.parse("v3.7.3"));
  }

  @Test
  void theWayBackIsAskedForWhereEtcdWantsItAndGoesThroughTheSameReleases() {
    UpgradePlan plan = plan("{path: [v3.5.33, v3.6.8, v3.6.16], hold: 0s, downgrade: true}", 1, 1);

    assertThat(words(plan))
        .containsExactly(
            "change m0 from v3.5.33 to v3.6.8",
            "wait until the cluster is of version v3.6 as a whole",
            "change m0 from v3.6.8 to v3.6.16",
            "change m0 from v3.6.16 to v3.6.8",
            "have the cluster allow the way back from v3.6 to v3.5",
            "change m0 from v3.6.8 to v3.5.33",
            "wait until the cluster is of version v3.5 as a whole");
    assertThat(plan.releases())
        .extracting(Release::toString)
        .containsExactly("v3.6.8", "v3.6.16", "v3.5.33");
  }

  @Test
  void aSkewedClusterStaysHalfWayOnTheLastHop() {
    assertThat(words(plan("{path: [v3.5.33, v3.6.16], strategy: Skewed}", 5, 1)))
        .hasSize(3)
        .allSatisfy(step -> assertThat(step).endsWith("from v3.5.33 to v3.6.16"));
  }

  @Test
  void anAbortedUpgradeTakesThoseBackThatWereChanged() {
    assertThat(words(plan("{path: [v3.6.16, v3.7.3], strategy: AbortAndDowngrade}", 3, 1)))
        .containsExactly(
            "change m0 from v3.6.16 to v3.7.3",
            "change m1 from v3.6.16 to v3.7.3",
            "hold for 10 s",
            "change m0 from v3.7.3 to v3.6.16",
            "change m1 from v3.7.3 to v3.6.16");
  }
}
