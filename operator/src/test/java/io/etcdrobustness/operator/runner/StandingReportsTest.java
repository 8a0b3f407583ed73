package io.etcdrobustness.operator.runner;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Assessment;
import io.etcdrobustness.checker.Verdict;
import io.etcdrobustness.history.History;
import io.etcdrobustness.runs.QuietListener;
import io.etcdrobustness.runs.report.Report;
import io.etcdrobustness.runs.report.WindowedReport;
import io.etcdrobustness.runs.windows.WindowFolders;
import io.etcdrobustness.runs.windows.WindowLedger;
import io.etcdrobustness.runs.windows.WindowStanding;
import io.etcdrobustness.spec.TestSpec;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** What a run that goes on has found is sent, one at a time, and without what may go meanwhile. */
class StandingReportsTest {

  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private final List<Integer> sent = new ArrayList<>();
  private final List<String> log = new ArrayList<>();
  private boolean broken;
  private final StandingReports reports =
      new StandingReports(
          report -> {
            if (broken) {
              throw new IllegalStateException("no such service");
            }
            sent.add(report.shown());
          },
          tasks::add,
          log::add,
          new QuietListener());

  private static WindowedReport report(int shown, int... failed) {
    WindowStanding none = WindowStanding.NONE;
    WindowLedger ledger = new WindowLedger(none, List.of(), 10);
    for (int window : failed) {
      ledger.judged(
          new WindowLedger.Judged(
              new WindowLedger.Closed(
                  window, 0, 1, true, Duration.ZERO, Duration.ZERO, 1, none.counts()),
              new Assessment(Verdict.FAILED, List.of(), List.of()),
              Duration.ZERO,
              Duration.ZERO,
              0));
    }
    return new WindowedReport(
        new Report(
            "soak",
            new KubernetesSerialization().unmarshal("mode: Continuous", TestSpec.class),
            1,
            "processes",
            Instant.EPOCH,
            Map.of(),
            List.of(),
            Map.of(),
            History.of(History.Facts.OWN_CLUSTER, List.of()),
            new Assessment(Verdict.FAILED, List.of(), List.of()),
            Duration.ZERO,
            ""),
        ledger.standing(),
        shown,
        new WindowFolders(Path.of("report")));
  }

  private void runAll() {
    while (!tasks.isEmpty()) {
      tasks.removeFirst().run();
    }
  }

  @Test
  void ofThoseThatWaitTheNewestIsSent() {
    reports.reportStands(report(1, 1));
    reports.reportStands(report(2, 1, 2));
    assertThat(reports.sent()).isNotDone();

    runAll();
    reports.reportStands(report(3, 1, 2, 3));
    runAll();

    assertThat(sent).containsExactly(2, 3);
    assertThat(reports.sent()).isCompleted();
  }

  @Test
  void oneThatIsNotSentIsToldOfAndKeepsNoOtherFromBeing() {
    broken = true;
    reports.reportStands(report(1, 1));
    runAll();
    broken = false;
    reports.reportStands(report(2, 1, 2));
    runAll();

    assertThat(log).singleElement().asString().contains("was not sent", "no such service");
    assertThat(sent).containsExactly(2);
    assertThat(reports.sent()).isCompleted();
  }

  @Test
  void windowsThatMayGoMeanwhileAreNotSent() {
    Predicate<Path> lasting = StandingReports.lasting(report(4, 4, 12));

    assertThat(
            List.of(
                "run.json",
                "members/m0/etcd.log",
                "windows",
                "windows/000004",
                "windows/000004/000001.seg",
                "windows/000012/000001.seg",
                "minimal/Linearizable/counterexample.txt"))
        .allMatch(path -> lasting.test(Path.of(path)));
    assertThat(List.of(".run.json.partial", "windows/000011", "windows/000013/000001.seg"))
        .noneMatch(path -> lasting.test(Path.of(path)));
  }
}
