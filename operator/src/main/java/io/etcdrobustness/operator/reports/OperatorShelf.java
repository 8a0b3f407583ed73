package io.etcdrobustness.operator.reports;

import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.RobustnessTest;
import io.etcdrobustness.resource.TestStatus;
import io.etcdrobustness.resource.TestStatus.PastRun;
import io.etcdrobustness.runs.browse.Fleet;
import io.etcdrobustness.runs.browse.FleetRun;
import io.etcdrobustness.runs.browse.FleetTest;
import io.etcdrobustness.runs.browse.Mark;
import io.etcdrobustness.runs.browse.Shelf;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the operator knows of tests and runs: objects, the lines of past runs in tests' statuses,
 * and the reports that are kept. Of one run all three may tell; the object goes before the line,
 * and the line before the report.
 */
final class OperatorShelf implements Shelf {

  private final ReportStore store;
  private final WatchedObjects objects;
  private final Rates rates = new Rates();
  private final ShownRuns shown = new ShownRuns(rates);

  OperatorShelf(ReportStore store, WatchedObjects objects) {
    this.store = store;
    this.objects = objects;
  }

  @Override
  public Fleet fleet() {
    List<RobustnessRun> runs = objects.runs();
    rates.keepOnly(runs.stream().map(run -> run.getMetadata().getUid()).toList());
    return fleet(objects.tests(), runs, store.list());
  }

  /**
   * Of the objects and reports alone that may tell of this run: pages of runs are asked for often.
   */
  @Override
  public Optional<FleetRun> run(List<String> path) {
    Optional<ReportId> id =
        path.size() == 2 ? ReportId.of(path.getFirst(), path.getLast()) : Optional.empty();
    if (id.isEmpty()) {
      return Optional.empty();
    }
    List<RobustnessRun> runs =
        objects.runs().stream()
            .filter(run -> run.getMetadata().getNamespace().equals(id.get().namespace()))
            .filter(run -> run.getMetadata().getName().equals(id.get().run()))
            .toList();
    List<RobustnessTest> tests =
        objects.tests().stream()
            .filter(test -> test.getMetadata().getNamespace().equals(id.get().namespace()))
            .filter(test -> past(test).anyMatch(line -> line.run().equals(id.get().run())))
            .toList();
    List<StoredReport> reports = store.find(id.get()).stream().toList();
    return fleet(tests, runs, reports).tests().stream()
        .flatMap(test -> test.runs().stream())
        .filter(run -> run.path().equals(path))
        .findFirst();
  }

  private Fleet fleet(
      List<RobustnessTest> tests, List<RobustnessRun> runs, List<StoredReport> reports) {
    Map<List<String>, StoredReport> stored = new HashMap<>();
    reports.forEach(report -> stored.put(path(report), report));
    Map<List<String>, FleetRun> known = new LinkedHashMap<>();
    for (RobustnessRun run : runs) {
      FleetRun one = shown.of(run, report(stored, run));
      known.put(one.path(), one);
    }
    for (RobustnessTest test : tests) {
      List<String> address =
          List.of(test.getMetadata().getNamespace(), test.getMetadata().getName());
      past(test)
          .forEach(line -> {
            List<String> path = List.of(address.getFirst(), line.run());
            known.computeIfAbsent(
                path, _ -> shown.of(address, line, Optional.ofNullable(stored.get(path))));
          });
    }
    stored.forEach((path, report) -> known.computeIfAbsent(path, _ -> shown.of(report)));
    return new Fleet(byTest(tests, known.values().stream().toList()));
  }

  private static Optional<StoredReport> report(
      Map<List<String>, StoredReport> stored, RobustnessRun run) {
    return Optional.ofNullable(
        stored.get(List.of(run.getMetadata().getNamespace(), run.getMetadata().getName())));
  }

  private static List<FleetTest> byTest(List<RobustnessTest> tests, List<FleetRun> runs) {
    Map<List<String>, List<FleetRun>> byTest = new LinkedHashMap<>();
    runs.forEach(run -> byTest.computeIfAbsent(run.test(), _ -> new ArrayList<>()).add(run));
    List<FleetTest> all = new ArrayList<>();
    for (RobustnessTest test : tests) {
      List<String> address =
          List.of(test.getMetadata().getNamespace(), test.getMetadata().getName());
      List<FleetRun> its = byTest.remove(address);
      all.add(test(test, address, its == null ? List.of() : its));
    }
    byTest.forEach((address, its) -> all.add(FleetTest.of(address, its)));
    return all;
  }

  /** Its status tells how it stands, also of runs that are gone; else its runs do. */
  private static FleetTest test(RobustnessTest test, List<String> address, List<FleetRun> runs) {
    TestStatus status = test.getStatus();
    if (status == null) {
      return FleetTest.of(address, runs);
    }
    String message = status.message() == null ? "" : status.message();
    if (status.verdict() != null) {
      return new FleetTest(address, Mark.of(ShownRuns.verdict(status.verdict())), message, runs);
    }
    boolean going = runs.stream().anyMatch(run -> run.mark() == Mark.GOING);
    return new FleetTest(address, going ? Mark.GOING : Mark.WAITING, message, runs);
  }

  private static Stream<PastRun> past(RobustnessTest test) {
    return test.getStatus() == null ? Stream.empty() : test.getStatus().history().stream();
  }

  private static List<String> path(StoredReport report) {
    return List.of(report.id().namespace(), report.id().run());
  }

  @Override
  public Optional<Place> place(String path) {
    String[] pieces = path.split("/", 3);
    Optional<ReportId> id =
        pieces.length < 2 ? Optional.empty() : ReportId.of(pieces[0], pieces[1]);
    return id.flatMap(store::folder)
        .map(folder -> new Place(folder, pieces.length == 3 ? pieces[2] : ""));
  }
}
