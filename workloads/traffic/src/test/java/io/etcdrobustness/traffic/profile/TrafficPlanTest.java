package io.etcdrobustness.traffic.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.spec.WorkloadSpec;
import io.etcdrobustness.spec.WorkloadSpec.Profile;
import io.etcdrobustness.traffic.profile.PlannedStream.Kind;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrafficPlanTest {

  private static final List<String> MEMBERS = List.of("m1", "m2", "m3");

  private static TrafficPlan plan(Profile profile, int clients, long seed) {
    return TrafficPlan.of(
        new WorkloadSpec(profile, clients, "500/s", 12, "2s"), MEMBERS, new RandomSource(seed));
  }

  private static Map<String, Long> byMember(TrafficPlan plan, Kind kind) {
    return plan.streams().stream()
        .filter(stream -> stream.kind() == kind)
        .collect(Collectors.groupingBy(PlannedStream::member, Collectors.counting()));
  }

  @ParameterizedTest
  @EnumSource(Profile.class)
  void thePlanOfASeedIsAlwaysTheSame(Profile profile) {
    assertThat(plan(profile, 10, 5)).isEqualTo(plan(profile, 10, 5));
  }

  @Test
  void aQuarterOfTheClientsTalksToAllAndTheRestIsSpreadEvenly() {
    assertThat(byMember(plan(Profile.Mixed, 12, 1), Kind.REQUESTS))
        .containsExactlyInAnyOrderEntriesOf(Map.of("", 3L, "m1", 3L, "m2", 3L, "m3", 3L));
    Map<String, Long> uneven = byMember(plan(Profile.Mixed, 9, 1), Kind.REQUESTS);
    assertThat(uneven.get("")).isEqualTo(2);
    assertThat(MEMBERS).allSatisfy(member -> assertThat(uneven.get(member)).isBetween(2L, 3L));
  }

  @ParameterizedTest
  @EnumSource(Profile.class)
  void theClientsTogetherHaveTheRateAndNumbersOfTheirOwn(Profile profile) {
    TrafficPlan plan = plan(profile, 12, 1);
    assertThat(
            plan.streams().stream()
                .filter(stream -> stream.kind() == Kind.REQUESTS)
                .mapToDouble(PlannedStream::rate)
                .sum())
        .isCloseTo(500, within(0.1));
    assertThat(plan.streams().stream().map(PlannedStream::client))
        .containsExactlyElementsOf(IntStream.range(0, plan.streams().size()).boxed().toList());
    assertThat(plan.streams().stream().map(PlannedStream::label)).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @EnumSource(Profile.class)
  void everyMemberHasAWitnessAndWatchesThatAskForProgress(Profile profile) {
    TrafficPlan plan = plan(profile, 12, 1);
    assertThat(byMember(plan, Kind.WITNESS)).containsOnlyKeys(MEMBERS);
    assertThat(byMember(plan, Kind.PROGRESS_WATCHER)).containsOnlyKeys(MEMBERS);
    assertThat(byMember(plan, Kind.WATCHER)).containsOnlyKeys("", "m1", "m2", "m3");
    assertThat(byMember(plan, Kind.COMPACTION)).containsOnlyKeys("");
    assertThat(byMember(plan, Kind.DEFRAGMENTATION)).containsEntry("", 1L);
  }

  @Test
  void aPlanWithoutMembersIsRefused() {
    assertThatThrownBy(() ->
            TrafficPlan.of(
                new WorkloadSpec(Profile.Mixed, 1, "1/s", 1, "1s"), List.of(), new RandomSource(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least one member");
  }
}
