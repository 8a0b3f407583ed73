package io.etcdrobustness.spec;

import static java.util.Objects.requireNonNullElse;
import static java.util.Objects.requireNonNullElseGet;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The spec of a {@code RobustnessTest}: what someone wants to know. */
public record TestSpec(
    Mode mode,
    Boolean suspend,
    String duration,
    String window,
    @Nullable Long seed,
    ClusterSpec cluster,
    WorkloadSpec workload,
    FaultsSpec faults,
    @Nullable UpgradeSpec upgrade,
    ChecksSpec checks,
    PassSpec pass,
    ReportSpec report,
    List<String> knownIssues,
    SafetySpec safety) {

  public TestSpec {
    mode = requireNonNullElse(mode, Mode.Once);
    suspend = requireNonNullElse(suspend, false);
    duration = requireNonNullElse(duration, "1m");
    window = requireNonNullElse(window, "60s");
    cluster = requireNonNullElseGet(cluster, ClusterSpec::defaults);
    workload = requireNonNullElseGet(workload, WorkloadSpec::defaults);
    faults = requireNonNullElseGet(faults, FaultsSpec::defaults);
    checks = requireNonNullElseGet(checks, ChecksSpec::defaults);
    pass = requireNonNullElseGet(pass, PassSpec::defaults);
    report = requireNonNullElseGet(report, ReportSpec::defaults);
    knownIssues = List.copyOf(requireNonNullElse(knownIssues, List.of()));
    safety = requireNonNullElseGet(safety, SafetySpec::defaults);
  }

  /** When runs are made. */
  public enum Mode {
    Once,
    Continuous,
    Scheduled
  }

  /** How long traffic runs, without the time to start, settle and judge. */
  public Duration trafficTime() {
    return Quantities.duration(duration);
  }

  /** The verdict must not turn on the violations of these etcd issues; such as etcd-18667. */
  public boolean isKnown(String issue) {
    return knownIssues.contains(issue);
  }
}
