package io.etcdrobustness.spec;

import io.etcdrobustness.spec.ClusterSpec.EtcdOptions;
import io.etcdrobustness.spec.ClusterSpec.StorageSpec;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Rules about the cluster: what etcd itself would refuse, or silently change. */
final class ClusterRules {

  /** Flags that the run sets itself, by what they begin with. */
  private static final List<String> OWN_FLAGS =
      List.of(
          "name",
          "data-dir",
          "wal-dir",
          "listen-",
          "initial-",
          "advertise-",
          "discovery",
          "proxy",
          "config-file",
          "force-new-cluster",
          "cert-file",
          "key-file",
          "trusted-ca-file",
          "client-cert-auth",
          "auto-tls",
          "peer-",
          "log-outputs",
          "log-format",
          "version",
          "help");

  /** Flags that have a field in {@code options}. */
  private static final Map<String, String> OPTION_OF_FLAG =
      Map.ofEntries(
          Map.entry("snapshot-count", "snapshotCount"),
          Map.entry("snapshot-catchup-entries", "snapshotCatchUpEntries"),
          Map.entry("experimental-snapshot-catchup-entries", "snapshotCatchUpEntries"),
          Map.entry("compaction-batch-limit", "compactionBatchLimit"),
          Map.entry("experimental-compaction-batch-limit", "compactionBatchLimit"),
          Map.entry("heartbeat-interval", "heartbeatInterval"),
          Map.entry("election-timeout", "electionTimeout"),
          Map.entry("watch-progress-notify-interval", "watchProgressNotifyInterval"),
          Map.entry("experimental-watch-progress-notify-interval", "watchProgressNotifyInterval"),
          Map.entry("quota-backend-bytes", "quotaBackendBytes"));

  private ClusterRules() {}

  static List<Rule> all() {
    return List.of(
        Rule.over("cluster.replicas", ClusterRules::replicasAreOdd),
        Rule.over(
            "cluster.version",
            (spec, report) -> supported("cluster.version", spec.cluster().version(), report)),
        Rule.over("cluster.versions", ClusterRules::versionsFitTogether),
        Rule.over("cluster.versions cluster.replicas", ClusterRules::oneVersionPerMember),
        Rule.over("cluster.versions cluster.image", ClusterRules::imageOrVersions),
        Rule.over("cluster.storage", ClusterRules::storage),
        Rule.over("cluster.extraArgs", ClusterRules::extraArgs),
        Durations.range(
            "cluster.options.heartbeatInterval",
            spec -> spec.cluster().options().heartbeatInterval(),
            "10ms",
            "10s"),
        // maxElectionMs in etcd's server/embed/config.go.
        Durations.range(
            "cluster.options.electionTimeout",
            spec -> spec.cluster().options().electionTimeout(),
            "50ms",
            "50s"),
        // etcd raises what is shorter: minWatchProgressInterval in server/etcdserver/api/v3rpc.
        Durations.range(
            "cluster.options.watchProgressNotifyInterval",
            spec -> spec.cluster().options().watchProgressNotifyInterval(),
            "100ms",
            "1h"),
        Rule.over(
            "cluster.options.heartbeatInterval cluster.options.electionTimeout",
            ClusterRules::electionWaitsForHeartbeats));
  }

  private static void replicasAreOdd(TestSpec spec, Rule.Report report) {
    int replicas = spec.cluster().replicas();
    if (replicas % 2 == 0) {
      report.problem(
          "cluster.replicas",
          "%d members survive no more failures than %d; write %d or %d"
              .formatted(replicas, replicas - 1, replicas - 1, replicas + 1));
    }
  }

  /** Reports a release that there are no rules for. */
  static void supported(String field, String version, Rule.Report report) {
    Release release = Release.parse(version);
    if (release.major() != 3 || release.minor() < 4) {
      report.problem(
          field, version + " is not supported; write a release of v3.4 or later, such as v3.7.3");
    }
  }

  private static void versionsFitTogether(TestSpec spec, Rule.Report report) {
    List<String> versions = spec.cluster().versions();
    for (int i = 0; i < versions.size(); i++) {
      supported("cluster.versions[" + i + "]", versions.get(i), report);
    }
    var minors = versions.stream().map(Release::parse).mapToInt(Release::minor).summaryStatistics();
    // etcd refuses to join members that are two minors apart: server/etcdserver/api/membership.
    if (minors.getCount() > 0 && minors.getMax() - minors.getMin() > 1) {
      report.problem(
          "cluster.versions",
          "v3.%d and v3.%d are more than one minor apart, etcd runs only neighbours together; write releases of v3.%d and v3.%d"
              .formatted(minors.getMin(), minors.getMax(), minors.getMax() - 1, minors.getMax()));
    }
  }

  private static void oneVersionPerMember(TestSpec spec, Rule.Report report) {
    int versions = spec.cluster().versions().size();
    int replicas = spec.cluster().replicas();
    if (versions != 0 && versions != replicas) {
      report.problem(
          "cluster.versions",
          "%d releases for %d members; write one for each, or none and version alone"
              .formatted(versions, replicas));
    }
  }

  private static void imageOrVersions(TestSpec spec, Rule.Report report) {
    if (spec.cluster().image() != null && !spec.cluster().versions().isEmpty()) {
      report.problem(
          "cluster.image",
          "an image is the same for all members, versions are not; write image or versions");
    }
  }

  private static void storage(TestSpec spec, Rule.Report report) {
    StorageSpec storage = spec.cluster().storage();
    boolean isClaim = storage.type() == StorageSpec.Type.PersistentVolumeClaim;
    if (isClaim && storage.size() == null) {
      report.problem(
          "cluster.storage.size", "a PersistentVolumeClaim needs a size; write size: 1Gi");
    }
    if (!isClaim && storage.storageClassName() != null) {
      report.problem(
          "cluster.storage.storageClassName",
          "a storage class means nothing for type %s; leave it away, or write type: PersistentVolumeClaim"
              .formatted(storage.type()));
    }
    if (storage.size() != null && Quantities.bytes(storage.size()) < Quantities.bytes("64Mi")) {
      report.problem(
          "cluster.storage.size",
          storage.size() + " does not hold etcd's first WAL segments; write 64Mi or more");
    }
  }

  private static void extraArgs(TestSpec spec, Rule.Report report) {
    List<String> args = spec.cluster().extraArgs();
    Map<String, Integer> seen = new HashMap<>();
    IntStream.range(0, args.size())
        .forEach(i -> flag("cluster.extraArgs[" + i + "]", i, args.get(i), seen, report));
  }

  private static void flag(
      String field, int index, String arg, Map<String, Integer> seen, Rule.Report report) {
    if (!arg.matches("--[a-z][a-z0-9-]*(=[^\\p{Cntrl}]*)?")) {
      report.problem(field, Quoted.of(arg) + " is not a flag; write it as --flag=value");
      return;
    }
    String flag = arg.substring(2).split("=", 2)[0];
    String option = OPTION_OF_FLAG.get(flag);
    if (option != null) {
      report.problem(
          field, "--" + flag + " has a field of its own; write cluster.options." + option);
    } else if (OWN_FLAGS.stream()
        .anyMatch(own -> own.endsWith("-") ? flag.startsWith(own) : flag.equals(own))) {
      report.problem(field, "--" + flag + " is set by the run itself; leave it away");
    } else if (seen.putIfAbsent(flag, index) != null) {
      report.problem(field, "--" + flag + " stands here twice; leave one of them away");
    }
  }

  private static void electionWaitsForHeartbeats(TestSpec spec, Rule.Report report) {
    EtcdOptions options = spec.cluster().options();
    Duration least = options.heartbeat().multipliedBy(5);
    if (options.election().compareTo(least) < 0) {
      report.problem(
          "cluster.options.electionTimeout",
          // Config.Validate in etcd's server/embed/config.go.
          "%s is less than 5 heartbeats of %s, etcd does not start so; write %dms or more"
              .formatted(options.electionTimeout(), options.heartbeatInterval(), least.toMillis()));
    }
  }
}
