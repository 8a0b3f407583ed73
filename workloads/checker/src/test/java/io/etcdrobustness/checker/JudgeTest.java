package io.etcdrobustness.checker;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Finding.Status;
import io.etcdrobustness.history.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class JudgeTest {

  /** A property that answers as told. */
  private record Scripted(String name, Supplier<Finding> answer) implements Property {
    @Override
    public Kind kind() {
      return Kind.ALWAYS;
    }

    @Override
    public Explanation explanation() {
      return new Explanation("s", "r", "o", "j", "d");
    }

    @Override
    public Finding judge(Evidence evidence, Budget budget) {
      return budget.exhausted() ? Finding.undecided(this, 0, "no time") : answer.get();
    }
  }

  private static Scripted holding(String name) {
    return new Scripted(name, () -> found(name, 3, List.of(), 0));
  }

  private static Scripted violated(String name, List<Violation> violations, long count) {
    return new Scripted(name, () -> found(name, 3, violations, count));
  }

  private static Scripted failing(String name, Supplier<? extends Throwable> thrown) {
    return new Scripted(
        name,
        () -> {
          throw JudgeTest.<RuntimeException>sneaky(thrown.get());
        });
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> T sneaky(Throwable thrown) throws T {
    throw (T) thrown;
  }

  private static Finding found(String name, long hits, List<Violation> violations, long count) {
    return new Finding(
        name,
        Property.Kind.ALWAYS,
        violations.isEmpty() ? Status.HOLDS : Status.VIOLATED,
        hits,
        violations,
        count,
        "n");
  }

  private static Violation violation(String property, long time) {
    return new Violation(property, "broken", time, List.of(), List.of(), List.of(), 0);
  }

  @Test
  void whatOnePropertyThrowsHidesNoOther() {
    List<Finding> findings =
        judge(
            KnownIssues.NONE,
            BudgetFactory.UNLIMITED,
            holding("A"),
            failing("B", () -> new IllegalStateException("odd")),
            failing("C", OutOfMemoryError::new),
            failing("D", StackOverflowError::new),
            failing("E", () -> new AssertionError("never")),
            violated("F", List.of(violation("F", 1)), 1),
            new Scripted("G", () -> found("H", 1, List.of(), 0)));

    assertThat(findings)
        .extracting(Finding::status)
        .containsExactly(
            Status.HOLDS,
            Status.UNDECIDED,
            Status.UNDECIDED,
            Status.UNDECIDED,
            Status.UNDECIDED,
            Status.VIOLATED,
            Status.UNDECIDED);
    assertThat(findings.get(1).note()).contains("odd", "JudgeTest");
    assertThat(findings.get(2).note()).contains("ran out of memory");
    assertThat(findings.get(6).note()).contains("answered for H");
  }

  @Test
  void everyPropertyHasItsOwnBudget() {
    List<String> begun = new ArrayList<>();
    BudgetFactory budgets =
        property -> {
          begun.add(property.name());
          return () -> property.name().equals("A");
        };

    List<Finding> findings = judge(KnownIssues.NONE, budgets, holding("A"), holding("B"));

    assertThat(begun).as("one for the pass, and one for each").containsExactly("A", "A", "B");
    assertThat(findings)
        .extracting(Finding::status)
        .containsExactly(Status.UNDECIDED, Status.HOLDS);
  }

  /** A follower has its own mind; {@code property} is judged like {@link #holding}. */
  private static Property followed(String name, Follower follower) {
    Scripted judged = holding(name);
    return new Property() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Kind kind() {
        return judged.kind();
      }

      @Override
      public Explanation explanation() {
        return judged.explanation();
      }

      @Override
      public Optional<Follower> follower(Passing passing) {
        return Optional.of(follower);
      }

      @Override
      public Finding judge(Evidence evidence, Budget budget) {
        return judged.judge(evidence, budget);
      }
    };
  }

  @Test
  void whatThePassProvesIsNotJudgedAndWhatItFindsBrokenIs() {
    Finding proved = found("A", 7, List.of(), 0);
    Finding broken = found("B", 7, List.of(violation("B", 1)), 1);

    List<Finding> findings =
        judge(
            KnownIssues.NONE,
            property -> Budget.UNLIMITED,
            followed("A", () -> Optional.of(proved)),
            followed("B", () -> Optional.of(broken)),
            followed("C", Optional::empty));

    assertThat(findings).extracting(Finding::hits).containsExactly(7L, 3L, 3L);
  }

  @Test
  void aBugOfThePassCostsNoVerdictAndIsTold() {
    List<Finding> findings =
        judge(
            KnownIssues.NONE,
            property -> Budget.UNLIMITED,
            followed(
                "A",
                () -> {
                  throw new IllegalStateException("odd");
                }),
            holding("B"));

    assertThat(findings).extracting(Finding::status).containsOnly(Status.HOLDS);
    assertThat(findings)
        .allSatisfy(
            finding -> assertThat(finding.note()).contains("the pass before it failed", "odd"));
  }

  @Test
  void progressIsToldInTheOrderOfTheCatalogueAndExcludedOnesAreListed() {
    List<String> told = new ArrayList<>();
    Judge.Progress progress =
        new Judge.Progress() {
          @Override
          public void judging(Property property) {
            told.add("judging " + property.name());
          }

          @Override
          public void judged(Finding finding) {
            told.add(finding.property() + " " + finding.status());
          }
        };
    Catalogue catalogue = Catalogue.of(List.of(holding("A"), holding("B"))).without(Set.of("A"));

    new Judge(catalogue, BudgetFactory.UNLIMITED, KnownIssues.NONE)
        .judge(Histories.empty().build(), progress);

    assertThat(told).containsExactly("A EXCLUDED", "judging B", "B HOLDS");
  }

  @Test
  void manyViolationsAreTrimmedAndTheCountStays() {
    List<Violation> many = LongStream.range(0, 50).mapToObj(time -> violation("A", time)).toList();

    Finding finding =
        judge(KnownIssues.NONE, BudgetFactory.UNLIMITED, violated("A", many, 50)).getFirst();

    assertThat(finding.violations()).hasSize(Finding.MOST_VIOLATIONS);
    assertThat(finding.violationCount()).isEqualTo(50);
  }

  @Test
  void aViolationIsToldWhatItLooksLikeAndStaysAViolation() {
    Finding finding = bookmarks("3.5.7", KnownIssues.NONE, 1, 1);

    assertThat(finding.status()).isEqualTo(Status.VIOLATED);
    assertThat(finding.violations().getFirst().looksLike()).containsExactly("etcd-15220");
  }

  @Test
  void anAcknowledgedIssueMakesItsViolationsKnown() {
    Finding finding = bookmarks("3.5.7", KnownIssues.acknowledged(Set.of("etcd-15220")), 30, 30);

    assertThat(finding.status()).isEqualTo(Status.KNOWN);
    assertThat(finding.violations()).hasSize(Finding.MOST_VIOLATIONS);
    assertThat(finding.note()).contains("etcd-15220");
  }

  @Test
  void anAcknowledgedIssueExcusesNoOtherRelease() {
    KnownIssues acknowledged = KnownIssues.acknowledged(Set.of("etcd-15220"));

    Finding fixed = bookmarks("3.5.8", acknowledged, 1, 1);
    Finding unknown = bookmarks("", acknowledged, 1, 1);

    assertThat(fixed.status()).isEqualTo(Status.VIOLATED);
    assertThat(fixed.violations().getFirst().looksLike()).isEmpty();
    assertThat(unknown.status()).as("version never told").isEqualTo(Status.VIOLATED);
    assertThat(unknown.violations().getFirst().looksLike()).containsExactly("etcd-15220");
  }

  @Test
  void violationsThatThePropertyDidNotKeepAreNotExcused() {
    Finding finding = bookmarks("3.5.7", KnownIssues.acknowledged(Set.of("etcd-15220")), 20, 21);

    assertThat(finding.status()).isEqualTo(Status.VIOLATED);
  }

  @Test
  void oneViolationThatIsNotExcusedComesFirstAndKeepsThePropertyViolated() {
    Histories history =
        Histories.empty()
            .status(0, "m1", 1, 1, "3.5.7", 1, List.of())
            .event(100, "m1", io.etcdrobustness.history.MemberEvent.Kind.SNAPSHOT_RECEIVED, "");
    List<Violation> violations =
        List.of(
            violation("WatchOrdered", Histories.ns(200)),
            violation("WatchOrdered", Histories.ns(50)));

    Finding finding =
        new Judge(
                Catalogue.of(List.of(violated("WatchOrdered", violations, 2))),
                BudgetFactory.UNLIMITED,
                KnownIssues.acknowledged(Set.of("etcd-15271")))
            .judge(history.build(), Judge.Progress.SILENT)
            .getFirst();

    assertThat(finding.status()).isEqualTo(Status.VIOLATED);
    assertThat(finding.violations())
        .extracting(Violation::time)
        .containsExactly(Histories.ns(50), Histories.ns(200));
  }

  @Test
  void aHistoryThatCarriesNothingIsJudgedByTheWholeCatalogue() {
    List<Finding> findings =
        new Judge(
                Catalogue.of(Catalogue.Options.DEFAULT), BudgetFactory.UNLIMITED, KnownIssues.NONE)
            .judge(Histories.empty().phase(0, Phase.Name.TRAFFIC).build(), Judge.Progress.SILENT);

    assertThat(findings).extracting(Finding::status).containsOnly(Status.NOT_EXERCISED);
  }

  private static Finding bookmarks(String version, KnownIssues acknowledged, int kept, long count) {
    List<Violation> violations =
        LongStream.range(0, kept).mapToObj(time -> violation("WatchBookmarkable", time)).toList();
    return new Judge(
            Catalogue.of(List.of(violated("WatchBookmarkable", violations, count))),
            BudgetFactory.UNLIMITED,
            acknowledged)
        .judge(
            Histories.empty().status(0, "m1", 1, 1, version, 1, List.of()).build(),
            Judge.Progress.SILENT)
        .getFirst();
  }

  private static List<Finding> judge(
      KnownIssues acknowledged, BudgetFactory budgets, Property... properties) {
    return new Judge(Catalogue.of(List.of(properties)), budgets, acknowledged)
        .judge(Histories.empty().build(), Judge.Progress.SILENT);
  }
}
