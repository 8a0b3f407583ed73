package io.etcdrobustness.runs.processes;

import io.etcdrobustness.engine.EventLoop;
import io.etcdrobustness.history.Recorder;
import io.etcdrobustness.runs.Cluster;
import io.etcdrobustness.runs.Substrate;
import io.etcdrobustness.runs.SubstrateException;
import io.etcdrobustness.runs.binaries.BinaryOf;
import io.etcdrobustness.spec.ClusterSpec;
import io.etcdrobustness.spec.FaultsSpec.FaultType;
import io.etcdrobustness.spec.Release;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Real etcd processes on this machine's loopback. */
public final class ProcessSubstrate implements Substrate {

  private final BinaryOf binaries;
  private final AtomicLong clusters = new AtomicLong();

  /** A substrate that takes its binaries from {@code binaries}. */
  public ProcessSubstrate(BinaryOf binaries) {
    this.binaries = binaries;
  }

  @Override
  public String name() {
    return "processes";
  }

  @Override
  public Map<FaultType, String> unsupported() {
    Map<FaultType, String> unsupported = new EnumMap<>(FaultType.class);
    FaultType.OF_PODS.forEach(
        type -> unsupported.put(type, "processes have no pods; apply the test in Kubernetes"));
    FaultType.OF_MACHINE.forEach(type ->
        unsupported.put(
            type, "only a machine can be troubled like that; run the test with --on vm"));
    return unsupported;
  }

  @Override
  public Cluster start(
      ClusterSpec spec, List<Release> upgrades, Path directory, EventLoop loop, Recorder recorder)
      throws SubstrateException, InterruptedException {
    List<MemberLauncher.Binary> found = new ArrayList<>();
    for (int i = 0; i < spec.replicas(); i++) {
      Release release = Release.parse(spec.versionOf(i));
      found.add(new MemberLauncher.Binary(release, binaries.get(release)));
    }
    // Before the run: fetching or building an etcd takes longer than the run may wait for it.
    Map<Release, MemberLauncher.Binary> others = new HashMap<>();
    for (Release release : upgrades) {
      others.put(release, new MemberLauncher.Binary(release, binaries.get(release)));
    }
    return ProcessCluster.start(
        spec,
        clusters.getAndIncrement(),
        found,
        others,
        directory.toAbsolutePath(),
        loop,
        recorder);
  }
}
