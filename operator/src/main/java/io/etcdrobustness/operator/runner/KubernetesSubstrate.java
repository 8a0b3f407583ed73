package io.etcdrobustness.operator.runner;

import io.etcdrobustness.engine.EventLoop;
import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.history.Recorder;
import io.etcdrobustness.runs.Cluster;
import io.etcdrobustness.runs.Substrate;
import io.etcdrobustness.runs.SubstrateException;
import io.etcdrobustness.spec.ClusterSpec;
import io.etcdrobustness.spec.ClusterSpec.TlsSpec.Tls;
import io.etcdrobustness.spec.FaultsSpec.FaultType;
import io.etcdrobustness.spec.Release;
import io.etcdrobustness.traffic.Access;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Pods of one run, which the operator has made. */
final class KubernetesSubstrate implements Substrate {

  private final String namespace;
  private final String run;
  private final Pods pods;
  private final AgentLinks agents;
  private final Access.Tls tls;
  private final String repository;
  private final boolean nodeDrain;

  /** Makes the connections to the agents of a run. */
  interface AgentLinks {
    AgentLink connect(MemberPod pod, Scheduler scheduler, Recorder recorder);
  }

  /**
   * The substrate of one run.
   *
   * @param tls of the run's own CA
   * @param repository of etcd's images, which are tagged by release
   * @param nodeDrain whether the operator keeps pods off nodes when asked
   */
  KubernetesSubstrate(
      String namespace,
      String run,
      Pods pods,
      AgentLinks agents,
      Access.Tls tls,
      String repository,
      boolean nodeDrain) {
    this.namespace = namespace;
    this.run = run;
    this.pods = pods;
    this.agents = agents;
    this.tls = tls;
    this.repository = repository;
    this.nodeDrain = nodeDrain;
  }

  @Override
  public String name() {
    return "kubernetes";
  }

  @Override
  public Map<FaultType, String> unsupported() {
    Map<FaultType, String> unsupported = new EnumMap<>(FaultType.class);
    FaultType.OF_MACHINE.forEach(type ->
        unsupported.put(
            type,
            "only a machine can be troubled like that; run the test with robustness run --on vm"));
    if (!nodeDrain) {
      unsupported.put(
          FaultType.NodeDrain,
          "the operator has no right over nodes; install the chart with nodeDrain.enabled=true");
    }
    return unsupported;
  }

  @Override
  public Cluster start(
      ClusterSpec spec,
      List<Release> upgrades,
      Path directory,
      EventLoop scheduler,
      Recorder recorder)
      throws SubstrateException, InterruptedException {
    List<MemberPod> memberPods =
        IntStream.range(0, spec.replicas())
            .mapToObj(i -> new MemberPod(namespace, run, "m" + i))
            .toList();
    RunningMembers running = new RunningMembers(recorder, scheduler);
    KubernetesCluster cluster =
        new KubernetesCluster(
            spec,
            memberPods,
            pod -> agents.connect(pod, scheduler, running),
            pods,
            new Etcds(spec, memberPods, repository),
            spec.tls().client() == Tls.Auto ? Optional.of(tls) : Optional.empty(),
            directory,
            scheduler,
            running);
    try {
      cluster.start();
      return cluster;
    } catch (SubstrateException | InterruptedException failure) {
      cluster.close();
      throw failure;
    }
  }
}
