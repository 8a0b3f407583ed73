package io.etcdrobustness.runs.suite;

import io.etcdrobustness.runs.Cancellation;
import io.etcdrobustness.runs.RunListener;
import io.etcdrobustness.runs.report.Report;
import io.etcdrobustness.spec.Combination;
import java.io.IOException;
import java.nio.file.Path;

/** Carries out the runs of a suite; from several threads. */
@FunctionalInterface
public interface Runs {

  /**
   * One run, to its end.
   *
   * @param directory of its report
   * @throws IOException if the report cannot be written
   */
  Report run(
      Combination combination,
      long seed,
      Path directory,
      Cancellation cancellation,
      RunListener listener)
      throws IOException, InterruptedException;
}
