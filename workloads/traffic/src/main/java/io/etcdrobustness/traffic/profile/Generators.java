package io.etcdrobustness.traffic.profile;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.spec.WorkloadSpec;

/** Makes the generators of a plan's streams. */
public final class Generators {

  private final WorkloadSpec workload;
  private final RandomSource random;
  private final Observed observed;
  private final Keys keys;

  /**
   * Generators of one run.
   *
   * @param random what the plan was drawn from; each stream draws from its own fork of it
   * @param observed what the streams of the run learn together
   */
  public Generators(WorkloadSpec workload, RandomSource random, Observed observed) {
    this.workload = workload;
    this.random = random;
    this.observed = observed;
    this.keys =
        switch (workload.profile()) {
          case Mixed -> Keys.of("m/", workload.keys());
          case Kubernetes -> KubernetesGenerator.pods(workload.keys());
          case Append -> Keys.of("list/", workload.keys());
          case Lock -> Keys.of(LockGenerator.COUNTERS, locks());
          case Watch -> Keys.of("w/", workload.keys());
        };
  }

  /** What decides about the requests of {@code stream}, which must not be one of watches. */
  public Generator requests(PlannedStream stream) {
    RandomSource own = random.fork(stream.label());
    Values values = new Values(own.fork("values"), stream.client());
    return switch (stream.kind()) {
      case REQUESTS -> profile(own, values);
      case COMPACTION ->
          workload.profile() == WorkloadSpec.Profile.Kubernetes
              ? new KubernetesCompactor(values)
              : new CompactionGenerator(own, observed, compacting(), values);
      case ARCHIVE -> new ArchiveGenerator(own, observed, values);
      case DEFRAGMENTATION -> () -> Step.single(new Request.Defragment());
      case WITNESS, WATCHER, PROGRESS_WATCHER, REFLECTOR ->
          throw new IllegalArgumentException(
              "client %d is a %s: it watches".formatted(stream.client(), stream.kind()));
    };
  }

  /** What decides about the watches of {@code stream}, which must be one of watches. */
  public WatchGenerator watches(PlannedStream stream) {
    RandomSource own = random.fork(stream.label());
    return switch (stream.kind()) {
      case WITNESS -> new WitnessGenerator(own.chance(0.5), stream.longestPause());
      case WATCHER ->
          new WatcherGenerator(own, observed, keys, stream.shortestPause(), stream.longestPause());
      case PROGRESS_WATCHER ->
          new ProgressGenerator(own, observed, stream.shortestPause(), stream.longestPause());
      case REFLECTOR ->
          new ReflectorGenerator(
              own,
              KeyRange.prefix(KubernetesGenerator.REGISTRY),
              stream.shortestPause(),
              stream.longestPause());
      case REQUESTS, COMPACTION, ARCHIVE, DEFRAGMENTATION ->
          throw new IllegalArgumentException(
              "client %d is one of %s: it does not watch"
                  .formatted(stream.client(), stream.kind()));
    };
  }

  private Generator profile(RandomSource own, Values values) {
    return switch (workload.profile()) {
      case Mixed -> new MixedGenerator(own, observed, keys, values);
      case Kubernetes -> new KubernetesGenerator(own, observed, keys, values);
      case Append -> new AppendGenerator(own, keys, values);
      case Lock -> new LockGenerator(own, keys, values);
      case Watch -> new BurstGenerator(own, observed, keys, values);
    };
  }

  /**
   * The keys that compactions are made around, by putting and deleting them: the profile's own, or
   * others where its clients would take a deleted key for a lost write.
   */
  private Keys compacting() {
    return switch (workload.profile()) {
      case Mixed, Kubernetes, Watch -> keys;
      case Append, Lock -> Keys.of("compaction/", 3);
    };
  }

  /** Few enough that clients wait for each other, more than one. */
  private int locks() {
    return Math.max(2, workload.clients() / 2);
  }
}
