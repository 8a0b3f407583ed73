package io.etcdrobustness.checker.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.BudgetFactory;
import io.etcdrobustness.checker.Catalogue;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.minimal.Counterexample;
import io.etcdrobustness.checker.minimal.Minimizer;
import io.etcdrobustness.checker.minimal.Necessity;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.History;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Damages of every kind to simulated runs, made as small as they can be. */
class SmallestWatchCounterexampleTest {

  private static final int EACH = 12;

  private final Catalogue catalogue = Catalogue.of(Catalogue.Options.DEFAULT);

  @ParameterizedTest
  @EnumSource
  void needsEachOfItsParts(Mutation mutation) {
    Property property = catalogue.find(mutation.property()).orElseThrow();
    int applied = 0;
    int most = 0;
    for (long seed = 1; applied < EACH && seed <= 1500; seed++) {
      RandomSource random = new RandomSource(seed);
      History history = new SimulatedRun(random.fork("run"), true).history();
      Optional<History> mutated = mutation.apply(history, random.fork("mutation"));
      if (mutated.isPresent()) {
        applied++;
        Counterexample smallest =
            Necessity.minimized(property, mutated.get(), "seed %d, %s".formatted(seed, mutation));
        most = Math.max(most, smallest.operations().size() + smallest.watches().size());
      }
    }
    assertThat(applied).isEqualTo(EACH);
    assertThat(most).as("parts of the largest one").isBetween(1, 12);
  }

  @Test
  void whatHoldsHasNone() {
    History history = new SimulatedRun(new RandomSource(1), true).history();
    for (Property property : catalogue.properties()) {
      if (property.brokenByAbsence()) {
        continue;
      }
      assertThat(
              new Minimizer(property, BudgetFactory.UNLIMITED, Budget.UNLIMITED, _ -> {})
                  .minimize(history))
          .as(property.name())
          .isEmpty();
    }
  }

  @Test
  void ofWhatIsBrokenByAbsenceAPartProvesNothing() {
    assertThat(catalogue.properties().stream().filter(Property::brokenByAbsence))
        .extracting(Property::name)
        .containsExactly("WatchNotStarved", "AvailableAfterHeal");
    Property property = catalogue.find("AvailableAfterHeal").orElseThrow();
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new Minimizer(property, BudgetFactory.UNLIMITED, Budget.UNLIMITED, _ -> {}))
        .withMessageContaining("AvailableAfterHeal");
  }

  @Test
  void withoutTimeTheWholeIsTheCounterexampleAndIsNotCalledSmallest() {
    RandomSource random = new RandomSource(7);
    History history = new SimulatedRun(random.fork("run"), true).history();
    History mutated = Mutation.ACKNOWLEDGED_TWICE.apply(history, random).orElseThrow();
    Property property = catalogue.find("AcknowledgedWriteSurvives").orElseThrow();

    Counterexample found =
        new Minimizer(property, BudgetFactory.UNLIMITED, () -> true, _ -> {})
            .minimize(mutated)
            .orElseThrow();

    assertThat(found.smallest()).isFalse();
    assertThat(found.operations()).hasSameSizeAs(mutated.operations());
    assertThat(found.history().watches()).isEqualTo(mutated.watches());
  }
}
