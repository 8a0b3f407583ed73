package io.etcdrobustness.runs.hunt;

import io.etcdrobustness.runs.Cancellation;
import io.etcdrobustness.runs.QuietListener;
import io.etcdrobustness.runs.Run;
import io.etcdrobustness.runs.report.Report;
import io.etcdrobustness.runs.vm.VmSubstrate;
import io.etcdrobustness.spec.TestDocument;
import java.io.IOException;
import java.nio.file.Path;

/** Carries out variations of one test. */
public final class Executor {

  private final String name;
  private final VmSubstrate machines;

  /** Of the test of this name. */
  public Executor(String name, VmSubstrate machines) {
    this.name = name;
    this.machines = machines;
  }

  /** Runs a variation for its report alone. */
  public void report(Variation variation, Path directory, Cancellation cancellation)
      throws IOException, InterruptedException {
    var _ = run(variation, directory, cancellation);
  }

  VmSubstrate machines() {
    return machines;
  }

  /** Runs a variation, with its report in {@code directory}. */
  Report run(Variation variation, Path directory, Cancellation cancellation)
      throws IOException, InterruptedException {
    return Run.execute(
        new Run.Setup(
            new TestDocument(name, variation.spec()),
            variation.seed(),
            machines.with(variation.schedule()),
            directory,
            "robustness replay " + directory),
        cancellation.ofOne(),
        new QuietListener());
  }
}
