package io.etcdrobustness.spec;

import io.etcdrobustness.spec.ClusterSpec.StorageSpec;
import io.etcdrobustness.spec.ClusterSpec.TlsSpec.Tls;
import io.etcdrobustness.spec.FaultsSpec.FaultType;
import io.etcdrobustness.spec.FaultsSpec.Profile;
import io.etcdrobustness.spec.TestSpec.Mode;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Rules about which faults are planned. */
final class FaultRules {

  /** Faults of the links between members. */
  static final Set<FaultType> OF_LINKS =
      EnumSet.of(
          FaultType.Partition, FaultType.Delay, FaultType.Reset, FaultType.Stall, FaultType.Loss);

  /** Those of them that work through a proxy wherever the network itself cannot be troubled. */
  static final Set<FaultType> THROUGH_PROXIES =
      EnumSet.of(FaultType.Partition, FaultType.Delay, FaultType.Reset, FaultType.Stall);

  private FaultRules() {}

  static List<Rule> all() {
    return List.of(
        Durations.range("faults.interval", spec -> spec.faults().interval(), "100ms", "1d"),
        Durations.range("faults.duration", spec -> spec.faults().duration(), "10ms", "1d"),
        Rule.over(
            "faults.include",
            (spec, report) -> RunRules.distinct("faults.include", spec.faults().include(), report)),
        Rule.over(
            "faults.exclude",
            (spec, report) -> RunRules.distinct("faults.exclude", spec.faults().exclude(), report)),
        Rule.over("faults.include faults.exclude", FaultRules::includedOrExcluded),
        Rule.over("faults.exclude faults.profile faults.include", FaultRules::somethingIsLeft),
        Rule.over("faults.profile faults.include", FaultRules::noneMeansNone),
        Rule.over("faults.steps faults.include faults.exclude", FaultRules::scriptOrChance),
        Rule.over("faults duration mode window", FaultRules::faultsFitIntoTheRun),
        Rule.over("faults.include cluster.replicas", FaultRules::includedLinksExist),
        Rule.over(
            "faults.include faults.exclude faults.profile cluster.replicas cluster.storage",
            FaultRules::theOnlyMemberKeepsItsData),
        Rule.over("faults.include cluster.tls.peer", FaultRules::includedLinksHaveProxies));
  }

  /** Whether the plan is drawn, and not an exact script or empty. */
  static boolean isRandom(FaultsSpec faults) {
    return faults.steps().isEmpty() && faults.profile() != Profile.None;
  }

  private static void includedOrExcluded(TestSpec spec, Rule.Report report) {
    List<FaultType> exclude = spec.faults().exclude();
    for (int i = 0; i < exclude.size(); i++) {
      if (spec.faults().include().contains(exclude.get(i))) {
        report.problem(
            "faults.exclude[" + i + "]",
            exclude.get(i) + " stands in include too; leave it in one of them");
      }
    }
  }

  private static void somethingIsLeft(TestSpec spec, Rule.Report report) {
    FaultsSpec faults = spec.faults();
    boolean none = faults.exclude().containsAll(faults.profile().kinds());
    if (none && faults.profile() != Profile.None && faults.include().isEmpty()) {
      report.problem(
          "faults.exclude", "every kind of fault is left out; write profile: None to want that");
    }
  }

  private static void noneMeansNone(TestSpec spec, Rule.Report report) {
    if (spec.faults().profile() == Profile.None && !spec.faults().include().isEmpty()) {
      report.problem(
          "faults.include",
          "profile None plans no faults; leave include away, or write profile: Standard");
    }
  }

  private static void scriptOrChance(TestSpec spec, Rule.Report report) {
    if (spec.faults().steps().isEmpty()) {
      return;
    }
    if (!spec.faults().include().isEmpty()) {
      report.problem(
          "faults.include",
          "steps are an exact script, include chooses for a random plan; write one of them");
    }
    if (!spec.faults().exclude().isEmpty()) {
      report.problem(
          "faults.exclude",
          "steps are an exact script, exclude chooses for a random plan; write one of them");
    }
  }

  private static void faultsFitIntoTheRun(TestSpec spec, Rule.Report report) {
    FaultsSpec faults = spec.faults();
    if (!isRandom(faults)) {
      return;
    }
    if (faults.every().compareTo(spec.trafficTime()) >= 0) {
      report.problem(
          "faults.interval",
          "one fault in %s is none in a run of %s; write a shorter interval, or profile: None"
              .formatted(faults.interval(), spec.duration()));
    }
    if (faults.longest().compareTo(spec.trafficTime()) >= 0) {
      report.problem(
          "faults.duration",
          "a fault of %s does not end in a run of %s; write a shorter one, or a longer duration of the run"
              .formatted(faults.duration(), spec.duration()));
    }
    if (spec.mode() == Mode.Continuous
        && spec.windowTime().compareTo(spec.trafficTime()) < 0
        && faults.every().dividedBy(2).plus(faults.longest()).compareTo(spec.windowTime()) > 0) {
      report.problem(
          "window",
          "no fault crosses the edge of a window, and one of %s in %s does not surely fit into %s; write a longer window, or shorter faults"
              .formatted(faults.duration(), faults.interval(), spec.window()));
    }
  }

  private static void includedLinksExist(TestSpec spec, Rule.Report report) {
    List<FaultType> include = spec.faults().include();
    for (int i = 0; i < include.size() && spec.cluster().replicas() == 1; i++) {
      if (OF_LINKS.contains(include.get(i))) {
        report.problem("faults.include[" + i + "]", noLinks(include.get(i)));
      }
    }
  }

  private static void theOnlyMemberKeepsItsData(TestSpec spec, Rule.Report report) {
    if (spec.cluster().replicas() != 1 || !isRandom(spec.faults())) {
      return;
    }
    FaultsSpec faults = spec.faults();
    List<FaultType> include = faults.include();
    for (int i = 0; i < include.size(); i++) {
      if (losesData(include.get(i), spec) && !faults.exclude().contains(include.get(i))) {
        report.problem("faults.include[" + i + "]", noCopy(include.get(i), spec));
      }
    }
    if (include.isEmpty()
        && faults.profile() == Profile.Pods
        && spec.cluster().storage().type() != StorageSpec.Type.PersistentVolumeClaim) {
      report.problem("faults.profile", noCopy(FaultType.PodDelete, spec));
    }
  }

  /** Whether a member that is hit comes back with nothing of what it had. */
  static boolean losesData(FaultType type, TestSpec spec) {
    return type == FaultType.VolumeLoss
        || (FaultType.OF_PODS.contains(type)
            && spec.cluster().storage().type() != StorageSpec.Type.PersistentVolumeClaim);
  }

  static String noCopy(FaultType type, TestSpec spec) {
    return type == FaultType.VolumeLoss
        ? "a cluster of one member loses its only data with its volume; write cluster.replicas: 3"
        : "a volume of type %s goes with its pod, and a cluster of one member has its only data there; write cluster.storage.type: PersistentVolumeClaim, or cluster.replicas: 3"
            .formatted(spec.cluster().storage().type());
  }

  private static void includedLinksHaveProxies(TestSpec spec, Rule.Report report) {
    List<FaultType> include = spec.faults().include();
    for (int i = 0; i < include.size() && spec.cluster().tls().peer() == Tls.Off; i++) {
      if (THROUGH_PROXIES.contains(include.get(i))) {
        report.problem("faults.include[" + i + "]", noProxy(include.get(i)));
      }
    }
  }

  static String noLinks(FaultType type) {
    return type
        + " needs links between members, a cluster of one has none; write cluster.replicas: 3, or"
        + " Kill, Pause or ClientPartition";
  }

  static String noProxy(FaultType type) {
    return type
        + " works through a proxy that only https peer URLs can be sent through; write"
        + " cluster.tls.peer: Auto, or Kill, Pause or ClientPartition";
  }
}
