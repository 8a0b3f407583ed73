package io.etcdrobustness.checker.log;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Catalogue;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.reads.RevisionMonotonic;
import io.etcdrobustness.checker.watch.WatchOrdered;
import io.etcdrobustness.history.History;
import java.util.List;
import java.util.Set;

/** The properties that are judged against the log, all together: those of watches and of reads. */
public final class LogProperties {

  private static final Set<Package> PACKAGES =
      Set.of(WatchOrdered.class.getPackage(), RevisionMonotonic.class.getPackage());

  private static final List<Property> PROPERTIES =
      Catalogue.of(Catalogue.Options.DEFAULT).properties().stream()
          .filter(property -> PACKAGES.contains(property.getClass().getPackage()))
          .toList();

  private LogProperties() {}

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
