package io.etcdrobustness.spec;

import static java.util.Objects.requireNonNullElse;
import static java.util.Objects.requireNonNullElseGet;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
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
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "self.replicas % 2 == 1",
    message =
        "an even number of replicas survives no more failures than one less; write replicas: 3 or"
            + " 5")
@ValidationRule(
    value =
        "!has(self.versions) || self.versions.size() == 0 || self.versions.size() == self.replicas",
    message = "versions must name one release per member, or none; write as many as replicas")
@ValidationRule(
    value = "!has(self.image) || !has(self.versions) || self.versions.size() == 0",
    message = "image and versions exclude each other: an image is the same for all members")
public record ClusterSpec(
    @JsonPropertyDescription("Number of members: 1, 3, 5 or 7.") @Default("3") @Min(1) @Max(7)
        Integer replicas,
    @JsonPropertyDescription("etcd release of all members, such as v3.7.3; v3.4 and later.")
        @Default("v3.7.3")
        @Pattern(Release.PATTERN)
        @Size(max = 32)
        String version,
    @JsonPropertyDescription("Container image instead of the release's own; only in Kubernetes.")
        @Size(min = 1, max = 512)
        @Nullable String image,
    @JsonPropertyDescription(
            "A release per member, for clusters of mixed versions. Empty: all run version.")
        @Size(max = 7)
        List<@Pattern(Release.PATTERN) @Size(max = 32) String> versions,
    @JsonPropertyDescription("Where members keep their data.") @Default("{}") StorageSpec storage,
    @JsonPropertyDescription("Encryption of connections.") @Default("{}") TlsSpec tls,
    @JsonPropertyDescription(
            "Options of etcd by the names of its flags. The defaults are small, so that rare paths (snapshots, batches of a compaction) are walked often.")
        @Default("{}")
        EtcdOptions options,
    @JsonPropertyDescription(
            "Further flags for every member, such as --auto-compaction-retention=1m.")
        @Size(max = 32)
        List<@Size(min = 3, max = 256) String> extraArgs) {

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
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value = "(self.type == 'PersistentVolumeClaim') || !has(self.storageClassName)",
      message =
          "storageClassName belongs to type PersistentVolumeClaim; leave it away, or write that type")
  @ValidationRule(
      value = "self.type != 'PersistentVolumeClaim' || has(self.size)",
      message = "a PersistentVolumeClaim needs a size; write size: 1Gi")
  public record StorageSpec(
      @JsonPropertyDescription(
              "Kind of volume: EmptyDir, Memory (a tmpfs), or PersistentVolumeClaim.")
          @Default("EmptyDir")
          Type type,
      @JsonPropertyDescription("Size of the volume of each member, such as 1Gi.")
          @Pattern(Quantities.BYTES_PATTERN)
          @Size(max = 24)
          @Nullable String size,
      @JsonPropertyDescription("Storage class of the claim. Absent: the cluster's default.")
          @Size(min = 1, max = 253)
          @Nullable String storageClassName) {
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
  public record TlsSpec(
      @JsonPropertyDescription(
              "Encryption between members: Auto (certificates of a CA made for the run) or 'Off'. Faults of links need Auto.")
          @Default("Auto")
          Tls peer,
      @JsonPropertyDescription("Encryption between clients and members: Auto or 'Off'.")
          @Default("Off")
          Tls client) {
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
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record EtcdOptions(
      @JsonPropertyDescription("Committed entries after which a snapshot is made.")
          @Default("100")
          @Min(1)
          @Max(10000000)
          Integer snapshotCount,
      @JsonPropertyDescription(
              "Entries that a slow follower may lag behind after a snapshot before it is sent one.")
          @Default("100")
          @Min(1)
          @Max(10000000)
          Integer snapshotCatchUpEntries,
      @JsonPropertyDescription("Revisions that one batch of a compaction deletes at most.")
          @Default("10")
          @Min(1)
          @Max(1000000)
          Integer compactionBatchLimit,
      @JsonPropertyDescription("Time between two heartbeats of the leader: 10ms to 10s.")
          @Default("100ms")
          @Pattern(Quantities.DURATION_PATTERN)
          @Size(max = 32)
          String heartbeatInterval,
      @JsonPropertyDescription(
              "Time without a heartbeat after which a follower stands for election: at least five heartbeats, at most 50s.")
          @Default("1s")
          @Pattern(Quantities.DURATION_PATTERN)
          @Size(max = 32)
          String electionTimeout,
      @JsonPropertyDescription(
              "Time after which etcd tells progress on a watch without events: 100ms to 1h.")
          @Default("100ms")
          @Pattern(Quantities.DURATION_PATTERN)
          @Size(max = 32)
          String watchProgressNotifyInterval,
      @JsonPropertyDescription(
              "Size of the backend at which etcd raises the alarm NOSPACE. Absent: etcd's own.")
          @Min(16777216)
          @Max(107374182400L)
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
