package io.etcdrobustness.spec;

import static java.util.Objects.requireNonNullElse;
import static java.util.Objects.requireNonNullElseGet;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The spec of a {@code RobustnessTest}: what someone wants to know. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "(has(self.mode) && self.mode == 'Scheduled') == has(self.schedule)",
    message =
        "mode Scheduled needs a schedule such as '0 2 * * *', and only mode Scheduled has one")
@ValidationRule(
    value = "!has(self.onViolation) || (has(self.mode) && self.mode == 'Continuous')",
    message = "onViolation belongs to a run that goes on; write mode: Continuous, or leave it away")
@ValidationRule(
    value = "!has(self.timeZone) || has(self.schedule)",
    message = "timeZone belongs to a schedule; leave it away, or write mode: Scheduled")
@ValidationRule(
    value =
        "!has(self.upgrade) || !has(self.cluster) || !has(self.cluster.version)"
            + " || self.upgrade.path[0] == self.cluster.version",
    message = "upgrade.path must begin with cluster.version, the release that the cluster runs")
@ValidationRule(
    value =
        "!has(self.upgrade) || !has(self.cluster) || (!has(self.cluster.image)"
            + " && (!has(self.cluster.versions) || self.cluster.versions.size() == 0))",
    message =
        "an upgrade changes all members by release; leave cluster.image and cluster.versions away")
@ValidationRule(
    value =
        "!has(self.upgrade) || !has(self.cluster) || self.upgrade.strategy == 'Rolling'"
            + " || self.cluster.replicas > 1",
    message =
        "one member cannot run two releases at once; write upgrade.strategy: Rolling, or"
            + " cluster.replicas: 3")
@ValidationRule(
    value =
        "!has(self.faults) || !has(self.cluster) || !has(self.cluster.replicas)"
            + " || self.cluster.replicas > 1 || !has(self.faults.include)"
            + " || !self.faults.include.exists(t, t in ['Partition', 'Delay', 'Reset', 'Stall',"
            + " 'Loss'])",
    message =
        "a cluster of one member has no links to cut; write cluster.replicas: 3, or other faults")
@ValidationRule(
    value =
        "!has(self.faults) || self.faults.quorumBudget == 'All' || !has(self.faults.steps)"
            + " || self.cluster.replicas == 1 || !self.faults.steps.exists(s, s.target in"
            + " ['Majority', 'All'] && s.type in ['Kill', 'Pause', 'Reset', 'Stall', 'PodDelete',"
            + " 'PodEvict', 'VolumeLoss', 'NodeDrain', 'Loss', 'PowerLoss', 'DiskFull', 'SlowDisk',"
            + " 'FailingDisk', 'ClockOffset', 'Starve'])",
    message =
        "quorumBudget Minority allows no step with target Majority or All; write target: Minority,"
            + " or quorumBudget: All if the cluster is meant to be unavailable")
public record TestSpec(
    @JsonPropertyDescription(
            "When runs are made: Once, Continuous (one after the other, each judged window by"
                + " window while it goes on), or Scheduled.")
        @Default("Once")
        Mode mode,
    @JsonPropertyDescription("While true no new run begins; a run under way goes on.")
        @Default("false")
        Boolean suspend,
    @JsonPropertyDescription(
            "How long traffic runs, such as 30m: of 1s to 7d. The time to start, settle and judge"
                + " comes on top. In mode Continuous the time until a fresh cluster.")
        @Default("1m")
        @Pattern(Quantities.DURATION_PATTERN)
        @Size(max = 32)
        String duration,
    @JsonPropertyDescription(
            "The stretch of a continuous run that is judged and then forgotten, such as 60s.")
        @Default("60s")
        @Pattern(Quantities.DURATION_PATTERN)
        @Size(max = 32)
        String window,
    @JsonPropertyDescription(
            "What a continuous run does once a property is violated: Stop ends it in order,"
                + " Continue goes on, KeepCluster stops traffic and faults and leaves the members"
                + " running until the run is ended. Absent: Stop. Only in mode Continuous.")
        @Nullable OnViolation onViolation,
    @JsonPropertyDescription(
            "Everything random of a run comes from it. Absent: drawn for each run, and kept there.")
        @Nullable Long seed,
    @JsonPropertyDescription(
            "When runs begin, as a cron line of 5 fields such as '0 2 * * *'; only in mode"
                + " Scheduled.")
        @Size(min = 9, max = 128)
        @Nullable String schedule,
    @JsonPropertyDescription("Time zone of the schedule, such as Europe/Berlin. Absent: Etc/UTC.")
        @Size(min = 1, max = 64)
        @Nullable String timeZone,
    @JsonPropertyDescription(
            "What happens when a scheduled run is due while one is under way: Forbid (left out),"
                + " Allow (both run), or Replace (the old one is ended).")
        @Default("Forbid")
        ConcurrencyPolicy concurrencyPolicy,
    @JsonPropertyDescription("The etcd cluster under test.") @Default("{}") ClusterSpec cluster,
    @JsonPropertyDescription("The traffic.") @Default("{}") WorkloadSpec workload,
    @JsonPropertyDescription("The faults.") @Default("{}") FaultsSpec faults,
    @JsonPropertyDescription("A change of version under traffic. Absent: none.")
        @Nullable UpgradeSpec upgrade,
    @JsonPropertyDescription("The judging.") @Default("{}") ChecksSpec checks,
    @JsonPropertyDescription(
            "How much evidence a Passed needs; with less the verdict is Inconclusive.")
        @Default("{}")
        PassSpec pass,
    @JsonPropertyDescription("What is kept of reports.") @Default("{}") ReportSpec report,
    @JsonPropertyDescription(
            "Issues whose violations are acknowledged, such as etcd-18667: reported as Known, they"
                + " do not turn the verdict.")
        @Size(max = 32)
        List<@Size(max = 64) @Pattern(TestSpec.ISSUE_PATTERN) String> knownIssues,
    @JsonPropertyDescription("What ends a run early.") @Default("{}") SafetySpec safety) {

  /** A project's issue: {@code etcd-18667}. */
  public static final String ISSUE_PATTERN = "^[a-z][a-z0-9.-]*-[0-9]+$";

  public TestSpec {
    mode = requireNonNullElse(mode, Mode.Once);
    suspend = requireNonNullElse(suspend, false);
    duration = requireNonNullElse(duration, "1m");
    window = requireNonNullElse(window, "60s");
    concurrencyPolicy = requireNonNullElse(concurrencyPolicy, ConcurrencyPolicy.Forbid);
    cluster = requireNonNullElseGet(cluster, ClusterSpec::defaults);
    workload = requireNonNullElseGet(workload, WorkloadSpec::defaults);
    faults = requireNonNullElseGet(faults, FaultsSpec::defaults);
    checks = requireNonNullElseGet(checks, ChecksSpec::defaults);
    pass = requireNonNullElseGet(pass, PassSpec::defaults);
    report = requireNonNullElseGet(report, ReportSpec::defaults);
    knownIssues = List.copyOf(requireNonNullElse(knownIssues, List.of()));
    safety = requireNonNullElseGet(safety, SafetySpec::defaults);
  }

  /** The spec of a test of which nothing is written. */
  // Null is what an absent field is, before the constructor puts in the default.
  @SuppressWarnings("NullAway")
  public static TestSpec defaults() {
    return new TestSpec(
        null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
        null, null, null);
  }

  /** This spec with a seed, as a run keeps it. */
  public TestSpec withSeed(long fixed) {
    return new TestSpec(
        mode,
        suspend,
        duration,
        window,
        onViolation,
        fixed,
        schedule,
        timeZone,
        concurrencyPolicy,
        cluster,
        workload,
        faults,
        upgrade,
        checks,
        pass,
        report,
        knownIssues,
        safety);
  }

  /** When runs are made. */
  public enum Mode {
    Once,
    Continuous,
    Scheduled
  }

  /** What a continuous run does once a property is violated. */
  public enum OnViolation {
    /** It ends in order. */
    Stop,
    /** It goes on; its verdict stays Failed. */
    Continue,
    /** No traffic and no faults any more; the members run until the run is ended. */
    KeepCluster
  }

  /** What happens when a scheduled run is due while one is under way; as in a CronJob. */
  public enum ConcurrencyPolicy {
    Allow,
    Forbid,
    Replace
  }

  /** This test of another cluster. */
  public TestSpec withCluster(ClusterSpec other) {
    return new TestSpec(
        mode,
        suspend,
        duration,
        window,
        onViolation,
        seed,
        schedule,
        timeZone,
        concurrencyPolicy,
        other,
        workload,
        faults,
        upgrade,
        checks,
        pass,
        report,
        knownIssues,
        safety);
  }

  /** This test with other demands on the evidence. */
  public TestSpec withPass(PassSpec other) {
    return new TestSpec(
        mode,
        suspend,
        duration,
        window,
        onViolation,
        seed,
        schedule,
        timeZone,
        concurrencyPolicy,
        cluster,
        workload,
        faults,
        upgrade,
        checks,
        other,
        report,
        knownIssues,
        safety);
  }

  /** How long traffic runs, without the time to start, settle and judge. */
  public Duration trafficTime() {
    return Quantities.duration(duration);
  }

  /** See {@code window}. */
  public Duration windowTime() {
    return Quantities.duration(window);
  }

  /** See {@code onViolation}. */
  public OnViolation whenViolated() {
    return requireNonNullElse(onViolation, OnViolation.Stop);
  }

  /** The verdict must not turn on the violations of these etcd issues; such as etcd-18667. */
  public boolean isKnown(String issue) {
    return knownIssues.contains(issue);
  }
}
