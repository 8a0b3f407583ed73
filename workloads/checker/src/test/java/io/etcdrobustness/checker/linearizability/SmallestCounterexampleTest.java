package io.etcdrobustness.checker.linearizability;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding.Status;
import io.etcdrobustness.checker.minimal.Counterexample;
import io.etcdrobustness.checker.minimal.Necessity;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.History;
import org.junit.jupiter.api.Test;

/** Histories that are not linearizable, made as small as they can be. */
class SmallestCounterexampleTest {

  private static final int WANTED = 400;

  @Test
  void needsEachOfItsParts() {
    Linearizable property = new Linearizable();
    int found = 0;
    int whoeverWrote = 0;
    for (long seed = 1; found < WANTED; seed++) {
      RandomSource random = new RandomSource(seed);
      History history =
          HistoryGenerator.generate(
              new HistoryGenerator.Shape(
                  6 + random.nextInt(14),
                  1 + random.nextInt(5),
                  1 + random.nextInt(4),
                  random.chance(0.7) ? 0.1 * random.nextInt(5) : 0,
                  random.chance(0.4),
                  random.chance(0.3),
                  random.chance(0.3),
                  false),
              random);
      history = Mutation.of(history, random);
      if (property.judge(new Evidence(history), Budget.UNLIMITED).status() != Status.VIOLATED) {
        continue;
      }
      found++;
      Counterexample smallest = Necessity.minimized(property, history, "seed " + seed);
      whoeverWrote += smallest.history().facts().otherWriters() ? 1 : 0;
    }
    assertThat(whoeverWrote).as("that hold whoever else wrote").isBetween(WANTED / 4, WANTED - 1);
  }
}
