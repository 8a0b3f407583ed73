package io.etcdrobustness.runs.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.runs.Specs;
import io.etcdrobustness.spec.ClusterSpec;
import io.etcdrobustness.spec.Release;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EtcdCommandLineTest {

  private static EtcdMember member(int i, boolean tls, boolean pod) {
    int port = 20_000 + 4 * i;
    return new EtcdMember(
        "m" + i,
        "/r/members/m" + i + "/data",
        "127.0.0.1:" + (port + 1),
        (tls ? "m" + i + ".member:" : "127.0.0.1:") + (port + 1),
        "127.0.0.1:" + port,
        "127.0.0.1:" + (port + 2),
        pod ? Optional.of("0.0.0.0:2384") : Optional.empty(),
        "/r/members/m" + i,
        pod ? "m" + i + "-" : "",
        pod);
  }

  private static List<String> flags(String version, String cluster) {
    return flags(version, cluster, false, EtcdCommandLine.State.NEW);
  }

  private static List<String> flags(
      String version, String cluster, boolean pod, EtcdCommandLine.State state) {
    ClusterSpec spec = Specs.of("cluster: " + cluster).cluster();
    boolean tls = spec.tls().peer() == ClusterSpec.TlsSpec.Tls.Auto;
    List<EtcdMember> all = IntStream.range(0, 3).mapToObj(i -> member(i, tls, pod)).toList();
    return EtcdCommandLine.of(
        Release.parse(version), all.get(1), all, "etcd-robustness-20001", state, spec);
  }

  @Test
  void aMemberInAPodIsNotKnownByItsAddress() {
    assertThat(flags("v3.7.3", "{}", true, EtcdCommandLine.State.EXISTING))
        .contains(
            "--peer-skip-client-san-verification=true",
            "--listen-metrics-urls=http://0.0.0.0:2384",
            "--initial-cluster-state=existing",
            "--peer-cert-file=/r/members/m1/m1-peer.crt",
            "--peer-trusted-ca-file=/r/members/m1/ca.crt");
    assertThat(flags("v3.5.7", "{}", true, EtcdCommandLine.State.NEW))
        .contains("--experimental-peer-skip-client-san-verification=true");
  }

  private static final List<String> COMMON =
      List.of(
          "--name=m1",
          "--data-dir=/r/members/m1/data",
          "--listen-peer-urls=https://127.0.0.1:20005",
          "--initial-advertise-peer-urls=https://m1.member:20005",
          "--listen-client-urls=http://127.0.0.1:20004",
          "--advertise-client-urls=http://127.0.0.1:20006",
          "--initial-cluster=m0=https://m0.member:20001,m1=https://m1.member:20005,m2=https://m2.member:20009",
          "--initial-cluster-state=new",
          "--initial-cluster-token=etcd-robustness-20001",
          "--logger=zap",
          "--peer-cert-file=/r/members/m1/peer.crt",
          "--peer-key-file=/r/members/m1/peer.key",
          "--peer-trusted-ca-file=/r/members/m1/ca.crt",
          "--peer-client-cert-auth=true",
          "--heartbeat-interval=100",
          "--election-timeout=1000",
          "--snapshot-count=100");

  /** Which of the newer flags a release knows, and what it calls them. */
  @ParameterizedTest
  @CsvSource({
    "v3.4.30, ''",
    "v3.5.7, --experimental-watch-progress-notify-interval=100ms --experimental-compaction-batch-limit=10",
    "v3.5.13, --experimental-watch-progress-notify-interval=100ms --experimental-compaction-batch-limit=10",
    "v3.5.14, --experimental-watch-progress-notify-interval=100ms --experimental-compaction-batch-limit=10 --experimental-snapshot-catchup-entries=100",
    "v3.6.1, --watch-progress-notify-interval=100ms --compaction-batch-limit=10 --snapshot-catchup-entries=100",
    "v3.7.3, --watch-progress-notify-interval=100ms --compaction-batch-limit=10 --snapshot-catchup-entries=100",
  })
  void eachReleaseIsSpokenToInItsDialect(String version, String newer) {
    List<String> expected = new ArrayList<>(COMMON);
    if (!newer.isEmpty()) {
      expected.addAll(List.of(newer.split(" ")));
    }
    assertThat(flags(version, "{}")).containsExactlyElementsOf(expected);
  }

  @Test
  void withoutPeerTlsMembersKnowEachOtherByAddress() {
    assertThat(flags("v3.7.3", "{tls: {peer: 'Off'}}"))
        .contains(
            "--listen-peer-urls=http://127.0.0.1:20005",
            "--initial-advertise-peer-urls=http://127.0.0.1:20005",
            "--initial-cluster=m0=http://127.0.0.1:20001,m1=http://127.0.0.1:20005,m2=http://127.0.0.1:20009")
        .noneMatch(flag -> flag.startsWith("--peer-"));
  }

  @Test
  void withClientTlsClientsNeedACertificate() {
    assertThat(flags("v3.7.3", "{tls: {client: Auto}}"))
        .contains(
            "--listen-client-urls=https://127.0.0.1:20004",
            "--advertise-client-urls=https://127.0.0.1:20006",
            "--cert-file=/r/members/m1/server.crt",
            "--key-file=/r/members/m1/server.key",
            "--trusted-ca-file=/r/members/m1/ca.crt",
            "--client-cert-auth=true");
  }

  @Test
  void optionsAndFurtherArgumentsArePassedOnInTheUnitsOfEtcd() {
    assertThat(
            flags(
                "v3.7.3",
                "{options: {heartbeatInterval: 50ms, electionTimeout: 2s, snapshotCount: 7,"
                    + " quotaBackendBytes: 16777216, watchProgressNotifyInterval: 1s},"
                    + " extraArgs: ['--auto-compaction-retention=1m', '--log-level=debug']}"))
        .contains(
            "--heartbeat-interval=50",
            "--election-timeout=2000",
            "--snapshot-count=7",
            "--quota-backend-bytes=16777216",
            "--watch-progress-notify-interval=1000ms")
        .endsWith("--auto-compaction-retention=1m", "--log-level=debug");
  }
}
