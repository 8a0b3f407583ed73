package io.etcdrobustness.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcdrobustness.checker.Verdict;
import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Recorder;
import io.etcdrobustness.runs.report.Report;
import io.etcdrobustness.runs.report.ReportFolder;
import io.etcdrobustness.spec.ClusterSpec;
import io.etcdrobustness.spec.FaultsSpec.FaultType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunTest {

  @TempDir private Path directory;

  /** Its members end before they serve. */
  private static final class Barren implements Substrate {
    @Override
    public String name() {
      return "barren";
    }

    @Override
    public Map<FaultType, String> unsupported() {
      return Map.of();
    }

    @Override
    public Cluster start(ClusterSpec spec, Path folder, Scheduler scheduler, Recorder recorder)
        throws SubstrateException {
      recorder.record(
          new MemberEvent(
              "m0", MemberEvent.Kind.EXITED, 0, 0, "exit code 2", false, scheduler.now()));
      throw new SubstrateException("m0 has ended before it served");
    }
  }

  private Run.Setup setup() {
    return new Run.Setup(
        Specs.test("duration: 20s"), 7, new Barren(), directory.resolve("report"), "again");
  }

  @Test
  void aClusterThatDoesNotComeUpIsAnErrorAndNotHeldAgainstEtcd()
      throws IOException, InterruptedException {
    Report report = Run.execute(setup(), new Cancellation(), new QuietListener());

    assertThat(report.assessment().verdict()).isEqualTo(Verdict.ERROR);
    assertThat(report.assessment().reasons()).containsExactly("m0 has ended before it served");
    assertThat(report.assessment().findings()).isEmpty();
    assertThat(report.history().memberEvents()).hasSize(1);
    ReportFolder.Stored stored = ReportFolder.read(directory.resolve("report"));
    assertThat(stored.verdict()).isEqualTo("Error");
    assertThat(stored.reasons()).containsExactly("m0 has ended before it served");
    assertThat(directory.resolve("report/index.html")).isNotEmptyFile();
    assertThat(directory.resolve("report/junit.xml"))
        .content()
        .contains("m0 has ended before it served");
  }

  @Test
  void aReportIsNotWrittenOver() throws IOException, InterruptedException {
    Run.execute(setup(), new Cancellation(), new QuietListener());

    assertThatThrownBy(() -> Run.execute(setup(), new Cancellation(), new QuietListener()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("holds the report of another run");
  }
}
