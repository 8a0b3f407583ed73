package io.etcdrobustness.checker.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Catalogue;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Excerpt;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Nothing is called broken on the strength of a part that is not broken in the whole. */
class ExcerptTest {

  private static final int SEEDS = Integer.getInteger("excerpt.seeds", 4_000);

  private final List<Property> properties = Catalogue.of(Catalogue.Options.DEFAULT).properties();

  @Test
  void aStretchOfACorrectRecordViolatesNothing() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      RandomSource random = new RandomSource(seed);
      History history = new SimulatedRun(random, seed % 4 == 0).history();
      Excerpt part = stretch(history, random);
      for (Property property : convicted(part)) {
        assertThat(judge(property, part.history(property)).violations())
            .as("seed %d, %s", seed, property.name())
            .isEmpty();
      }
    }
  }

  @Test
  void whatIsViolatedInAStretchIsViolatedInTheWhole() {
    Map<String, Integer> violated = new TreeMap<>();
    for (long seed = 1; seed <= SEEDS; seed++) {
      RandomSource random = new RandomSource(seed);
      History history = new SimulatedRun(random.fork("run"), seed % 4 == 0).history();
      Mutation mutation = Mutation.values()[(int) (seed % Mutation.values().length)];
      Optional<History> mutated = mutation.apply(history, random.fork("mutation"));
      if (mutated.isEmpty()) {
        continue;
      }
      Excerpt part = stretch(mutated.get(), random);
      for (Property property : convicted(part)) {
        if (judge(property, part.history(property)).status() == Finding.Status.VIOLATED) {
          assertThat(judge(property, mutated.get()).status())
              .as("seed %d, %s, %s", seed, mutation, property.name())
              .isEqualTo(Finding.Status.VIOLATED);
          violated.merge(property.name(), 1, Integer::sum);
        }
      }
    }
    assertThat(violated.keySet())
        .containsExactlyInAnyOrder(
            "Linearizable",
            "RevisionMonotonic",
            "WatchOrdered",
            "WatchUnique",
            "WatchFilter",
            "WatchBookmarkable");
  }

  private List<Property> convicted(Excerpt part) {
    return properties.stream().filter(part::convicts).toList();
  }

  private static Finding judge(Property property, History history) {
    return property.judge(new Evidence(history), Budget.UNLIMITED);
  }

  /** Some of what was recorded one after the other, often from the start on. */
  private static Excerpt stretch(History history, RandomSource random) {
    List<Entry> recorded = new ArrayList<>(history.operations());
    recorded.addAll(history.watches());
    recorded.sort(Comparator.comparingLong(ExcerptTest::recordedAt));
    int to = 1 + random.nextInt(recorded.size());
    Excerpt excerpt =
        new Excerpt(history.facts(), true, random.chance(0.5) ? to : 1 + random.nextInt(to));
    recorded.subList(0, to).forEach(excerpt::add);
    return excerpt;
  }

  private static long recordedAt(Entry entry) {
    return switch (entry) {
      case Operation operation -> operation.end();
      case Watch message -> message.time();
      default -> throw new IllegalArgumentException("not in a stretch: " + entry);
    };
  }
}
