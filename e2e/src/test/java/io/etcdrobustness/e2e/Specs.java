package io.etcdrobustness.e2e;

/** Tests as users write them; small, since the cluster has two cores. */
final class Specs {

  private Specs() {}

  /** A test of this version with faults, which passes when etcd is sound. */
  static String standard(String name, String version, String duration) {
    return """
    apiVersion: etcdrobustness.io/v1alpha1
    kind: RobustnessTest
    metadata: {name: %s}
    spec:
      duration: %s
      seed: 7
      cluster: {replicas: 3, version: %s}
      workload: {profile: Mixed, clients: 8, rate: 200/s, keys: 12, requestTimeout: 2s}
      faults: {profile: Standard, interval: 6s, duration: 3s}
      pass: {minOperations: 50, minFaultsConfirmed: 2, requireSometimes: [], availableWithin: 3m}
      knownIssues: [etcd-15247, etcd-20589]
    """
        .formatted(name, duration, version);
  }

  /** One fault for most of the time: something to break into. */
  static String longPause(String name, String duration, String pause) {
    return """
    apiVersion: etcdrobustness.io/v1alpha1
    kind: RobustnessTest
    metadata: {name: %s}
    spec:
      duration: %s
      seed: 11
      cluster: {replicas: 3, version: v3.7.3}
      workload: {profile: Mixed, clients: 6, rate: 100/s, keys: 12, requestTimeout: 2s}
      faults:
        steps:
        - {at: 6s, type: Pause, target: Follower, duration: %s}
      pass: {minOperations: 50, minFaultsConfirmed: 1, requireSometimes: [], availableWithin: 3m}
      knownIssues: [etcd-15247, etcd-20589]
    """
        .formatted(name, duration, pause);
  }

  /** The smallest test that comes to a verdict. */
  static String tiny(String name) {
    return """
    apiVersion: etcdrobustness.io/v1alpha1
    kind: RobustnessTest
    metadata: {name: %s}
    spec:
      duration: 3s
      cluster: {replicas: 1, version: v3.7.3}
      workload: {profile: Mixed, clients: 2, rate: 50/s, keys: 6}
      faults: {profile: None}
      pass: {minOperations: 1, minFaultsConfirmed: 0, requireSometimes: [], availableWithin: 3m}
    """
        .formatted(name);
  }

  /** A run of short windows, long enough to have its runner leave. */
  static String soak(String name) {
    return """
    apiVersion: etcdrobustness.io/v1alpha1
    kind: RobustnessTest
    metadata: {name: %s}
    spec:
      mode: Continuous
      duration: 110s
      window: 10s
      seed: 5
      cluster: {replicas: 1, version: v3.7.3}
      workload: {profile: Mixed, clients: 4, rate: 60/s, keys: 12, requestTimeout: 2s}
      faults: {profile: None}
      pass: {minOperations: 50, minFaultsConfirmed: 0, requireSometimes: [], availableWithin: 3m}
    """
        .formatted(name);
  }

  /** v3.5.7 loses watch events without any fault: each window is violated. */
  static String failingSoak(String name) {
    return """
    apiVersion: etcdrobustness.io/v1alpha1
    kind: RobustnessTest
    metadata: {name: %s}
    spec:
      mode: Continuous
      duration: 90s
      window: 10s
      onViolation: Continue
      seed: 7
      cluster: {replicas: 1, version: v3.5.7}
      workload: {profile: Mixed, clients: 4, rate: 60/s, keys: 12, requestTimeout: 2s}
      faults: {profile: None}
      pass: {minOperations: 50, minFaultsConfirmed: 0, requireSometimes: [], availableWithin: 3m}
    """
        .formatted(name);
  }

  /** A rolling upgrade under the traffic of an API server. */
  static String upgrade(String name) {
    return """
    apiVersion: etcdrobustness.io/v1alpha1
    kind: RobustnessTest
    metadata: {name: %s}
    spec:
      duration: 150s
      seed: 3
      cluster: {replicas: 3, version: v3.6.16}
      upgrade: {path: [v3.6.16, v3.7.3], strategy: Rolling, hold: 5s}
      workload: {profile: Kubernetes, clients: 8, rate: 150/s, keys: 24, requestTimeout: 2s}
      faults: {profile: Light, interval: 15s, duration: 2s}
      pass: {minOperations: 50, minFaultsConfirmed: 1, requireSometimes: [], availableWithin: 3m}
      knownIssues: [etcd-15247, etcd-20589]
    """
        .formatted(name);
  }

  /**
   * Three runs, at most two at a time, of one member each: v3.5.7 loses watch events without any
   * fault.
   */
  static String suite(String name) {
    return """
    apiVersion: etcdrobustness.io/v1alpha1
    kind: RobustnessSuite
    metadata: {name: %s}
    spec:
      maxParallel: 2
      template:
        duration: 15s
        cluster: {replicas: 1}
        workload: {profile: Mixed, clients: 4, rate: 100/s, keys: 12}
        faults: {profile: None}
        pass: {minOperations: 20, minFaultsConfirmed: 0, requireSometimes: [], availableWithin: 3m}
        knownIssues: [etcd-15247, etcd-20589]
      matrix:
        versions: [v3.5.7, v3.7.3]
        seeds: [7, 8]
      exclude: [{version: v3.5.7, seed: 8}]
    """
        .formatted(name);
  }

  /** Something to break into: more runs than at once, each with one long fault. */
  static String longSuite(String name) {
    return """
    apiVersion: etcdrobustness.io/v1alpha1
    kind: RobustnessSuite
    metadata: {name: %s}
    spec:
      maxParallel: 1
      template:
        duration: 120s
        cluster: {replicas: 1, version: v3.7.3}
        workload: {profile: Mixed, clients: 2, rate: 20/s, keys: 6}
        faults:
          quorumBudget: All
          steps:
          - {at: 6s, type: Pause, target: Leader, duration: 100s}
        pass: {minOperations: 5, minFaultsConfirmed: 1, requireSometimes: [], availableWithin: 3m}
      matrix:
        seeds: [1, 2]
    """
        .formatted(name);
  }
}
