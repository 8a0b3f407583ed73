package io.etcdrobustness.operator.runner;

import io.etcdrobustness.operator.model.EtcdImage;
import io.etcdrobustness.runs.cluster.EtcdCommandLine;
import io.etcdrobustness.runs.cluster.EtcdMember;
import io.etcdrobustness.spec.ClusterSpec;
import io.etcdrobustness.spec.ClusterSpec.TlsSpec.Tls;
import io.etcdrobustness.spec.Release;
import java.util.List;
import java.util.Optional;

/** The etcds of one cluster: what each is started with, where it is found, its image. */
final class Etcds {

  private static final String DATA = "/var/lib/etcd/data";
  private static final String CERTIFICATES = "/etc/etcd-robustness/tls";

  private final ClusterSpec spec;
  private final List<MemberPod> pods;
  private final String repository;

  /**
   * The etcds of these pods.
   *
   * @param repository of etcd's images, which are tagged by release
   */
  Etcds(ClusterSpec spec, List<MemberPod> pods, String repository) {
    this.spec = spec;
    this.pods = List.copyOf(pods);
    this.repository = repository;
  }

  /** The arguments of etcd in this pod. */
  List<String> command(MemberPod pod, Release release, EtcdCommandLine.State state) {
    return EtcdCommandLine.of(
        release,
        etcd(pod),
        pods.stream().map(Etcds::etcd).toList(),
        "etcd-robustness-" + pod.run(),
        state,
        spec);
  }

  /** Where peers find the etcd of this pod. */
  String peerUrl(MemberPod pod) {
    return etcd(pod).peerUrl(spec.tls().peer() == Tls.Auto);
  }

  /** The image of a release. */
  String image(Release release) {
    return EtcdImage.ofRelease(repository, release.toString());
  }

  private static EtcdMember etcd(MemberPod pod) {
    return new EtcdMember(
        pod.member(),
        DATA,
        "0.0.0.0:" + MemberPod.PEER,
        pod.host() + ":" + MemberPod.PEER,
        "0.0.0.0:" + MemberPod.CLIENT,
        pod.host() + ":" + MemberPod.CLIENT_PROXY,
        Optional.of("0.0.0.0:" + MemberPod.METRICS),
        CERTIFICATES,
        pod.member() + "-",
        true);
  }
}
