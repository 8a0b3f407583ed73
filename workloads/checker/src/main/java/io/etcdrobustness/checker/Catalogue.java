package io.etcdrobustness.checker;

import io.etcdrobustness.checker.coverage.ClusterCoverage;
import io.etcdrobustness.checker.coverage.RequestCoverage;
import io.etcdrobustness.checker.coverage.WatchCoverage;
import io.etcdrobustness.checker.leases.LeaseNotExpiredEarly;
import io.etcdrobustness.checker.leases.LeaseRevokedKeysGone;
import io.etcdrobustness.checker.linearizability.Linearizable;
import io.etcdrobustness.checker.locks.LockMutualExclusion;
import io.etcdrobustness.checker.members.AvailableAfterHeal;
import io.etcdrobustness.checker.members.ClusterIdStable;
import io.etcdrobustness.checker.members.MembersAgree;
import io.etcdrobustness.checker.members.NoCorruptionAlarm;
import io.etcdrobustness.checker.members.NoPanic;
import io.etcdrobustness.checker.reads.AcknowledgedWriteSurvives;
import io.etcdrobustness.checker.reads.CompactionRespected;
import io.etcdrobustness.checker.reads.RevisionMonotonic;
import io.etcdrobustness.checker.reads.SerializableReadFromPast;
import io.etcdrobustness.checker.watch.WatchAtomic;
import io.etcdrobustness.checker.watch.WatchBookmarkable;
import io.etcdrobustness.checker.watch.WatchFilter;
import io.etcdrobustness.checker.watch.WatchIsCreate;
import io.etcdrobustness.checker.watch.WatchNotStarved;
import io.etcdrobustness.checker.watch.WatchOrdered;
import io.etcdrobustness.checker.watch.WatchPrevKV;
import io.etcdrobustness.checker.watch.WatchReliable;
import io.etcdrobustness.checker.watch.WatchResumable;
import io.etcdrobustness.checker.watch.WatchUnique;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** All properties, by name, in the order in which they are judged and shown. */
public final class Catalogue {

  private final List<Property> properties;
  private final Set<String> excluded;

  private Catalogue(List<Property> properties, Set<String> excluded) {
    this.properties = List.copyOf(properties);
    this.excluded = Set.copyOf(excluded);
  }

  /**
   * What a test may set of its properties.
   *
   * @param availableWithin how long a member may take to serve again after the last fault, ns
   * @param allowedEnds see {@link NoPanic}: parts of log lines and exits that are no violation
   */
  public record Options(long availableWithin, List<String> allowedEnds) {

    /** Thirty seconds, and nothing allowed. */
    public static final Options DEFAULT = new Options(30_000_000_000L, List.of());

    public Options {
      allowedEnds = List.copyOf(allowedEnds);
    }
  }

  /** Every property. */
  public static Catalogue of(Options options) {
    return of(
        List.of(
            new Linearizable(),
            new SerializableReadFromPast(),
            new RevisionMonotonic(),
            new WatchOrdered(),
            new WatchUnique(),
            new WatchAtomic(),
            new WatchReliable(),
            new WatchResumable(),
            new WatchBookmarkable(),
            new WatchFilter(),
            new WatchPrevKV(),
            new WatchIsCreate(),
            new WatchNotStarved(),
            new CompactionRespected(),
            new AcknowledgedWriteSurvives(),
            new LeaseNotExpiredEarly(),
            new LeaseRevokedKeysGone(),
            new LockMutualExclusion(),
            new MembersAgree(),
            new NoPanic(options.allowedEnds()),
            new NoCorruptionAlarm(),
            new ClusterIdStable(),
            new AvailableAfterHeal(options.availableWithin()),
            ClusterCoverage.leaderChanged(),
            ClusterCoverage.memberRestarted(),
            ClusterCoverage.snapshotSent(),
            ClusterCoverage.faultConfirmed(),
            ClusterCoverage.readOverlappedFault(),
            ClusterCoverage.writeOverlappedFault(),
            RequestCoverage.unknownWriteTookEffect(),
            RequestCoverage.txnTookElseBranch(),
            RequestCoverage.leaseExpired(),
            RequestCoverage.compactionRejectedRead(),
            WatchCoverage.watchSawProgress(),
            WatchCoverage.watchResumedAfterCompaction()));
  }

  /**
   * A catalogue of these properties.
   *
   * @throws IllegalArgumentException if two have one name
   */
  public static Catalogue of(List<Property> properties) {
    Set<String> names = new HashSet<>();
    for (Property property : properties) {
      if (!names.add(property.name())) {
        throw new IllegalArgumentException("two properties are called " + property.name());
      }
    }
    return new Catalogue(properties, Set.of());
  }

  /** The properties in their order, also those that a test leaves out. */
  public List<Property> properties() {
    return properties;
  }

  /** The names in their order. */
  public List<String> names() {
    return properties.stream().map(Property::name).toList();
  }

  /** The property called {@code name}. */
  public Optional<Property> find(String name) {
    return properties.stream().filter(property -> property.name().equals(name)).findFirst();
  }

  /** Whether the test leaves {@code property} out: it is listed, and not judged. */
  public boolean excludes(Property property) {
    return excluded.contains(property.name());
  }

  /**
   * This catalogue with {@code names} left out, besides those that are already.
   *
   * @throws IllegalArgumentException if a name is none of {@link #names}
   */
  public Catalogue without(Set<String> names) {
    mustKnow(names);
    Set<String> more = new HashSet<>(excluded);
    more.addAll(names);
    return new Catalogue(properties, more);
  }

  /**
   * The catalogue that consists of {@code names} alone; the order stays. What was left out stays
   * left out.
   *
   * @throws IllegalArgumentException if a name is none of {@link #names}
   */
  public Catalogue only(Set<String> names) {
    mustKnow(names);
    return new Catalogue(
        properties.stream().filter(property -> names.contains(property.name())).toList(), excluded);
  }

  private void mustKnow(Set<String> names) {
    List<String> strangers = new ArrayList<>(names);
    strangers.removeAll(names());
    if (!strangers.isEmpty()) {
      strangers.sort(null);
      throw new IllegalArgumentException(
          "no property is called %s; there are: %s"
              .formatted(String.join(", ", strangers), String.join(", ", names())));
    }
  }
}
