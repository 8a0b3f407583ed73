package io.etcdrobustness.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.faults.Targeting.Link;
import io.etcdrobustness.spec.FaultsSpec.Direction;
import io.etcdrobustness.spec.FaultsSpec.Shape;
import io.etcdrobustness.spec.FaultsSpec.Target;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TargetingTest {

  private static final List<String> THREE = List.of("m0", "m1", "m2");
  private static final List<String> FIVE = List.of("m0", "m1", "m2", "m3", "m4");

  private static Targeting targeting(List<String> members, long seed) {
    return new Targeting(members, Optional.of("m1"), new RandomSource(seed));
  }

  @Test
  void rolesResolveToTheirMembers() {
    for (long seed = 0; seed < 100; seed++) {
      Targeting targeting = targeting(FIVE, seed);
      assertThat(targeting.members(Target.Leader)).containsExactly("m1");
      assertThat(targeting.members(Target.Follower)).hasSize(1).doesNotContain("m1");
      assertThat(targeting.members(Target.One)).hasSize(1);
      assertThat(targeting.members(Target.Minority)).hasSize(2);
      assertThat(targeting.members(Target.Majority)).hasSize(3);
      assertThat(targeting.members(Target.Random)).hasSizeBetween(1, 5);
      assertThat(targeting.members(Target.All)).hasSize(5);
    }
  }

  @Test
  void withoutALeaderNobodyIsLeaderOrFollower() {
    Targeting targeting = new Targeting(THREE, Optional.empty(), new RandomSource(1));
    assertThat(targeting.members(Target.Leader)).isEmpty();
    assertThat(targeting.members(Target.Follower)).isEmpty();
  }

  private static Set<Link> cut(
      List<String> members, Shape shape, Direction direction, String... hit) {
    return targeting(members, 4).links(new Injection.Partition(shape, direction), Set.of(hit));
  }

  @Test
  void aPartitionOfOneCutsItsLinksBothWays() {
    assertThat(cut(THREE, Shape.One, Direction.Both, "m1"))
        .containsExactlyInAnyOrder(
            new Link("m1", "m0"), new Link("m0", "m1"), new Link("m1", "m2"), new Link("m2", "m1"));
  }

  @Test
  void aOneWayPartitionCutsOnlyWhatTheTargetSends() {
    assertThat(cut(THREE, Shape.Leader, Direction.From, "m1"))
        .containsExactlyInAnyOrder(new Link("m1", "m0"), new Link("m1", "m2"));
    assertThat(cut(THREE, Shape.Leader, Direction.To, "m1"))
        .containsExactlyInAnyOrder(new Link("m0", "m1"), new Link("m2", "m1"));
  }

  @Test
  void aMinorityKeepsItsInnerLinks() {
    assertThat(cut(FIVE, Shape.Minority, Direction.Both, "m1", "m3"))
        .hasSize(12)
        .doesNotContain(new Link("m1", "m3"), new Link("m3", "m1"));
  }

  @Test
  void halvesLeaveAQuorumOnOneSide() {
    assertThat(cut(FIVE, Shape.Halves, Direction.Both)).hasSize(2 * 2 * 3);
    assertThat(cut(THREE, Shape.Halves, Direction.Both)).hasSize(2 * 2);
  }

  @Test
  void aBridgeSeesBothHalves() {
    Set<Link> links = cut(FIVE, Shape.Bridge, Direction.Both);
    assertThat(links).hasSize(2 * 2 * 2);
    assertThat(FIVE)
        .filteredOn(m -> links.stream().noneMatch(l -> l.from().equals(m) || l.to().equals(m)))
        .hasSize(1);
  }

  @Test
  void onAMajoritiesRingEachHearsAnotherMajority() {
    for (List<String> members : List.of(THREE, FIVE)) {
      Set<Link> links = cut(members, Shape.MajoritiesRing, Direction.Both);
      List<Set<String>> heard =
          members.stream()
              .map(to ->
                  Set.copyOf(
                      members.stream()
                          .filter(from -> !links.contains(new Link(from, to)))
                          .toList()))
              .toList();
      assertThat(heard)
          .doesNotHaveDuplicates()
          .allSatisfy(majority -> assertThat(majority).hasSize(members.size() / 2 + 1));
    }
  }
}
