package io.etcdrobustness.checker.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.History;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SimulatedRunTest {

  private static final int RUNS = 4000;

  @Test
  void aCorrectRunViolatesNothing() {
    Map<String, Long> hits = new HashMap<>();
    for (long seed = 1; seed <= RUNS; seed++) {
      History history = new SimulatedRun(new RandomSource(seed), seed % 4 == 0).history();
      for (Finding finding : LogProperties.judge(history)) {
        assertThat(finding.violations()).as("seed %d, %s", seed, finding.property()).isEmpty();
        hits.merge(finding.property(), finding.hits(), Long::sum);
      }
    }
    // A property that nothing puts to the test proves nothing here.
    hits.remove("WatchNotStarved");
    assertThat(hits).allSatisfy((property, count) -> assertThat(count).isGreaterThan(RUNS / 4));
  }

  @ParameterizedTest
  @EnumSource
  void aMutationIsFoundByItsProperty(Mutation mutation) {
    int applied = 0;
    for (long seed = 1; seed <= 1500; seed++) {
      RandomSource random = new RandomSource(seed);
      History history = new SimulatedRun(random.fork("run"), true).history();
      Optional<History> mutated = mutation.apply(history, random.fork("mutation"));
      if (mutated.isEmpty()) {
        continue;
      }
      applied++;
      List<String> violated = LogProperties.violatedBy(mutated.get());
      assertThat(violated).as("seed %d, %s", seed, mutation).contains(mutation.property());
    }
    assertThat(applied).as("runs in which there was something to mutate").isGreaterThan(60);
  }
}
