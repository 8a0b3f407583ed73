package io.etcdrobustness.checker.linearizability;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Finding.Status;
import io.etcdrobustness.checker.InOnePass;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.History;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * The search, the pass before it and the definition come to the same verdict.
 *
 * <p>A million histories take about a minute: {@code -Dagreement.histories=1000000}, and {@code
 * -Dagreement.seed} for others than the usual ones.
 */
class AgreementTest {

  private static final int HISTORIES = Integer.getInteger("agreement.histories", 20_000);
  private static final long FIRST_SEED = Long.getLong("agreement.seed", 1);

  /** A page whose limit cuts a tie names a key that does not exist. */
  private static final long[] ONCE_WRONG = {50_290_389L, 60_181_085L};

  private final Linearizable property = new Linearizable();

  @Test
  void theJudgeAgreesWithTheDefinitionOnEverySmallHistory() {
    int legal = 0;
    int passed = 0;
    int undone = 0;
    for (long seed : seeds()) {
      RandomSource random = new RandomSource(seed);
      History history =
          HistoryGenerator.generate(
              new HistoryGenerator.Shape(
                  3 + random.nextInt(6),
                  1 + random.nextInt(4),
                  1 + random.nextInt(3),
                  random.chance(0.7) ? 0.1 * random.nextInt(7) : 0,
                  random.chance(0.4),
                  random.chance(0.3),
                  random.chance(0.3),
                  false),
              random);
      boolean damaged = seed % 4 != 0;
      for (int i = damaged ? 1 + random.nextInt(2) : 0; i > 0; i--) {
        history = Mutation.of(history, random);
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
      Optional<Finding> inOnePass =
          Optional.ofNullable(InOnePass.of(List.of(property), history).get(property));
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
    assertThat(undone).as("illegal histories").isGreaterThan(HISTORIES / 4);
  }

  private static long[] seeds() {
    return LongStream.concat(
            LongStream.of(ONCE_WRONG), LongStream.range(FIRST_SEED, FIRST_SEED + HISTORIES))
        .toArray();
  }
}
