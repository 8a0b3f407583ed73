package io.etcdrobustness.operator.model;

import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.spec.TestSpec;
import io.etcdrobustness.spec.UpgradeSpec;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The Job that carries out a run. It is tried once: a run that was begun twice proves nothing. But
 * a continuous run is gone on with by another runner where the last window ended.
 */
final class RunnerJob {

  static final String TLS = "/var/run/etcd-robustness/tls";
  static final String TOKEN = "/var/run/etcd-robustness/token";
  static final String WORK = "/work";
  static final int METRICS = 8080;

  /** Images to pull, pods to schedule, a cluster to form. */
  private static final Duration TO_START = Duration.ofMinutes(20);

  /** Heal, settle, last reads, report, upload, last status. */
  private static final Duration TO_END = Duration.ofMinutes(30);

  /** Of one member, with the stay half-way. */
  private static final Duration TO_CHANGE_A_VERSION = Duration.ofMinutes(5);

  /** Properties are judged one after the other, and few of them take long. */
  private static final int SLOW_PROPERTIES = 12;

  /** A continuous run whose runner is lost so often has something wrong with its runner. */
  private static final int MOST_RUNNERS_LOST = 6;

  /** Nodes are drained and upgraded while a soak goes on; a Job counts what that costs, too. */
  private static final int MORE_LOST_IN_A_DAY = 2;

  private static final long JVM_BYTES = 768L << 20;

  private final RobustnessRun run;
  private final Installation installation;
  private final Names names;

  RunnerJob(RobustnessRun run, Installation installation) {
    this.run = run;
    this.installation = installation;
    this.names = Names.of(run);
  }

  Job object() {
    Map<String, String> labels = Labels.of(names, Labels.RUNNER_COMPONENT);
    return new JobBuilder()
        .withMetadata(Owned.by(run, names.job(), labels))
        .withNewSpec()
        .withBackoffLimit(mostLost(run.getSpec().test()))
        // Two runners at a time would each be a stranger who writes to the other's cluster.
        .withPodReplacementPolicy("Failed")
        .withCompletions(1)
        .withParallelism(1)
        .withActiveDeadlineSeconds(deadline(run.getSpec().test()).toSeconds())
        .withNewTemplate()
        .withNewMetadata()
        .withLabels(labels)
        .endMetadata()
        .withSpec(pod())
        .endTemplate()
        .endSpec()
        .build();
  }

  private boolean goesOn() {
    return isGoneOnWith(run.getSpec().test());
  }

  /** Whether another runner goes on with a run whose runner has left or was lost. */
  static boolean isGoneOnWith(TestSpec test) {
    // How far an upgrade had come is not known to another runner.
    return test.mode() == TestSpec.Mode.Continuous && test.upgrade() == null;
  }

  /** How many runners may be lost before the run is given up. */
  static int mostLost(TestSpec test) {
    return isGoneOnWith(test)
        ? MOST_RUNNERS_LOST + MORE_LOST_IN_A_DAY * Math.toIntExact(test.trafficTime().toDays())
        : 0;
  }

  /** What no run exceeds that is not stuck. */
  static Duration deadline(TestSpec spec) {
    UpgradeSpec upgrade = spec.upgrade();
    int changes =
        upgrade == null
            ? 0
            : (upgrade.path().size() - 1)
                * spec.cluster().replicas()
                * (upgrade.downgrade() ? 2 : 1);
    return TO_START
        .plus(spec.trafficTime())
        .plus(TO_CHANGE_A_VERSION.multipliedBy(changes))
        .plus(spec.pass().availabilityDeadline())
        .plus(spec.checks().timeLimit().multipliedBy(SLOW_PROPERTIES))
        .plus(TO_END);
  }

  private PodSpec pod() {
    return new PodSpecBuilder()
        .withSecurityContext(PodSecurity.pod())
        .withServiceAccountName(names.runner())
        .withImagePullSecrets(installation.pullSecrets())
        .withAutomountServiceAccountToken(true)
        .withEnableServiceLinks(false)
        // A container that is started again finds what was recorded.
        .withRestartPolicy(goesOn() ? "OnFailure" : "Never")
        // To heal what is in effect and to say so.
        .withTerminationGracePeriodSeconds(30L)
        .withContainers(runner())
        .withVolumes(
            MemberStatefulSet.secret("tls", names.tls()),
            MemberStatefulSet.secret("token", names.token()),
            MemberStatefulSet.emptyDir("work").build())
        .build();
  }

  private Container runner() {
    List<String> args =
        new ArrayList<>(List.of("runner", "--namespace", names.namespace(), "--run", names.run()));
    args.addAll(List.of("--etcd-image-repository", installation.etcdImageRepository()));
    installation.reportsUrl().ifPresent(url -> args.addAll(List.of("--reports", url)));
    if (installation.nodeDrain()) {
      args.add("--node-drain");
    }
    return new ContainerBuilder()
        .withName("runner")
        .withImage(installation.image())
        .withImagePullPolicy("IfNotPresent")
        .withArgs(args)
        .addNewEnv()
        .withName("TMPDIR")
        .withValue(WORK)
        .endEnv()
        .withPorts(MemberStatefulSet.port("metrics", METRICS))
        .withSecurityContext(PodSecurity.ours())
        .withResources(resources())
        .withVolumeMounts(
            MemberStatefulSet.readOnly("tls", TLS),
            MemberStatefulSet.readOnly("token", TOKEN),
            MemberStatefulSet.mount("work", WORK))
        .build();
  }

  /**
   * The judge may take what the spec allows; the limit also tells the JVM how large its heap is.
   */
  private ResourceRequirements resources() {
    long limit = run.getSpec().test().checks().memoryBytes() + JVM_BYTES;
    return new ResourceRequirementsBuilder()
        .addToRequests("cpu", new Quantity("100m"))
        .addToRequests("memory", new Quantity("512Mi"))
        .addToLimits("memory", new Quantity((limit >> 20) + "Mi"))
        .build();
  }
}
