package io.etcdrobustness.operator.reconcile;

import io.etcdrobustness.operator.model.Labels;
import io.etcdrobustness.operator.status.Refusal;
import io.etcdrobustness.operator.status.SuiteTest;
import io.etcdrobustness.operator.status.SuiteTests;
import io.etcdrobustness.resource.RobustnessSuite;
import io.etcdrobustness.resource.RobustnessTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What to do for a suite now: a pure function of the suite and its tests.
 *
 * <ul>
 *   <li>A test that has to have a run, since it is not there or its spec is another one by now, is
 *       begun when fewer than {@code maxParallel} are under way; in the order of the combinations,
 *       so that what a cache does not show yet is begun twice rather than something else once.
 *   <li>One that is under way and whose spec is another one by now gets it at once: it has its
 *       place already, and begins anew when its run is over.
 *   <li>What changes without a run (what is kept of reports) is changed at once.
 *   <li>A test of a combination that the suite no longer has is removed.
 *   <li>With {@code failFast}, the first that is Failed or Error halts those under way; so does a
 *       halt of the suite. When neither holds any more, what the suite has halted goes on.
 * </ul>
 *
 * @param begin tests that are to be made or changed, and have a run then
 * @param refresh tests that are to be changed, and have no run by that
 * @param halt tests to be told to end
 * @param release tests that the suite told to end, and which may go on
 * @param remove tests to be deleted
 * @param failure what ends the suite early
 */
record SuiteDecision(
    List<SuiteTest> begin,
    List<SuiteTest> refresh,
    List<RobustnessTest> halt,
    List<RobustnessTest> release,
    List<RobustnessTest> remove,
    Optional<SuiteTest> failure) {

  /**
   * The decision.
   *
   * @param taken names of tests that belong to somebody else
   */
  static SuiteDecision of(
      RobustnessSuite suite, SuiteTests tests, Optional<Refusal> refusal, Set<String> taken) {
    Optional<SuiteTest> failure = suite.getSpec().failFast() ? tests.failure() : Optional.empty();
    boolean ends = isHalted(suite) || failure.isPresent();
    boolean may = refusal.isEmpty() && !suite.getSpec().suspend() && !ends;
    return new SuiteDecision(
        may ? begin(suite, tests, taken) : List.of(),
        ends ? List.of() : tests.all().stream().filter(SuiteTest::isToBeRefreshed).toList(),
        ends ? toHalt(tests) : List.of(),
        ends ? List.of() : halted(tests),
        tests.others().stream()
            .filter(test -> test.getMetadata().getDeletionTimestamp() == null)
            .toList(),
        failure);
  }

  private static List<SuiteTest> begin(RobustnessSuite suite, SuiteTests tests, Set<String> taken) {
    long free = Math.max(0, suite.getSpec().maxParallel() - tests.underWay());
    List<SuiteTest> begin = new ArrayList<>();
    for (SuiteTest test : tests.all()) {
      if (!test.waits() || taken.contains(test.name())) {
        continue;
      }
      if (test.isUnderWay()) {
        begin.add(test);
      } else if (free > 0) {
        begin.add(test);
        free--;
      }
    }
    return begin;
  }

  private static List<RobustnessTest> toHalt(SuiteTests tests) {
    return tests.all().stream()
        .filter(test -> test.isUnderWay() && !test.isHalted())
        .flatMap(test -> test.there().stream())
        .toList();
  }

  private static List<RobustnessTest> halted(SuiteTests tests) {
    return tests.all().stream()
        .filter(SuiteTest::isHaltedBySuite)
        .flatMap(test -> test.there().stream())
        .toList();
  }

  /** Whether someone asked for this suite to end what it does. */
  static boolean isHalted(RobustnessSuite suite) {
    Map<String, String> annotations = suite.getMetadata().getAnnotations();
    return annotations != null && "true".equals(annotations.get(Labels.HALT));
  }
}
