package io.etcdrobustness.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.spec.FaultsSpec;
import io.etcdrobustness.spec.FaultsSpec.FaultType;
import io.etcdrobustness.spec.FaultsSpec.Profile;
import io.etcdrobustness.spec.FaultsSpec.QuorumBudget;
import io.etcdrobustness.spec.FaultsSpec.Target;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PlannerTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static FaultsSpec spec(Profile profile, QuorumBudget budget) {
    return new FaultsSpec(profile, "4s", "2s", budget, List.of(), List.of(), List.of());
  }

  private static FaultPlan plan(FaultsSpec spec, int members, long seed) {
    return Planner.plan(spec, members, MINUTE, new RandomSource(seed));
  }

  @Test
  void thePlanIsAFunctionOfTheSeed() {
    FaultsSpec spec = spec(Profile.Aggressive, QuorumBudget.Minority);
    assertThat(plan(spec, 3, 7)).isEqualTo(plan(spec, 3, 7)).isNotEqualTo(plan(spec, 3, 8));
  }

  @Test
  void aMinuteOfTheStandardProfileMeetsEveryKind() {
    for (long seed = 0; seed < 200; seed++) {
      FaultPlan plan = plan(spec(Profile.Standard, QuorumBudget.Minority), 3, seed);
      assertThat(plan.injections().stream().map(i -> i.fault().type()).collect(Collectors.toSet()))
          .as("seed %d", seed)
          .containsExactlyInAnyOrder(FaultType.values());
    }
  }

  @Test
  void theFirstKillAndTheFirstPauseHitTheLeaderForAsLongAsAFaultMayLast() {
    for (long seed = 0; seed < 200; seed++) {
      for (FaultType type : List.of(FaultType.Kill, FaultType.Pause)) {
        Injection first =
            plan(spec(Profile.Light, QuorumBudget.Minority), 3, seed).injections().stream()
                .filter(injection -> injection.fault().type() == type)
                .findFirst()
                .orElseThrow();
        assertThat(first.target()).as("seed %d", seed).isEqualTo(Target.Leader);
        assertThat(first.length()).as("seed %d", seed).isEqualTo(Duration.ofSeconds(2));
      }
    }
  }

  @Test
  void faultsOfTheStandardProfileDoNotOverlapAndEndBeforeTheTraffic() {
    for (long seed = 0; seed < 200; seed++) {
      Duration free = Duration.ZERO;
      for (Injection injection :
          plan(spec(Profile.Standard, QuorumBudget.Minority), 3, seed).injections()) {
        assertThat(injection.at()).as("seed %d %s", seed, injection).isGreaterThanOrEqualTo(free);
        free = injection.at().plus(injection.length());
        assertThat(free).isLessThanOrEqualTo(MINUTE);
      }
    }
  }

  @Test
  void aMinorityBudgetNeverTargetsMore() {
    for (long seed = 0; seed < 200; seed++) {
      assertThat(plan(spec(Profile.Aggressive, QuorumBudget.Minority), 5, seed).injections())
          .as("seed %d", seed)
          .filteredOn(i -> i.fault().type() != FaultType.Partition)
          .extracting(Injection::target)
          .doesNotContain(Target.Majority, Target.All, Target.Random);
    }
  }

  @Test
  void aSingleMemberHasNoLinksToCut() {
    assertThat(Planner.kinds(spec(Profile.Standard, QuorumBudget.Minority), 1))
        .containsExactlyInAnyOrder(FaultType.Kill, FaultType.Pause, FaultType.ClientPartition);
  }

  @Test
  void theNoneProfilePlansNothing() {
    assertThat(plan(spec(Profile.None, QuorumBudget.Minority), 3, 1).injections()).isEmpty();
  }

  @Test
  void aScriptIsTakenAsItStands() {
    FaultsSpec.Step step =
        new FaultsSpec.Step(
            "7s", FaultType.Delay, Target.Leader, "900ms", null, null, "80ms", "5ms");
    FaultsSpec spec =
        new FaultsSpec(
            Profile.Standard,
            "4s",
            "2s",
            QuorumBudget.Minority,
            List.of(),
            List.of(),
            List.of(step));
    Injection injection = plan(spec, 3, 1).injections().getFirst();
    assertThat(injection.id()).isEqualTo("f01-delay");
    assertThat(injection.at()).isEqualTo(Duration.ofSeconds(7));
    assertThat(injection.length()).isEqualTo(Duration.ofMillis(900));
    assertThat(injection.fault().detail()).isEqualTo("80 ms ± 5 ms");
  }
}
