package io.etcdrobustness.checker.linearizability;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding.Status;
import io.etcdrobustness.checker.InOnePass;
import io.etcdrobustness.checker.reads.CompactionRespected;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.History;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Where compactions are about, an order that explains all answers, those that refuse included,
 * exists if, and only if, neither linearizability nor the rules of compaction are broken.
 */
class CompactionAgreementTest {

  private static final int HISTORIES = Integer.getInteger("agreement.histories", 20_000) / 4;
  private static final long FIRST_SEED = Long.getLong("agreement.seed", 1);

  /** A request is refused in the instant in which the compaction is called that explains it. */
  private static final long[] ONCE_WRONG = {7_009_225L};

  @Test
  void bothPropertiesTogetherAreTheDefinition() {
    int legal = 0;
    int illegal = 0;
    int missed = 0;
    for (long seed : seeds()) {
      RandomSource random = new RandomSource(seed);
      History history =
          HistoryGenerator.generate(
              new HistoryGenerator.Shape(
                  3 + random.nextInt(6),
                  1 + random.nextInt(4),
                  1 + random.nextInt(2),
                  random.chance(0.5) ? 0.1 * random.nextInt(5) : 0,
                  false,
                  random.chance(0.3),
                  false,
                  true),
              random);
      for (int damages = (int) (seed % 3); damages > 0; damages--) {
        history = Mutation.of(history, random);
      }
      boolean expected = BruteForce.linearizable(history);
      Evidence evidence = new Evidence(history);
      Status order = new Linearizable().judge(evidence, Budget.UNLIMITED).status();
      Status compaction = new CompactionRespected().judge(evidence, Budget.UNLIMITED).status();
      boolean broken = order == Status.VIOLATED || compaction == Status.VIOLATED;
      if (expected) {
        assertThat(broken)
            .as(
                "seed %d: linearizable is %s, compaction %s of%n%s",
                seed, order, compaction, InOnePass.print(history))
            .isFalse();
        legal++;
      } else {
        illegal++;
        missed += broken ? 0 : 1;
      }
    }
    // A compaction at a revision that nobody is known to have made passes: importers may lack a
    // request (see RevisionBounds). One in 1,500 of the illegal ones is of that kind.
    assertThat(missed).as("illegal, and not noticed").isLessThan(1 + illegal / 200);
    assertThat(legal).as("legal histories").isGreaterThan(HISTORIES / 4);
    assertThat(illegal).as("illegal histories").isGreaterThan(HISTORIES / 4);
  }

  private static long[] seeds() {
    return LongStream.concat(
            LongStream.of(ONCE_WRONG), LongStream.range(FIRST_SEED, FIRST_SEED + HISTORIES))
        .toArray();
  }
}
