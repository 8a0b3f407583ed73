package io.etcdrobustness.runs.hunt;

import io.etcdrobustness.runs.Cancellation;
import io.etcdrobustness.runs.QuietListener;
import io.etcdrobustness.runs.Run;
import io.etcdrobustness.runs.report.Report;
import io.etcdrobustness.runs.vm.VmSubstrate;
import io.etcdrobustness.spec.FaultsSpec.FaultType;
import io.etcdrobustness.spec.TestDocument;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/** Carries them out in machines. */
public final class Executor implements Runs {

  private final String name;
  private final VmSubstrate machines;

  /** Of the test of this name. */
  public Executor(String name, VmSubstrate machines) {
    this.name = name;
    this.machines = machines;
  }

  @Override
  public Set<FaultType> unsupported() {
    return machines.unsupported().keySet();
  }

  @Override
  public Report run(Variation variation, Path directory, Cancellation cancellation)
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
