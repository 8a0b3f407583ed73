package io.etcdrobustness.checker.log;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Property;
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
import io.etcdrobustness.history.History;
import java.util.List;

/** The properties that are judged against the log, all together. */
public final class Catalogue {

  private static final List<Property> PROPERTIES =
      List.of(
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
          new SerializableReadFromPast(),
          new RevisionMonotonic(),
          new CompactionRespected(),
          new AcknowledgedWriteSurvives());

  private Catalogue() {}

  /** Each property. */
  public static List<Property> properties() {
    return PROPERTIES;
  }

  /** What each property finds in {@code history}. */
  public static List<Finding> judge(History history) {
    Evidence evidence = new Evidence(history);
    return PROPERTIES.stream().map(property -> property.judge(evidence, Budget.UNLIMITED)).toList();
  }

  /** The names of the properties that {@code history} violates, in the catalogue's order. */
  public static List<String> violatedBy(History history) {
    return judge(history).stream()
        .filter(finding -> finding.status() == Finding.Status.VIOLATED)
        .map(Finding::property)
        .toList();
  }
}
