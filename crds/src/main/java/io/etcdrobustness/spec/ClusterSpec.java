package io.etcdrobustness.spec;

import static java.util.Objects.requireNonNullElse;
import static java.util.Objects.requireNonNullElseGet;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The etcd cluster under test.
 *
 * @param replicas number of members: 1, 3, 5 or 7
 * @param version etcd release of all members, such as {@code v3.7.3}
 * @param image container image instead of the release's own; only in Kubernetes
 * @param versions a version per member, for clusters of mixed versions; empty: all {@code version}
 * @param extraArgs further flags for every member
 */
public record ClusterSpec(
    Integer replicas,
    String version,
    @Nullable String image,
    List<String> versions,
    StorageSpec storage,
    TlsSpec tls,
    EtcdOptions options,
    List<String> extraArgs) {

  public ClusterSpec {
    replicas = requireNonNullElse(replicas, 3);
    version = requireNonNullElse(version, "v3.7.3");
    versions = List.copyOf(requireNonNullElse(versions, List.of()));
    storage = requireNonNullElseGet(storage, StorageSpec::defaults);
    tls = requireNonNullElseGet(tls, TlsSpec::defaults);
    options = requireNonNullElseGet(options, EtcdOptions::defaults);
    extraArgs = List.copyOf(requireNonNullElse(extraArgs, List.of()));
  }

  // Null is what an absent field is, before the constructor puts in the default.
  @SuppressWarnings("NullAway")
  static ClusterSpec defaults() {
    return new ClusterSpec(null, null, null, null, null, null, null, null);
  }

  /** The version of the member with this index. */
  public String versionOf(int member) {
    return versions.isEmpty() ? version : versions.get(member);
  }

  /** Where members keep their data; {@code processes} knows directories only. */
  public record StorageSpec(Type type, @Nullable String size, @Nullable String storageClassName) {
    public StorageSpec {
      type = requireNonNullElse(type, Type.EmptyDir);
    }

    @SuppressWarnings("NullAway")
    static StorageSpec defaults() {
      return new StorageSpec(null, null, null);
    }

    /** Kinds of volume. */
    public enum Type {
      EmptyDir,
      Memory,
      PersistentVolumeClaim
    }
  }

  /**
   * Encryption. {@code Auto}: certificates of a CA made for the run. Peers need it: faults of links
   * work through a proxy that only https peer URLs can be sent through.
   */
  public record TlsSpec(Tls peer, Tls client) {
    public TlsSpec {
      peer = requireNonNullElse(peer, Tls.Auto);
      client = requireNonNullElse(client, Tls.Off);
    }

    @SuppressWarnings("NullAway")
    static TlsSpec defaults() {
      return new TlsSpec(null, null);
    }

    /** Whether connections are encrypted. */
    public enum Tls {
      Auto,
      Off
    }
  }

  /**
   * Options of etcd, by the names of its flags. The defaults are small, so that rare paths
   * (snapshots, batches of a compaction) are walked often.
   */
  public record EtcdOptions(
      Integer snapshotCount,
      Integer snapshotCatchUpEntries,
      Integer compactionBatchLimit,
      String heartbeatInterval,
      String electionTimeout,
      String watchProgressNotifyInterval,
      @Nullable Long quotaBackendBytes) {
    public EtcdOptions {
      snapshotCount = requireNonNullElse(snapshotCount, 100);
      snapshotCatchUpEntries = requireNonNullElse(snapshotCatchUpEntries, 100);
      compactionBatchLimit = requireNonNullElse(compactionBatchLimit, 10);
      heartbeatInterval = requireNonNullElse(heartbeatInterval, "100ms");
      electionTimeout = requireNonNullElse(electionTimeout, "1s");
      watchProgressNotifyInterval = requireNonNullElse(watchProgressNotifyInterval, "100ms");
    }

    @SuppressWarnings("NullAway")
    static EtcdOptions defaults() {
      return new EtcdOptions(null, null, null, null, null, null, null);
    }

    /** Time between two heartbeats of the leader. */
    public Duration heartbeat() {
      return Quantities.duration(heartbeatInterval);
    }

    /** Time without a heartbeat after which a follower stands for election. */
    public Duration election() {
      return Quantities.duration(electionTimeout);
    }

    /** Time after which etcd tells progress on a watch without events. */
    public Duration progressNotify() {
      return Quantities.duration(watchProgressNotifyInterval);
    }
  }
}
