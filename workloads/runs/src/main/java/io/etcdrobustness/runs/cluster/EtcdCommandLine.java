package io.etcdrobustness.runs.cluster;

import io.etcdrobustness.spec.ClusterSpec;
import io.etcdrobustness.spec.ClusterSpec.EtcdOptions;
import io.etcdrobustness.spec.ClusterSpec.TlsSpec.Tls;
import io.etcdrobustness.spec.Release;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The flags of a member, in the dialect of its version: what 3.5 calls {@code --experimental-x},
 * 3.6 calls {@code --x} (etcd CHANGELOG-3.6, "Deprecations").
 */
public final class EtcdCommandLine {

  private EtcdCommandLine() {}

  /** Whether a member founds its cluster or joins it. */
  public enum State {
    NEW,
    EXISTING
  }

  /**
   * The arguments of {@code member}, without the program.
   *
   * @param all members of the cluster, this one too
   * @param token the cluster's own
   */
  public static List<String> of(
      Release version,
      EtcdMember member,
      List<EtcdMember> all,
      String token,
      State state,
      ClusterSpec spec) {
    boolean peerTls = spec.tls().peer() == Tls.Auto;
    boolean clientTls = spec.tls().client() == Tls.Auto;
    String client = clientTls ? "https://" : "http://";
    List<String> line = new ArrayList<>();
    line.add("--name=" + member.name());
    line.add("--data-dir=" + member.data());
    line.add("--listen-peer-urls=" + (peerTls ? "https://" : "http://") + member.peerListen());
    line.add("--initial-advertise-peer-urls=" + member.peerUrl(peerTls));
    line.add("--listen-client-urls=" + client + member.clientListen());
    line.add("--advertise-client-urls=" + client + member.clientAdvertise());
    member
        .metricsListen()
        .ifPresent(address -> line.add("--listen-metrics-urls=http://" + address));
    line.add(
        "--initial-cluster="
            + all.stream()
                .map(other -> other.name() + "=" + other.peerUrl(peerTls))
                .collect(Collectors.joining(",")));
    line.add("--initial-cluster-state=" + state.name().toLowerCase(Locale.ROOT));
    line.add("--initial-cluster-token=" + token);
    line.add("--logger=zap");
    if (peerTls) {
      addKeys(line, "peer-", "peer", member);
      line.add("--peer-client-cert-auth=true");
      if (member.fromAnywhere()) {
        line.add(prefix(version) + "peer-skip-client-san-verification=true");
      }
    }
    if (clientTls) {
      addKeys(line, "", "server", member);
      line.add("--client-cert-auth=true");
    }
    addOptions(line, version, spec.options());
    line.addAll(spec.extraArgs());
    return List.copyOf(line);
  }

  private static void addKeys(List<String> line, String flag, String key, EtcdMember member) {
    String file = member.certificates() + "/" + member.keyPrefix() + key;
    line.add("--" + flag + "cert-file=" + file + ".crt");
    line.add("--" + flag + "key-file=" + file + ".key");
    line.add("--" + flag + "trusted-ca-file=" + member.certificates() + "/ca.crt");
  }

  private static String prefix(Release version) {
    return version.isAtLeast(3, 6) ? "--" : "--experimental-";
  }

  private static void addOptions(List<String> line, Release version, EtcdOptions options) {
    line.add("--heartbeat-interval=" + options.heartbeat().toMillis());
    line.add("--election-timeout=" + options.election().toMillis());
    line.add("--snapshot-count=" + options.snapshotCount());
    if (options.quotaBackendBytes() != null) {
      line.add("--quota-backend-bytes=" + options.quotaBackendBytes());
    }
    String prefix = prefix(version);
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
