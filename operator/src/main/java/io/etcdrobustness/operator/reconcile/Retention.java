package io.etcdrobustness.operator.reconcile;

import io.etcdrobustness.operator.status.TestRuns;
import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.RobustnessTest;
import io.etcdrobustness.resource.Status.Verdict;
import io.etcdrobustness.resource.TestStatus;
import io.etcdrobustness.resource.TestStatus.PastRun;
import io.etcdrobustness.spec.ReportSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Which runs of a test are kept no longer. */
final class Retention {

  private Retention() {}

  /**
   * The complete runs beyond {@code report.keep}. A run that the test's status, as the API server
   * has it, does not list yet is kept: its verdict would be lost with it.
   */
  static List<RobustnessRun> expired(RobustnessTest test, TestRuns runs) {
    TestStatus written = test.getStatus();
    if (written == null) {
      return List.of();
    }
    Set<String> listed = written.history().stream().map(PastRun::run).collect(Collectors.toSet());
    ReportSpec.Keep keep = test.getSpec().report().keep();
    List<RobustnessRun> expired = new ArrayList<>();
    int passed = 0;
    int others = 0;
    for (RobustnessRun run : runs.complete().reversed()) {
      boolean isPassed = run.getStatus() != null && run.getStatus().verdict() == Verdict.Passed;
      boolean kept = isPassed ? ++passed <= keep.passed() : ++others <= keep.failed();
      boolean old = TestRuns.number(run) + MOST_LISTED < runs.highest();
      if (!kept && (listed.contains(run.getMetadata().getName()) || old)) {
        expired.add(run);
      }
    }
    return expired;
  }

  private static final int MOST_LISTED = io.etcdrobustness.resource.Status.MOST_RUNS;
}
