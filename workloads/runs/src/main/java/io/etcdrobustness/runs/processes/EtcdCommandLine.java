package io.etcdrobustness.runs.processes;

import io.etcdrobustness.spec.ClusterSpec;
import io.etcdrobustness.spec.ClusterSpec.EtcdOptions;
import io.etcdrobustness.spec.ClusterSpec.TlsSpec.Tls;
import io.etcdrobustness.spec.Release;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The flags of a member, in the dialect of its version: what 3.5 calls {@code --experimental-x},
 * 3.6 calls {@code --x} (etcd CHANGELOG-3.6, "Deprecations").
 */
final class EtcdCommandLine {

  private EtcdCommandLine() {}

  static List<String> of(
      Path binary, Release version, MemberLayout member, List<MemberLayout> all, ClusterSpec spec) {
    boolean peerTls = spec.tls().peer() == Tls.Auto;
    boolean clientTls = spec.tls().client() == Tls.Auto;
    List<String> line = new ArrayList<>();
    line.add(binary.toString());
    line.add("--name=" + member.name());
    line.add("--data-dir=" + member.data());
    line.add(
        "--listen-peer-urls=%s://127.0.0.1:%d"
            .formatted(peerTls ? "https" : "http", member.peerPort()));
    line.add("--initial-advertise-peer-urls=" + member.peerUrl(peerTls));
    line.add(
        "--listen-client-urls=%s://127.0.0.1:%d"
            .formatted(clientTls ? "https" : "http", member.clientPort()));
    line.add(
        "--advertise-client-urls=%s://127.0.0.1:%d"
            .formatted(clientTls ? "https" : "http", member.clientProxyPort()));
    line.add(
        "--initial-cluster="
            + all.stream()
                .map(other -> other.name() + "=" + other.peerUrl(peerTls))
                .collect(Collectors.joining(",")));
    line.add("--initial-cluster-state=new");
    line.add("--initial-cluster-token=etcd-robustness-" + all.getFirst().peerPort());
    line.add("--logger=zap");
    if (peerTls) {
      line.add("--peer-cert-file=" + member.directory().resolve("peer.crt"));
      line.add("--peer-key-file=" + member.directory().resolve("peer.key"));
      line.add("--peer-trusted-ca-file=" + member.directory().resolve("ca.crt"));
      line.add("--peer-client-cert-auth=true");
    }
    if (clientTls) {
      line.add("--cert-file=" + member.directory().resolve("server.crt"));
      line.add("--key-file=" + member.directory().resolve("server.key"));
      line.add("--trusted-ca-file=" + member.directory().resolve("ca.crt"));
      line.add("--client-cert-auth=true");
    }
    addOptions(line, version, spec.options());
    line.addAll(spec.extraArgs());
    return List.copyOf(line);
  }

  private static void addOptions(List<String> line, Release version, EtcdOptions options) {
    line.add("--heartbeat-interval=" + options.heartbeat().toMillis());
    line.add("--election-timeout=" + options.election().toMillis());
    line.add("--snapshot-count=" + options.snapshotCount());
    if (options.quotaBackendBytes() != null) {
      line.add("--quota-backend-bytes=" + options.quotaBackendBytes());
    }
    String prefix = version.isAtLeast(3, 6) ? "--" : "--experimental-";
    if (version.isAtLeast(3, 5)) {
      line.add(prefix + "watch-progress-notify-interval=" + goDuration(options.progressNotify()));
      line.add(prefix + "compaction-batch-limit=" + options.compactionBatchLimit());
    }
    // Since 3.5.14 (etcd #15033, back-ported in #17808); before, it is fixed at 5000.
    if (version.compareTo(new Release(3, 5, 14, "")) >= 0) {
      line.add(prefix + "snapshot-catchup-entries=" + options.snapshotCatchUpEntries());
    }
  }

  private static String goDuration(Duration duration) {
    return duration.toMillis() + "ms";
  }
}
