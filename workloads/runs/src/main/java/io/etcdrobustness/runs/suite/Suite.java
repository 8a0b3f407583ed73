package io.etcdrobustness.runs.suite;

import io.etcdrobustness.checker.Assessment;
import io.etcdrobustness.checker.Verdict;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.runs.Cancellation;
import io.etcdrobustness.runs.WallClock;
import io.etcdrobustness.runs.report.JUnitXml;
import io.etcdrobustness.runs.report.Report;
import io.etcdrobustness.spec.Combination;
import io.etcdrobustness.spec.SuiteDocument;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Carries out a suite: its runs in order, so many at once as it allows.
 *
 * <p>Whatever happens to one run is that run's verdict; the others go on. If the suite is to end
 * early, runs under way end in order and are judged, and those that have not begun stay without a
 * verdict, which the suite's says.
 */
public final class Suite {

  private final Setup setup;
  private final Runs runs;
  private final Cancellation ending;
  private final SuiteListener listener;
  private final Instant startedAt = WallClock.now();
  private final List<Slot> slots = new ArrayList<>();
  private final AtomicInteger over = new AtomicInteger();

  /**
   * What is to be carried out.
   *
   * @param parallel the most runs at once
   * @param seed of runs for which neither the matrix nor the template has one
   * @param substrate where clusters live
   * @param command what to type to run it again
   */
  public record Setup(
      SuiteDocument suite,
      int parallel,
      long seed,
      String substrate,
      SuiteFolder folder,
      String command) {}

  /** A run and what is known of it. */
  private static final class Slot {
    private final Combination combination;
    private SuiteReport.Line line;
    private JUnitXml.Part part;

    Slot(Combination combination, SuiteReport.Line line, JUnitXml.Part part) {
      this.combination = combination;
      this.line = line;
      this.part = part;
    }
  }

  private Suite(Setup setup, Runs runs, Cancellation cancellation, SuiteListener listener) {
    this.setup = setup;
    this.runs = runs;
    this.ending = cancellation.ofOne();
    this.listener = listener;
    for (Combination combination : setup.suite.combinations()) {
      slots.add(unbegun(combination));
    }
  }

  /**
   * Carries it out to the end, and writes its report.
   *
   * @param cancellation ends it early, in order
   * @throws IOException if the suite's own report cannot be written
   */
  public static SuiteReport carryOut(
      Setup setup, Runs runs, Cancellation cancellation, SuiteListener listener)
      throws IOException, InterruptedException {
    return new Suite(setup, runs, cancellation, listener).carryOut();
  }

  private SuiteReport carryOut() throws IOException, InterruptedException {
    write(false);
    try (ExecutorService workers = Executors.newFixedThreadPool(setup.parallel)) {
      List<Future<?>> carriedOut = new ArrayList<>();
      for (Slot slot : slots) {
        carriedOut.add(
            workers.submit(() -> {
              carryOut(slot);
              return null;
            }));
      }
      try {
        for (Future<?> each : carriedOut) {
          each.get();
        }
      } catch (ExecutionException failure) {
        ending.cancel("the suite's report cannot be written");
        switch (failure.getCause()) {
          case IOException unwritable -> throw unwritable;
          case InterruptedException interrupted -> throw interrupted;
          case null, default -> throw new IllegalStateException("a run failed", failure);
        }
      } catch (InterruptedException interrupted) {
        ending.cancel("interrupted");
        throw interrupted;
      }
    }
    return write(true);
  }

  private void carryOut(Slot slot) throws IOException, InterruptedException {
    if (ending.isCancelled()) {
      return;
    }
    SuiteReport.Line begun = slot.line;
    SuiteReport.Line line;
    JUnitXml.Part part;
    try {
      Report report =
          runs.run(
              slot.combination,
              begun.seed(),
              setup.folder.of(begun.report()),
              ending.ofOne(),
              listener.begins(begun));
      line = ended(begun, report);
      part = JUnitXml.Part.of(slot.part.name(), report);
    } catch (IOException unwritable) {
      Assessment error =
          new Assessment(
              Verdict.ERROR,
              List.of("its report cannot be written: " + unwritable.getMessage()),
              List.of());
      line = ended(begun, error, 0, List.of());
      part = part(begun, error, Optional.empty());
    }
    synchronized (slots) {
      slot.line = line;
      slot.part = part;
      write(false);
      listener.ended(line, over.incrementAndGet(), slots.size());
    }
    if (setup.suite.spec().failFast()
        && (line.verdict().equals(Verdict.FAILED.label())
            || line.verdict().equals(Verdict.ERROR.label()))) {
      ending.cancel("failFast: " + line.inWords() + " is " + line.verdict());
    }
  }

  private Slot unbegun(Combination combination) {
    Long chosen = combination.seed() != null ? combination.seed() : combination.spec().seed();
    SuiteReport.Line line =
        new SuiteReport.Line(
            combination.etcd(),
            combination.others(),
            chosen == null ? setup.seed : chosen,
            SuiteReport.Line.NOT_RUN,
            List.of(),
            0,
            0,
            0,
            combination.folder());
    return new Slot(
        combination,
        line,
        part(
            line,
            new Assessment(Verdict.INCONCLUSIVE, List.of(), List.of()),
            Optional.of("it was not carried out")));
  }

  private JUnitXml.Part part(
      SuiteReport.Line line, Assessment assessment, Optional<String> notRun) {
    return new JUnitXml.Part(
        "robustness/" + setup.suite.name() + "/" + line.report(),
        line.others().isEmpty() ? "run" : line.others(),
        startedAt,
        Duration.ZERO,
        Map.of("seed", Long.toString(line.seed()), "etcd", line.etcd()),
        assessment,
        setup.command,
        notRun);
  }

  private static SuiteReport.Line ended(SuiteReport.Line begun, Report report) {
    return ended(
        begun,
        report.assessment(),
        report.history().operations().size(),
        report.history().faults());
  }

  private static SuiteReport.Line ended(
      SuiteReport.Line begun, Assessment assessment, long operations, List<FaultWindow> faults) {
    return new SuiteReport.Line(
        begun.etcd(),
        begun.others(),
        begun.seed(),
        assessment.verdict().label(),
        assessment.reasons(),
        operations,
        faults.size(),
        faults.stream().filter(fault -> fault.result() == FaultWindow.Result.CONFIRMED).count(),
        begun.report());
  }

  private SuiteReport write(boolean isOver) throws IOException {
    synchronized (slots) {
      SuiteReport report = report(isOver);
      setup.folder.write(report, slots.stream().map(slot -> slot.part).toList());
      return report;
    }
  }

  private SuiteReport report(boolean isOver) {
    List<SuiteReport.Line> lines = slots.stream().map(slot -> slot.line).toList();
    Verdict verdict = Verdict.PASSED;
    List<String> reasons = new ArrayList<>();
    for (SuiteReport.Line line :
        lines.stream().sorted(Comparator.comparing(Suite::verdict).reversed()).toList()) {
      if (line.ran()) {
        verdict = verdict.worse(verdict(line));
      }
      if (line.ran() && !line.isPassed()) {
        reasons.add(
            "%s is %s%s"
                .formatted(
                    line.inWords(),
                    line.verdict(),
                    line.reasons().isEmpty() ? "" : ": " + line.reasons().getFirst()));
      }
    }
    long missing = lines.stream().filter(line -> !line.ran()).count();
    if (!isOver) {
      verdict = verdict.worse(Verdict.ERROR);
      reasons.add("the suite did not come to its end");
    } else if (missing > 0) {
      verdict = verdict.worse(Verdict.INCONCLUSIVE);
      reasons.add(
          "%d of %d runs were not carried out%s"
              .formatted(missing, lines.size(), ending.reason().map(why -> ": " + why).orElse("")));
    }
    return new SuiteReport(
        SuiteReport.FORMAT,
        setup.suite.name(),
        verdict.label(),
        reasons,
        setup.substrate,
        startedAt.toString(),
        setup.seed,
        setup.command,
        lines);
  }

  private static Verdict verdict(SuiteReport.Line line) {
    for (Verdict verdict : Verdict.values()) {
      if (verdict.label().equals(line.verdict())) {
        return verdict;
      }
    }
    return Verdict.PASSED;
  }
}
