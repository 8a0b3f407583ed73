package io.etcdrobustness.operator.status;

import io.etcdrobustness.operator.model.AppliedHash;
import io.etcdrobustness.operator.model.NewTest;
import io.etcdrobustness.resource.RobustnessSuite;
import io.etcdrobustness.resource.RobustnessTest;
import io.etcdrobustness.resource.Status.Verdict;
import io.etcdrobustness.resource.SuiteStatus;
import io.etcdrobustness.resource.SuiteStatus.Cell;
import io.etcdrobustness.spec.Combination;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The tests of a suite: one for each combination, in order, and those of combinations that it no
 * longer has.
 */
public final class SuiteTests {

  private final List<SuiteTest> tests;
  private final List<RobustnessTest> others;
  private final List<String> rows;
  private final List<String> columns;
  private final String digest;

  private SuiteTests(List<SuiteTest> tests, List<RobustnessTest> others, String digest) {
    this.tests = tests;
    this.others = others;
    this.digest = digest;
    this.rows = tests.stream().map(test -> test.combination().etcd()).distinct().toList();
    this.columns = tests.stream().map(test -> test.combination().others()).distinct().toList();
  }

  /**
   * Those of a suite that keeps to the rules.
   *
   * @param own the tests that it owns, in any order
   */
  public static SuiteTests of(RobustnessSuite suite, Collection<RobustnessTest> own) {
    Map<String, RobustnessTest> byName = new HashMap<>();
    own.forEach(test -> byName.put(test.getMetadata().getName(), test));
    List<RobustnessTest> wanted = new ArrayList<>();
    List<Combination> combinations = Combination.all(suite.getSpec());
    combinations.forEach(combination -> wanted.add(NewTest.of(suite, combination)));
    String digest = digest(wanted);
    SuiteTests bare = new SuiteTests(slots(combinations, wanted, byName), List.of(), digest);
    Set<String> names = new HashSet<>();
    wanted.forEach(test -> names.add(test.getMetadata().getName()));
    return new SuiteTests(
        bare.remembering(SuiteStatuses.before(suite)),
        own.stream().filter(test -> !names.contains(test.getMetadata().getName())).toList(),
        digest);
  }

  private static List<SuiteTest> slots(
      List<Combination> combinations,
      List<RobustnessTest> wanted,
      Map<String, RobustnessTest> byName) {
    List<SuiteTest> slots = new ArrayList<>();
    for (int i = 0; i < combinations.size(); i++) {
      RobustnessTest test = wanted.get(i);
      slots.add(
          new SuiteTest(
              combinations.get(i),
              test,
              Optional.ofNullable(byName.get(test.getMetadata().getName())),
              Optional.empty()));
    }
    return slots;
  }

  private static String digest(List<RobustnessTest> wanted) {
    List<String> parts = new ArrayList<>();
    for (RobustnessTest test : wanted) {
      parts.add(test.getMetadata().getName());
      parts.add(SpecDigest.of(test));
    }
    return AppliedHash.digest(parts);
  }

  /** With the verdicts of the table, if that is of the same round: by place, as texts are cut. */
  private List<SuiteTest> remembering(SuiteStatus before) {
    SuiteStatus.Table table = before.table();
    if (table == null || !digest.equals(before.digest())) {
      return tests;
    }
    return tests.stream()
        .map(test ->
            new SuiteTest(test.combination(), test.wanted(), test.there(), remembered(table, test)))
        .toList();
  }

  private Optional<Verdict> remembered(SuiteStatus.Table table, SuiteTest test) {
    int row = rows.indexOf(test.combination().etcd());
    int column = columns.indexOf(test.combination().others());
    if (row >= table.rows().size() || column >= table.rows().get(row).verdicts().size()) {
      return Optional.empty();
    }
    return verdict(table.rows().get(row).verdicts().get(column));
  }

  private static Optional<Verdict> verdict(Cell cell) {
    return switch (cell) {
      case Passed -> Optional.of(Verdict.Passed);
      case Failed -> Optional.of(Verdict.Failed);
      case Inconclusive -> Optional.of(Verdict.Inconclusive);
      case Error -> Optional.of(Verdict.Error);
      case UnderWay, Waiting, NotRun, Excluded -> Optional.empty();
    };
  }

  /** One for each combination, in order. */
  public List<SuiteTest> all() {
    return tests;
  }

  /** Tests of combinations that the suite no longer has. */
  public List<RobustnessTest> others() {
    return others;
  }

  /** How many are under way, of combinations that it has or had. */
  public long underWay() {
    return tests.stream().filter(SuiteTest::isUnderWay).count()
        + others.stream().filter(SuiteTest::goesOn).count();
  }

  /** Whether one that is over ends the others, where the first failure is to. */
  public Optional<SuiteTest> failure() {
    return tests.stream()
        .filter(test ->
            test.verdict()
                .filter(verdict -> verdict == Verdict.Failed || verdict == Verdict.Error)
                .isPresent())
        .findFirst();
  }

  /** Digest of what they are made of. */
  public String digest() {
    return digest;
  }

  /** The rows of the table: releases and upgrades. */
  List<String> rows() {
    return rows;
  }

  /** Its columns: all else that they differ in. */
  List<String> columns() {
    return columns;
  }
}
