package io.etcdrobustness.checker.linearizability;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Finding.Status;
import io.etcdrobustness.checker.OnePass;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * A budget may end anywhere: in the midst of a guess, of the preparations, of the search. Then
 * nothing is held for proved, and it is said how far it came. Budgets here end after so many
 * questions: no clock is asked.
 */
class BudgetTest {

  private final Linearizable property = new Linearizable();

  @Test
  void aBudgetThatEndsAtAnyQuestionOfThePassLeavesNothingProved() {
    History history = provable();
    Questions all = new Questions(Integer.MAX_VALUE);
    assertThat(inOnePass(history, all).map(Finding::status)).contains(Status.HOLDS);
    // It asks far more often than it looks at the budget between operations.
    assertThat(all.asked).isGreaterThan(history.operations().size() / 16);
    for (int most = 0; most < all.asked; most += 1 + all.asked / 200) {
      assertThat(inOnePass(history, new Questions(most))).as("after %d questions", most).isEmpty();
    }
  }

  @Test
  void aGuessEndsWithTheBudgetAndNotLongAfter() {
    History history = provable();
    Questions all = new Questions(Integer.MAX_VALUE);
    inOnePass(history, all);
    for (int most = 0; most < all.asked; most += 1 + all.asked / 200) {
      Questions budget = new Questions(most);
      inOnePass(history, budget);
      // Whoever learns that it is over asks no more than once at each level on the way out.
      assertThat(budget.asked - most).as("after %d questions", most).isLessThan(64);
    }
  }

  @Test
  void aBudgetThatEndsAtAnyQuestionOfTheJudgeLeavesItUndecidedWithTheOpenRevision() {
    History history = blind(3, 3000);
    Questions all = new Questions(Integer.MAX_VALUE);
    assertThat(judge(history, all).status()).isEqualTo(Status.HOLDS);
    assertThat(all.asked).isGreaterThan(20);
    for (int most = 0; most < all.asked - 1; most++) {
      Finding finding = judge(history, new Questions(most));
      assertThat(finding.status()).as("after %d questions", most).isEqualTo(Status.UNDECIDED);
      assertThat(finding.violations()).isEmpty();
      assertThat(finding.note()).contains("budget", "at revision", "%");
      assertThat(finding.hits()).isPositive();
    }
  }

  /** Each of the preparations is a few loops over all, and takes long if the history is long. */
  @Test
  void everyLoopOfThePreparationsLooksAtTheBudgetAndEndsWithIt() {
    History history = BlindHistoryTest.sequential(20_000, 100, new RandomSource(5));
    Placement placement = new Placement(history, Budget.UNLIMITED);
    RealTime realTime = new RealTime(placement.slots(), placement.leases(), Budget.UNLIMITED);
    Gaps gaps = new Gaps(placement.slots(), placement.base(), placement.last());
    Lots lots = new Lots(history, placement.candidates(), Budget.UNLIMITED);
    Sightings sightings = new Sightings(placement, new TreeSet<>(), gaps, Budget.UNLIMITED);
    lots.pin(sightings, placement.base());
    int operations = history.operations().size();
    int slots = placement.slots().size();

    asks(2, operations, budget -> new Placement(history, budget));
    asks(2, slots, budget -> new RealTime(placement.slots(), placement.leases(), budget));
    asks(2, operations, budget -> new Lots(history, placement.candidates(), budget));
    asks(
        2,
        operations,
        budget -> new Touches(history, placement, realTime, lots, sightings, budget));
    asks(1, slots, budget -> new LeaseUses(placement, budget));
    assertThat(new Placement(history, new Questions(0)).placed()).hasSizeLessThan(256);
  }

  /** That there are so many loops over so many things; a few short ones there may be beside. */
  private static void asks(int loops, int things, Consumer<Budget> preparation) {
    Questions all = new Questions(Integer.MAX_VALUE);
    preparation.accept(all);
    assertThat(all.asked).isGreaterThanOrEqualTo(loops * (things / Budget.BETWEEN_ITEMS));
    Questions none = new Questions(0);
    preparation.accept(none);
    assertThat(none.asked).isBetween(1, loops + 3);
  }

  @Test
  void whatIsNotPreparedToTheEndConvictsNobody() {
    History history = BlindHistoryTest.sequential(6_000, 100, new RandomSource(5));
    Questions all = new Questions(Integer.MAX_VALUE);
    assertThat(judge(history, all).status()).isEqualTo(Status.HOLDS);
    for (int most = 0; most < all.asked - 1; most += 1 + all.asked / 100) {
      Questions budget = new Questions(most);
      Finding finding = judge(history, budget);
      assertThat(finding.status()).as("after %d questions", most).isEqualTo(Status.UNDECIDED);
      assertThat(budget.asked - most).as("after %d questions", most).isLessThan(16);
    }
  }

  /** What is broken may be found before the budget ends, and is undecided otherwise. */
  @Test
  void aBrokenHistoryIsNeverInOrderWhereverTheBudgetEnds() {
    int convicted = 0;
    for (long seed = 10; seed < 60; seed++) {
      RandomSource random = new RandomSource(seed);
      History history = Mutation.of(blind(seed, 200), random);
      Questions all = new Questions(2000);
      Finding whole = judge(history, all);
      if (whole.status() == Status.VIOLATED) {
        convicted++;
        for (int most = 0; most < Math.min(all.asked, 50); most++) {
          assertThat(judge(history, new Questions(most)).status())
              .as("seed %d after %d questions", seed, most)
              .isIn(Status.UNDECIDED, Status.VIOLATED);
        }
      }
    }
    assertThat(convicted).isGreaterThan(10);
  }

  /** And one that is in order is never broken. */
  @Test
  void aHistoryInOrderIsNeverBrokenWhereverTheBudgetEnds() {
    for (long seed = 100; seed < 140; seed++) {
      History history = blind(seed, 300);
      Questions all = new Questions(2000);
      judge(history, all);
      for (int most = 0; most < Math.min(all.asked, 200); most++) {
        assertThat(judge(history, new Questions(most)).status())
            .as("seed %d after %d questions", seed, most)
            .isIn(Status.UNDECIDED, Status.HOLDS);
      }
    }
  }

  /** One that is proved in one pass, with many guesses. */
  private static History provable() {
    return BlindHistoryTest.sequential(6000, 100, new RandomSource(21));
  }

  private static History blind(long seed, int operations) {
    return HistoryGenerator.generate(
        new HistoryGenerator.Shape(operations, 8, 12, 0.05, false, false, false, false),
        new RandomSource(seed));
  }

  private Finding judge(History history, Budget budget) {
    return property.judge(new Evidence(history), budget);
  }

  private Optional<Finding> inOnePass(History history, Budget budget) {
    OnePass pass =
        new OnePass(List.of(property), history.frame(), history.watches().iterator(), budget);
    for (Operation operation : history.operations()) {
      if (!pass.hopeful()) {
        return Optional.empty();
      }
      pass.take(operation);
    }
    return Optional.ofNullable(pass.end().get(property));
  }

  /** A budget of so many questions, the same on every machine. */
  private static final class Questions implements Budget {
    private final int most;
    private int asked;

    Questions(int most) {
      this.most = most;
    }

    @Override
    public boolean exhausted() {
      return ++asked > most;
    }
  }
}
