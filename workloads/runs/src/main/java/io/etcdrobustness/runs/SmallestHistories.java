package io.etcdrobustness.runs;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.minimal.Counterexample;
import io.etcdrobustness.checker.minimal.Minimizer;
import io.etcdrobustness.runs.report.CounterexampleFolder;
import io.etcdrobustness.runs.report.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Looks for the smallest counterexamples of a run that failed and puts them beside its report, as
 * {@code robustness minimize} does, for whoever opens it and has no command at hand. The verdict
 * stands whether any is found or not.
 */
public final class SmallestHistories {

  /** A part of a history is smaller than the whole; what takes longer is a search without end. */
  private static final Duration EACH = Duration.ofSeconds(5);

  /** Where many properties are broken, the first ones tell why. */
  private static final int MOST = 3;

  private final Report report;
  private final BooleanSupplier enough;
  private final Consumer<String> log;

  private SmallestHistories(Report report, BooleanSupplier enough, Consumer<String> log) {
    this.report = report;
    this.enough = enough;
    this.log = log;
  }

  /**
   * Looks for them.
   *
   * @param folder of the report
   * @param most time for all of them
   * @param enough asked whether to leave off
   * @param log is told what was found
   */
  public static void write(
      Report report, Path folder, Duration most, BooleanSupplier enough, Consumer<String> log) {
    SmallestHistories histories = new SmallestHistories(report, enough, log);
    List<Property> broken =
        Judging.of(report.spec()).properties().stream()
            .filter(property -> !property.brokenByAbsence())
            .filter(histories::isViolated)
            .limit(MOST)
            .toList();
    for (Property property : broken) {
      Path place = folder.resolve("minimal").resolve(property.name());
      // Of a run that went on one may have been found when the window had just been judged.
      if (!Files.exists(place)) {
        histories.look(property, place, most.dividedBy(MOST));
      }
    }
  }

  private boolean isViolated(Property property) {
    return report.assessment().findings().stream()
        .anyMatch(finding ->
            finding.property().equals(property.name())
                && finding.status() == Finding.Status.VIOLATED);
  }

  private void look(Property property, Path folder, Duration most) {
    try {
      Optional<Counterexample> found =
          new Minimizer(property, _ -> budget(EACH), budget(most), _ -> {})
              .minimize(report.history());
      if (found.isEmpty()) {
        log.accept("%s could not be judged again in time".formatted(property.name()));
        return;
      }
      CounterexampleFolder.write(folder, property, found.get());
      log.accept(
          "%s: %d operations and %d watches are enough"
              .formatted(
                  property.name(), found.get().operations().size(), found.get().watches().size()));
    } catch (IOException | RuntimeException failed) {
      log.accept("no smallest history of %s: %s".formatted(property.name(), failed));
    }
  }

  private Budget budget(Duration time) {
    Budget own = Budgets.of(time, report.spec().checks().memoryBytes());
    return () -> enough.getAsBoolean() || own.exhausted();
  }
}
