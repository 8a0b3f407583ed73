package io.etcdrobustness.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.spec.FaultsSpec;
import io.etcdrobustness.spec.FaultsSpec.FaultType;
import io.etcdrobustness.spec.FaultsSpec.Profile;
import io.etcdrobustness.spec.FaultsSpec.QuorumBudget;
import io.etcdrobustness.spec.FaultsSpec.Target;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
          .containsExactlyInAnyOrderElementsOf(Profile.Standard.kinds());
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

  /** Reports and issues name seeds: what a seed once meant, it means for ever. */
  @ParameterizedTest
  @CsvSource({
    "Light, 0bd76c7a1e01c06eeb212e045c57b63746b89a85a2b7134a77dc9797baab4292",
    "Standard, f5d129e3215f3f5ab4582f583145a8f3975dc70ee79f8eb95911d9f6433671be",
    "Aggressive, 3c20a64ad85b3337e4e48ec1dcc52dd265bf8790e4f7421989e53b2a282bb4f4",
  })
  void plansOfASeedStayWhatTheyWereWhenNewKindsAreAdded(Profile profile, String digest)
      throws Exception {
    MessageDigest plans = MessageDigest.getInstance("SHA-256");
    for (QuorumBudget budget : QuorumBudget.values()) {
      for (int members : new int[] {1, 3, 5}) {
        for (long seed = 0; seed < 50; seed++) {
          plans.update(
              plan(spec(profile, budget), members, seed)
                  .toString()
                  .getBytes(StandardCharsets.UTF_8));
        }
      }
    }
    assertThat(HexFormat.of().formatHex(plans.digest())).isEqualTo(digest);
  }

  @Test
  void thePodsProfileHitsOneMemberAtATimeWhateverTheBudget() {
    for (long seed = 0; seed < 200; seed++) {
      List<Injection> injections = plan(spec(Profile.Pods, QuorumBudget.All), 3, seed).injections();
      assertThat(injections.stream().map(i -> i.fault().type()).collect(Collectors.toSet()))
          .as("seed %d", seed)
          .isEqualTo(FaultType.OF_PODS);
      assertThat(injections)
          .as("seed %d", seed)
          .extracting(Injection::target)
          .isSubsetOf(Target.Leader, Target.Follower, Target.One);
    }
  }

  @Test
  void theOnlyMemberOfAClusterKeepsItsVolume() {
    assertThat(Planner.kinds(spec(Profile.Pods, QuorumBudget.Minority), 1))
        .containsExactly(FaultType.PodDelete, FaultType.PodEvict, FaultType.NodeDrain);
  }

  @Test
  void whatOnlyAMachineCanIsPlannedWhereItIsAskedFor() {
    for (long seed = 0; seed < 50; seed++) {
      for (Profile profile : List.of(Profile.Light, Profile.Standard, Profile.Aggressive)) {
        assertThat(plan(spec(profile, QuorumBudget.Minority), 3, seed).injections())
            .as("%s, seed %d", profile, seed)
            .extracting(injection -> injection.fault().type())
            .doesNotContainAnyElementsOf(FaultType.OF_MACHINE);
      }
      FaultPlan machine =
          Planner.plan(
              spec(Profile.Machine, QuorumBudget.Minority),
              3,
              Duration.ofMinutes(2),
              new RandomSource(seed));
      assertThat(machine.injections().stream().map(i -> i.fault().type()))
          .as("seed %d", seed)
          .containsAll(FaultType.OF_MACHINE)
          .contains(FaultType.Kill, FaultType.Partition)
          .doesNotContain(FaultType.Reset)
          .doesNotContainAnyElementsOf(FaultType.OF_PODS);
    }
  }

  @Test
  void aLossOfWhichNothingIsSaidLosesSome() {
    FaultsSpec spec =
        new FaultsSpec(
            Profile.Standard,
            "4s",
            "2s",
            QuorumBudget.Minority,
            List.of(),
            List.of(),
            List.of(FaultsSpec.Step.plain("1s", FaultType.Loss, Target.Leader, "1s")));

    assertThat(plan(spec, 3, 1).injections())
        .extracting(injection -> injection.fault().detail())
        .containsExactly("10 % lost");
  }

  @Test
  void theNoneProfilePlansNothing() {
    assertThat(plan(spec(Profile.None, QuorumBudget.Minority), 3, 1).injections()).isEmpty();
  }

  @Test
  void aScriptIsTakenAsItStands() {
    FaultsSpec.Step step =
        new FaultsSpec.Step(
            "7s",
            FaultType.Delay,
            Target.Leader,
            "900ms",
            null,
            null,
            "80ms",
            "5ms",
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null);
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
