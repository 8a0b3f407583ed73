package io.etcdrobustness.checker.etcdcases;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Catalogue;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.history.History;
import java.util.List;
import java.util.stream.Stream;

/** What all our properties together say of a history. */
final class Verdicts {

  private static final List<Property> PROMISES =
      Catalogue.of(Catalogue.Options.DEFAULT).properties().stream()
          .filter(property -> property.kind() != Property.Kind.SOMETIMES)
          .toList();

  private Verdicts() {}

  /** The names of the properties that {@code history} breaks; each must be decided. */
  static List<String> brokenBy(History history) {
    Evidence evidence = new Evidence(history);
    List<Finding> findings =
        PROMISES.stream().map(property -> property.judge(evidence, Budget.UNLIMITED)).toList();
    assertThat(findings).extracting(Finding::status).doesNotContain(Finding.Status.UNDECIDED);
    return findings.stream()
        .filter(finding -> finding.status() == Finding.Status.VIOLATED)
        .map(Finding::property)
        .toList();
  }

  /** Both lists, one after the other. */
  @SafeVarargs
  static <T> List<T> joined(List<T> first, T... more) {
    return Stream.concat(first.stream(), Stream.of(more)).toList();
  }
}
