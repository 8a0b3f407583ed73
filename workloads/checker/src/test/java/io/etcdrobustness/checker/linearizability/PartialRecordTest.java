package io.etcdrobustness.checker.linearizability;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Catalogue;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Finding.Status;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.log.SimulatedRun;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * A record that lacks some of what was written, and says so, accuses nobody: whatever it lacks may
 * be somebody else's.
 */
class PartialRecordTest {

  private static final int RECORDS = 3_000;

  private final Catalogue catalogue = Catalogue.of(Catalogue.Options.DEFAULT);

  @Test
  void aCorrectRunOfWhichWritesAreMissingViolatesNothing() {
    judge(seed -> {
      RandomSource random = new RandomSource(seed);
      return HistoryGenerator.generate(
          new HistoryGenerator.Shape(
              6 + random.nextInt(40),
              1 + random.nextInt(6),
              1 + random.nextInt(5),
              random.chance(0.5) ? 0.1 * random.nextInt(5) : 0,
              random.chance(0.5),
              random.chance(0.3),
              random.chance(0.5),
              false),
          random.fork("history"));
    });
  }

  @Test
  void aCorrectRunWithWatchesOfWhichWritesAreMissingViolatesNothing() {
    judge(seed -> new SimulatedRun(new RandomSource(seed), seed % 2 == 0).history());
  }

  private interface Source {
    History of(long seed);
  }

  private void judge(Source source) {
    Map<Status, Integer> linearizable = new EnumMap<>(Status.class);
    Map<String, List<String>> accused = new TreeMap<>();
    for (long seed = 1; seed <= RECORDS; seed++) {
      History part = part(source.of(seed), new RandomSource(seed).fork("part"));
      Evidence evidence = new Evidence(part);
      for (Property property : catalogue.properties()) {
        Finding finding = property.judge(evidence, Budget.UNLIMITED);
        if (finding.status() == Status.VIOLATED) {
          accused
              .computeIfAbsent(property.name(), any -> new ArrayList<>())
              .add(
                  "seed %d: %s%n%s"
                      .formatted(seed, finding.violations().getFirst().summary(), print(part)));
        }
        if (property instanceof Linearizable) {
          linearizable.merge(finding.status(), 1, Integer::sum);
        }
      }
    }
    assertThat(accused)
        .as(
            "%s",
            accused.entrySet().stream()
                .map(entry ->
                    entry.getKey()
                        + " "
                        + entry.getValue().size()
                        + " times, first with "
                        + entry.getValue().getFirst())
                .collect(Collectors.joining("\n")))
        .isEmpty();
    assertThat(linearizable.getOrDefault(Status.HOLDS, 0)).isGreaterThan(RECORDS / 2);
  }

  /** What is left if the recorder missed some operations, came late, and was killed. */
  private static History part(History whole, RandomSource random) {
    long last = whole.operations().stream().mapToLong(Operation::end).max().orElse(0);
    boolean late = random.chance(0.3);
    long from = late ? random.nextLong(last / 2 + 1) : Long.MIN_VALUE;
    // Operations and watches are in two files, of which the one may reach further than the other.
    long until = random.chance(0.6) ? last / 4 + random.nextLong(last) : Long.MAX_VALUE;
    long watchedUntil = random.chance(0.5) ? until : last / 4 + random.nextLong(last);
    double missingWrites = random.pick(List.of(0.02, 0.1, 0.3, 0.6));
    double missingOthers = random.pick(List.of(0.0, 0.0, 0.1));
    List<Entry> left = new ArrayList<>();
    for (Operation operation : whole.operations()) {
      boolean missing =
          random.chance(reads(operation.request()) ? missingOthers : missingWrites)
              || operation.call() < from
              || operation.end() > until;
      if (!missing) {
        left.add(operation);
      }
    }
    whole.watches().stream().filter(message -> message.time() <= watchedUntil).forEach(left::add);
    History.Facts facts = whole.facts();
    return History.of(
        new History.Facts(
            facts.emptyAtStart() && !late && random.chance(0.8)
                ? History.Start.EMPTY
                : History.Start.UNKNOWN,
            facts.autoCompaction() || late,
            true,
            facts.uniqueValues()),
        left);
  }

  private static boolean reads(Request request) {
    return request instanceof Request.Range;
  }

  private static String print(History history) {
    return history.facts()
        + "\n"
        + history.operations().stream().map(Object::toString).collect(Collectors.joining("\n"))
        + "\n"
        + history.watches().stream().map(Watch::toString).collect(Collectors.joining("\n"));
  }
}
