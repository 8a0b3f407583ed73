package io.etcdrobustness.runs.hunt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.runs.Specs;
import io.etcdrobustness.spec.TestSpec;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Hunts of one test on several machines, and the ways in which a variation is changed. */
class PartTest {

  private static final TestSpec TEST =
      Specs.of("cluster: {replicas: 3, version: v3.7.3}\nfaults: {include: [Kill, Pause]}");

  @Test
  void noTwoPartsHaveASeedInCommon() {
    int parts = 7;
    Set<Long> all = new HashSet<>();
    for (int index = 0; index < parts; index++) {
      // Even from the same draws.
      Variator variator = new Variator(TEST, Set.of(), new RandomSource(1), new Part(index, parts));
      Set<Long> own = new HashSet<>();
      Variation variation = variator.fresh();
      for (int i = 0; i < 100; i++) {
        own.add(variation.seed());
        variation = variator.changed(variation);
        own.add(variator.fresh().seed());
      }
      assertThat(own)
          .hasSizeGreaterThan(50)
          .allMatch(seed -> seed >= 0 && seed < 1L << 31, "is short enough to be typed")
          .noneMatch(all::contains);
      all.addAll(own);
    }
  }

  @Test
  void partsCountFromZero() {
    assertThat(new Part(2, 3).name()).isEqualTo("part-2");
    assertThatThrownBy(() -> new Part(3, 3)).hasMessageContaining("no part 3 of 3");
    assertThatThrownBy(() -> new Part(-1, 3)).hasMessageContaining("no part -1 of 3");
    assertThatThrownBy(() -> new Part(0, 0)).hasMessageContaining("no part 0 of 0");
  }

  @Test
  void someVariationsAreOthersUpToAnInstant() {
    Variator variator = new Variator(TEST, Set.of(), new RandomSource(5));
    Variation known = variator.fresh();
    int branched = 0;
    for (int i = 0; i < 200; i++) {
      Variation other = variator.changed(known);
      if (!other.schedule().branches().isEmpty()) {
        branched++;
        assertThat(other.seed()).isEqualTo(known.seed());
        assertThat(other.spec()).isEqualTo(known.spec());
        assertThat(other.schedule().unbranched()).isEqualTo(known.schedule());
        assertThat(other.schedule().branches().getFirst().at())
            .isBetween(100_000_000L, known.spec().trafficTime().toNanos() + 2_000_000_000L);
      }
    }
    assertThat(branched).isBetween(10, 60);
  }
}
