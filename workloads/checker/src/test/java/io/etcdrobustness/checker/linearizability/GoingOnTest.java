package io.etcdrobustness.checker.linearizability;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Finding.Status;
import io.etcdrobustness.checker.InOnePass;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Opening;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Histories that go on where another one ended are judged as the definition wants it: by the search
 * and by the pass. More of them: {@code -Dgoingon.histories}, {@code -Dgoingon.seed}.
 */
class GoingOnTest {

  private static final int HISTORIES = Integer.getInteger("goingon.histories", 6_000);
  private static final long FIRST_SEED = Long.getLong("goingon.seed", 1);

  private final Linearizable property = new Linearizable();

  @Test
  void theJudgeAgreesWithTheDefinition() {
    int legal = 0;
    int undone = 0;
    int passed = 0;
    for (long seed = FIRST_SEED; seed < FIRST_SEED + HISTORIES; seed++) {
      RandomSource random = new RandomSource(seed);
      History history =
          HistoryGenerator.goingOn(
              new HistoryGenerator.Shape(
                  2 + random.nextInt(5),
                  1 + random.nextInt(4),
                  1 + random.nextInt(3),
                  random.chance(0.7) ? 0.1 * random.nextInt(6) : 0,
                  random.chance(0.4),
                  random.chance(0.3),
                  random.chance(0.3),
                  false),
              1 + random.nextInt(6),
              random);
      assertThat(Opening.of(history)).as("seed %d opens with a read", seed).isPresent();
      boolean damaged = seed % 4 != 0;
      for (int i = damaged ? 1 + random.nextInt(2) : 0; i > 0; i--) {
        history = damage(history, random);
      }
      boolean expected = BruteForce.linearizable(history);
      Finding finding = property.judge(new Evidence(history), Budget.UNLIMITED);
      assertThat(finding.status() != Status.VIOLATED)
          .as(
              "seed %d (damaged: %s): linearizable by definition: %s; the search says %s %s%n%s",
              seed,
              damaged,
              expected,
              finding.note(),
              finding.violations(),
              InOnePass.print(history))
          .isEqualTo(expected);
      Optional<Finding> inOnePass = InOnePass.of(property, history);
      if (inOnePass.isPresent()) {
        assertThat(inOnePass.get())
            .as("seed %d: what the pass says of%n%s", seed, InOnePass.print(history))
            .isEqualTo(finding);
        passed++;
      }
      if (!damaged) {
        assertThat(expected).as("seed %d is linearizable as generated", seed).isTrue();
      }
      legal += expected ? 1 : 0;
      undone += expected ? 0 : 1;
    }
    assertThat(passed).as("histories proved in one pass").isGreaterThan(legal / 2);
    assertThat(legal).as("legal histories").isGreaterThan(HISTORIES / 4);
    assertThat(undone).as("illegal histories").isGreaterThan(HISTORIES / 5);
  }

  /** What is told otherwise than it was; the opening stays, and what is carried. */
  private static History damage(History history, RandomSource random) {
    Opening opening = Opening.of(history).orElseThrow();
    History damaged = Mutation.of(history, random);
    boolean same =
        damaged.operations().stream()
            .filter(op -> op.call() < opening.read().end())
            .toList()
            .equals(
                history.operations().stream()
                    .filter(op -> op.call() < opening.read().end())
                    .toList());
    return same ? damaged : history;
  }
}
