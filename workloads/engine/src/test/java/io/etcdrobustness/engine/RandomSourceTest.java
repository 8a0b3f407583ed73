package io.etcdrobustness.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RandomSourceTest {

  @Test
  void theStreamOfASeedIsPinned() {
    // SplitMix64's published first outputs for seed 1234567: a change here breaks every old seed.
    RandomSource random = new RandomSource(1234567);
    assertThat(LongStream.generate(random::nextLong).limit(3))
        .containsExactly(6457827717110365317L, 3203168211198807973L, -8629252141511181193L);
  }

  @Test
  void aForkDependsOnTheLabelAndNotOnWhatWasDrawnBefore() {
    RandomSource drawn = new RandomSource(7);
    drawn.nextLong();
    assertThat(drawn.fork("client-1").nextLong())
        .isEqualTo(new RandomSource(7).fork("client-1").nextLong())
        .isNotEqualTo(new RandomSource(7).fork("client-2").nextLong());
  }

  @Test
  void drawsStayInBoundsAndReachBothEnds() {
    RandomSource random = new RandomSource(3);
    assertThat(LongStream.generate(() -> random.between(-2, 2)).limit(1000).boxed().distinct())
        .containsExactlyInAnyOrder(-2L, -1L, 0L, 1L, 2L);
  }

  @Test
  void shufflingKeepsTheItems() {
    List<Integer> items = IntStream.range(0, 50).boxed().toList();
    assertThat(new RandomSource(1).shuffled(items))
        .containsExactlyInAnyOrderElementsOf(items)
        .isNotEqualTo(items);
  }

  @Test
  void weightsDecideTheShares() {
    WeightedChoice<String> choice = WeightedChoice.<String>of().with(9, "often").with(1, "rarely");
    RandomSource random = new RandomSource(5);
    long rarely =
        IntStream.range(0, 10_000).filter(i -> choice.draw(random).equals("rarely")).count();
    assertThat(rarely).isBetween(850L, 1150L);
  }
}
