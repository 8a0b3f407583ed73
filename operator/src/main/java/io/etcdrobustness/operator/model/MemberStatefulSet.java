package io.etcdrobustness.operator.model;

import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.spec.ClusterSpec;
import io.etcdrobustness.spec.ClusterSpec.StorageSpec;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ContainerPortBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One member: a StatefulSet of one pod, in which a supervisor runs any stock image of etcd, and an
 * agent sits before all its connections.
 *
 * <p>etcd's container runs a shell of ours, brought in by an init container, which waits for the
 * agent to have etcd started: so a killed etcd is no failed container and waits for no back-off,
 * and who starts it is the one who decides about it.
 */
final class MemberStatefulSet {

  static final String SHARED = "/robustness";
  static final String DATA = "/var/lib/etcd";
  static final String TLS = "/etc/etcd-robustness/tls";
  static final String TOKEN = "/var/run/etcd-robustness/token";

  private final RobustnessRun run;
  private final Installation installation;
  private final Names names;
  private final ClusterSpec cluster;
  private final String member;

  MemberStatefulSet(RobustnessRun run, Installation installation, String member) {
    this.run = run;
    this.installation = installation;
    this.names = Names.of(run);
    this.cluster = run.getSpec().test().cluster();
    this.member = member;
  }

  StatefulSet object() {
    Map<String, String> labels = Labels.ofMember(names, member);
    return new StatefulSetBuilder()
        .withMetadata(Owned.by(run, names.statefulSet(member), labels))
        .withNewSpec()
        .withReplicas(1)
        .withServiceName(names.service())
        .withPodManagementPolicy("Parallel")
        // Who changes a member's image also decides when: the runner.
        .withNewUpdateStrategy()
        .withType("OnDelete")
        .endUpdateStrategy()
        .withNewPersistentVolumeClaimRetentionPolicy()
        .withWhenDeleted("Delete")
        .withWhenScaled("Delete")
        .endPersistentVolumeClaimRetentionPolicy()
        .withNewSelector()
        .withMatchLabels(Labels.selecting(names, member))
        .endSelector()
        .withNewTemplate()
        .withNewMetadata()
        .withLabels(labels)
        .endMetadata()
        .withSpec(pod())
        .endTemplate()
        .withVolumeClaimTemplates(claims())
        .endSpec()
        .build();
  }

  private PodSpec pod() {
    List<Volume> volumes = new ArrayList<>();
    volumes.add(emptyDir("robustness").build());
    if (cluster.storage().type() != StorageSpec.Type.PersistentVolumeClaim) {
      volumes.add(data());
    }
    volumes.add(secret("tls", names.tls()));
    volumes.add(secret("token", names.token()));
    return new PodSpecBuilder()
        .withSecurityContext(PodSecurity.pod())
        .withAutomountServiceAccountToken(false)
        .withImagePullSecrets(installation.pullSecrets())
        // Whose names are not asked for cannot be answered late: no variable per Service.
        .withEnableServiceLinks(false)
        // The agent signals etcd, which is in another container.
        .withShareProcessNamespace(true)
        .withTerminationGracePeriodSeconds(10L)
        .withInitContainers(supervisor(), agent())
        .withContainers(etcd())
        .withVolumes(volumes)
        .build();
  }

  /** Brings what etcd's image lacks. */
  private Container supervisor() {
    return new ContainerBuilder()
        .withName("supervisor")
        .withImage(installation.image())
        .withImagePullPolicy("IfNotPresent")
        .withArgs("agent", "--install", SHARED)
        .withSecurityContext(PodSecurity.ours())
        .withResources(requests("10m", "32Mi"))
        .withVolumeMounts(mount("robustness", SHARED))
        .build();
  }

  private Container agent() {
    List<String> args =
        new ArrayList<>(
            List.of(
                "agent",
                "--member",
                member,
                "--control",
                "0.0.0.0:" + Ports.CONTROL,
                "--token-file",
                TOKEN + "/agent",
                "--peer-proxy",
                "127.0.0.1:" + Ports.PEER_PROXY));
    for (String peer : names.members()) {
      if (!peer.equals(member)) {
        String address = names.host(peer) + ":" + Ports.PEER;
        args.addAll(List.of("--route", address + "=" + peer + "@" + address));
      }
    }
    args.addAll(
        List.of(
            "--client-proxy",
            "0.0.0.0:" + Ports.CLIENT_PROXY,
            "--client-target",
            "127.0.0.1:" + Ports.CLIENT,
            "--log",
            SHARED + "/log/etcd.log",
            "--supervised",
            SHARED,
            "--data",
            DATA));
    return new ContainerBuilder()
        .withName("agent")
        .withImage(installation.image())
        .withImagePullPolicy("IfNotPresent")
        // A native sidecar: it is there before etcd and after it.
        .withRestartPolicy("Always")
        .withArgs(args)
        .withPorts(port("client", Ports.CLIENT_PROXY), port("control", Ports.CONTROL))
        .withNewStartupProbe()
        .withNewTcpSocket()
        .withNewPort(Ports.CONTROL)
        .endTcpSocket()
        .withPeriodSeconds(1)
        .withFailureThreshold(120)
        .endStartupProbe()
        .withSecurityContext(PodSecurity.ours())
        .withResources(requests("20m", "96Mi"))
        .withVolumeMounts(
            mount("robustness", SHARED), mount("data", DATA), readOnly("token", TOKEN))
        .build();
  }

  private Container etcd() {
    return new ContainerBuilder()
        .withName("etcd")
        .withImage(EtcdImage.of(cluster, installation, names.members().indexOf(member)))
        .withImagePullPolicy("IfNotPresent")
        .withCommand(SHARED + "/bin/busybox", "sh", SHARED + "/bin/supervise.sh", SHARED)
        .withPorts(
            port("peer", Ports.PEER), port("admin", Ports.CLIENT), port("metrics", Ports.METRICS))
        .withNewReadinessProbe()
        .withNewTcpSocket()
        .withNewPort(Ports.CLIENT)
        .endTcpSocket()
        .withPeriodSeconds(2)
        .withFailureThreshold(1)
        .endReadinessProbe()
        .withSecurityContext(PodSecurity.anyImage())
        .withResources(requests("50m", "128Mi"))
        .withVolumeMounts(mount("robustness", SHARED), mount("data", DATA), readOnly("tls", TLS))
        .build();
  }

  private List<PersistentVolumeClaim> claims() {
    StorageSpec storage = cluster.storage();
    if (storage.type() != StorageSpec.Type.PersistentVolumeClaim) {
      return List.of();
    }
    return List.of(
        new PersistentVolumeClaimBuilder()
            .withNewMetadata()
            .withName("data")
            .withLabels(Labels.ofMember(names, member))
            .endMetadata()
            .withNewSpec()
            .withAccessModes("ReadWriteOnce")
            .withStorageClassName(storage.storageClassName())
            .withNewResources()
            .withRequests(
                storage.size() == null ? Map.of() : Map.of("storage", new Quantity(storage.size())))
            .endResources()
            .endSpec()
            .build());
  }

  private Volume data() {
    StorageSpec storage = cluster.storage();
    return new VolumeBuilder()
        .withName("data")
        .withNewEmptyDir()
        .withMedium(storage.type() == StorageSpec.Type.Memory ? "Memory" : null)
        .withSizeLimit(storage.size() == null ? null : new Quantity(storage.size()))
        .endEmptyDir()
        .build();
  }

  static VolumeBuilder emptyDir(String name) {
    return new VolumeBuilder().withName(name).withNewEmptyDir().endEmptyDir();
  }

  static Volume secret(String name, String secret) {
    return new VolumeBuilder()
        .withName(name)
        .withNewSecret()
        .withSecretName(secret)
        .withDefaultMode(0440)
        .endSecret()
        .build();
  }

  static VolumeMount mount(String name, String path) {
    return new VolumeMountBuilder().withName(name).withMountPath(path).build();
  }

  static VolumeMount readOnly(String name, String path) {
    return new VolumeMountBuilder().withName(name).withMountPath(path).withReadOnly(true).build();
  }

  static ContainerPort port(String name, int port) {
    return new ContainerPortBuilder().withName(name).withContainerPort(port).build();
  }

  static ResourceRequirements requests(String cpu, String memory) {
    return new ResourceRequirementsBuilder()
        .addToRequests("cpu", new Quantity(cpu))
        .addToRequests("memory", new Quantity(memory))
        .build();
  }
}
