package io.etcdrobustness.runs.hunt;

import io.etcdrobustness.runs.Cancellation;
import io.etcdrobustness.runs.report.Report;
import io.etcdrobustness.spec.FaultsSpec.FaultType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/** Who carries out variations of one test. */
public interface Runs {

  /** Kinds of fault that there are not here. */
  Set<FaultType> unsupported();

  /**
   * Runs a variation.
   *
   * @param directory of its report
   * @param cancellation ends it early, and all others
   */
  Report run(Variation variation, Path directory, Cancellation cancellation)
      throws IOException, InterruptedException;
}
