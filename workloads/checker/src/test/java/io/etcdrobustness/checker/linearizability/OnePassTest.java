package io.etcdrobustness.checker.linearizability;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Catalogue;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.OnePass;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.reads.SerializableReadFromPast;
import io.etcdrobustness.checker.watch.WatchNotStarved;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What one pass proves of a property is what judging the whole history finds, in every field. More:
 * {@code -Dagreement.histories}, {@code -Dagreement.seed}.
 */
class OnePassTest {

  private static final int HISTORIES = Integer.getInteger("agreement.histories", 20_000) / 4;
  private static final long FIRST_SEED = Long.getLong("agreement.seed", 1);

  /** All, of which one must be in more of a hurry than in real time to see anything. */
  private final List<Property> properties =
      Catalogue.of(Catalogue.Options.DEFAULT).properties().stream()
          .map(property ->
              property instanceof WatchNotStarved
                  ? new WatchNotStarved(20 * HistoryGenerator.UNIT)
                  : property)
          .toList();

  @Test
  void thePassAgreesWithEveryJudge() {
    Map<String, Integer> proved = new TreeMap<>();
    Map<String, Integer> exercised = new TreeMap<>();
    for (long seed = FIRST_SEED; seed < FIRST_SEED + HISTORIES; seed++) {
      RandomSource random = new RandomSource(seed);
      History history = WatchGenerator.watched(generate(random), random);
      for (int damages = (int) (seed % 4); damages > 0; damages--) {
        history =
            random.chance(0.5)
                ? WatchGenerator.damaged(history, random)
                : withOperations(history, Mutation.of(history, random));
      }
      Map<Property, Finding> findings = pass(history);
      Evidence evidence = new Evidence(history);
      for (Map.Entry<Property, Finding> entry : findings.entrySet()) {
        Finding judged = entry.getKey().judge(evidence, Budget.UNLIMITED);
        if (judged.status() == Finding.Status.VIOLATED && mayBeMisled(entry.getKey(), history)) {
          continue;
        }
        assertThat(entry.getValue())
            .as("seed %d: %s of%n%s", seed, entry.getKey().name(), print(history))
            .isEqualTo(judged);
        proved.merge(entry.getKey().name(), 1, Integer::sum);
        exercised.merge(entry.getKey().name(), judged.hits() > 0 ? 1 : 0, Integer::sum);
      }
    }
    assertThat(proved.keySet()).hasSize(properties.size());
    assertThat(exercised.entrySet())
        .filteredOn(entry ->
            entry.getKey().startsWith("Watch")
                && !entry.getKey().equals("WatchResumedAfterCompaction"))
        .allSatisfy(
            entry -> assertThat(entry.getValue()).as(entry.getKey()).isGreaterThan(HISTORIES / 20));
  }

  /**
   * Whether only a watch that tells untruths makes the judge accuse a read; he believes watches
   * where nobody else tells. The pass, which has executed everything, knows better.
   */
  private static boolean mayBeMisled(Property property, History history) {
    Evidence unwatched = new Evidence(history.frame().with(history.operations()));
    return property instanceof SerializableReadFromPast
        && property.judge(unwatched, Budget.UNLIMITED).status() != Finding.Status.VIOLATED;
  }

  private Map<Property, Finding> pass(History history) {
    OnePass pass =
        new OnePass(properties, history.frame(), history.watches().iterator(), Budget.UNLIMITED);
    for (Operation operation : history.operations()) {
      pass.take(operation);
    }
    return pass.end();
  }

  private static History generate(RandomSource random) {
    return HistoryGenerator.generate(
        new HistoryGenerator.Shape(
            3 + random.nextInt(14),
            1 + random.nextInt(4),
            1 + random.nextInt(3),
            random.chance(0.7) ? 0.1 * random.nextInt(5) : 0,
            random.chance(0.3),
            random.chance(0.3),
            true,
            random.chance(0.3)),
        random);
  }

  private static History withOperations(History history, History other) {
    List<Entry> entries = new ArrayList<>(other.operations());
    entries.addAll(history.watches());
    return History.of(history.facts(), entries);
  }

  private static String print(History history) {
    return Stream.concat(history.operations().stream(), history.watches().stream())
        .map(Object::toString)
        .collect(Collectors.joining("\n"));
  }
}
