package io.etcdrobustness.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.RobustnessSuite;
import io.etcdrobustness.resource.Status.Verdict;
import io.etcdrobustness.resource.SuiteStatus;
import io.etcdrobustness.resource.SuiteStatus.Cell;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A matrix of releases, one of which is known to break its promises. */
@Tag("e2e")
@ExtendWith(RealCluster.class)
class SuiteTest {

  @Test
  void eachCombinationComesToItsVerdictAndTheWorstIsTheSuites(RealCluster.Started cluster)
      throws Exception {
    try (Room room = cluster.room("e2e-suite")) {
      room.apply(Specs.suite("releases"));
      SuiteStatus status = room.awaitCompleteSuite("releases", Duration.ofMinutes(25));

      assertThat(status.verdict()).as(room.describe()).isEqualTo(Verdict.Failed);
      SuiteStatus.Table table = Objects.requireNonNull(status.table());
      assertThat(table.columns()).containsExactly("seed 7", "seed 8");
      assertThat(table.rows())
          .extracting(SuiteStatus.Row::etcd, SuiteStatus.Row::verdicts)
          .as(room.describe())
          .containsExactly(
              org.assertj.core.groups.Tuple.tuple("v3.5.7", List.of(Cell.Failed, Cell.Excluded)),
              org.assertj.core.groups.Tuple.tuple("v3.7.3", List.of(Cell.Passed, Cell.Passed)));
      assertThat(status.notPassed())
          .singleElement()
          .satisfies(failed -> assertThat(failed.combination()).isEqualTo("v3.5.7 · seed 7"));
      assertThat(cluster.kubectl("get", "rsuite", "-n", room.namespace()))
          .containsPattern("NAME +VERDICT +PHASE +DONE +PASSED +FAILED +AGE")
          .containsPattern("releases +Failed +Complete +3/3 +2 +1 ");
      assertThat(room.runs()).hasSize(3);
      assertThat(room.reasonsOfEvents()).contains("TestBegun", "TestCompleted", "SuiteCompleted");
    }
  }

  @Test
  void aSuiteDeletedInTheMiddleOfARunLeavesNothing(RealCluster.Started cluster) throws Exception {
    try (Room room = cluster.room("e2e-suite-deleted")) {
      room.apply(Specs.longSuite("gone"));
      RobustnessRun run =
          room.awaitRun(
              "a fault is active",
              Duration.ofMinutes(4),
              there -> there.getStatus() != null && !there.getStatus().activeFaults().isEmpty());
      assertThat(run.getMetadata().getLabels()).containsEntry("etcdrobustness.io/suite", "gone");
      cluster.kubectl("delete", "rsuite/gone", "-n", room.namespace(), "--wait=false");
      room.awaitNothingLeft(Duration.ofMinutes(4));
      assertThat(
              cluster
                  .client()
                  .resources(RobustnessSuite.class)
                  .inNamespace(room.namespace())
                  .list()
                  .getItems())
          .isEmpty();
    }
  }
}
