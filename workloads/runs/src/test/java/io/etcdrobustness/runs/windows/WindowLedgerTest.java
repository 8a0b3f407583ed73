package io.etcdrobustness.runs.windows;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Assessment;
import io.etcdrobustness.checker.Catalogue;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.Verdict;
import io.etcdrobustness.checker.Violation;
import io.etcdrobustness.runs.report.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WindowLedgerTest {

  private static final List<Property> PROPERTIES =
      Catalogue.of(Catalogue.Options.DEFAULT).properties();
  private static final long SECOND = 1_000_000_000L;

  private final WindowLedger ledger = new WindowLedger(WindowStanding.NONE, List.of(), 10);

  private List<Integer> judged(int window, Assessment assessment) {
    return ledger.judged(
        new WindowLedger.Judged(
            new WindowLedger.Closed(
                window,
                window * 60 * SECOND,
                (window + 1) * 60 * SECOND,
                true,
                Duration.ofMillis(300),
                Duration.ofMillis(80),
                1,
                new WindowCounts(
                    1000,
                    990,
                    2,
                    500,
                    Map.of(
                        "Kill", new WindowCounts.Faults(2, 0, 0),
                        "Pause", new WindowCounts.Faults(1, 1, 0)))),
            assessment,
            Duration.ofSeconds(2),
            Duration.ofSeconds(3),
            100_000_000));
  }

  private static Assessment passed() {
    return Assessment.of(
        PROPERTIES.stream()
            .map(property -> Finding.of(property, 10, List.of(), "10 times"))
            .toList(),
        Set.of());
  }

  private static Assessment violated(int window) {
    List<Finding> findings = new ArrayList<>(passed().findings());
    Property property = PROPERTIES.getFirst();
    findings.set(
        0,
        Finding.of(
            property,
            10,
            List.of(
                new Violation(
                    property.name(),
                    "a read was stale, " + "x".repeat(300),
                    window * 60 * SECOND,
                    List.of(1L, 2L),
                    List.of(),
                    List.of("m0"),
                    7)),
            "one"));
    return Assessment.of(findings, Set.of());
  }

  @Test
  void hitsAndCountsAddUpAndTheVerdictLatches() {
    var _ = judged(1, passed());
    assertThat(ledger.isFailed()).isFalse();
    var _ = judged(2, violated(2));
    assertThat(ledger.isFailed()).isTrue();
    var _ = judged(3, passed());
    assertThat(ledger.isFailed()).isTrue();
    WindowStanding standing = ledger.standing();
    assertThat(standing.judged()).isEqualTo(3);
    assertThat(standing.passed()).isEqualTo(2);
    assertThat(standing.firstFailed()).isEqualTo(2);
    assertThat(standing.counts().operations()).isEqualTo(3000);
    assertThat(standing.counts().confirmedFaults()).isEqualTo(9);
    assertThat(standing.counts().injections()).isEqualTo(12);
    Finding first = ledger.findings().getFirst();
    assertThat(first.hits()).isEqualTo(30);
    assertThat(first.status()).isEqualTo(Finding.Status.VIOLATED);
    assertThat(first.violations().getFirst().summary()).startsWith("in window 2: a read was stale");
    assertThat(Assessment.of(ledger.findings(), Set.of()).verdict()).isEqualTo(Verdict.FAILED);
  }

  @Test
  void whatIsSeenInOneWindowIsSeenInTheRun() {
    Property sometimes =
        PROPERTIES.stream()
            .filter(property -> property.kind() == Property.Kind.SOMETIMES)
            .findFirst()
            .orElseThrow();
    Finding not = Finding.of(sometimes, 0, List.of(), "never");
    var _ = judged(1, Assessment.of(List.of(not), Set.of()));
    assertThat(ledger.findings().getFirst().status()).isEqualTo(Finding.Status.NOT_EXERCISED);
    var _ = judged(2, Assessment.of(List.of(Finding.of(sometimes, 2, List.of(), "2")), Set.of()));
    var _ = judged(3, Assessment.of(List.of(not), Set.of()));
    assertThat(ledger.findings().getFirst().status()).isEqualTo(Finding.Status.HOLDS);
    assertThat(ledger.findings().getFirst().hits()).isEqualTo(2);
  }

  @Test
  void anUndecidedWindowMakesTheRunUndecided() {
    var _ = judged(1, passed());
    var _ =
        judged(
            2,
            Assessment.of(
                List.of(Finding.undecided(PROPERTIES.getFirst(), 3, "no time was left")),
                Set.of()));
    var _ = judged(3, passed());
    Assessment all = Assessment.of(ledger.findings(), Set.of());
    assertThat(all.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(all.reasons().getFirst()).contains("in window 2: no time was left");
  }

  @Test
  void tenThousandWindowsAreToldInLessThanAHundredKilobytes() throws IOException {
    int most = 0;
    for (int window = 1; window <= 10_000; window++) {
      boolean bad = window % 500 == 0;
      var _ = judged(window, bad ? violated(window) : passed());
      if (window % 250 == 0) {
        String json = Json.of(ledger.standing());
        most = Math.max(most, json.getBytes(StandardCharsets.UTF_8).length);
        assertThat(Json.read(json, WindowStanding.class)).isEqualTo(ledger.standing());
      }
    }
    assertThat(most).isLessThan(90_000);
    WindowTable table = ledger.standing().table();
    assertThat(table.last()).hasSize(100);
    assertThat(table.last().getLast().window()).isEqualTo(10_000);
    assertThat(table.before().size()).isBetween(50, 100);
    int next = 1;
    for (WindowStretch stretch : table.before()) {
      assertThat(stretch.first()).isEqualTo(next);
      assertThat(stretch.passed() + stretch.failed() + stretch.undecided())
          .isEqualTo(stretch.last() - stretch.first() + 1);
      next = stretch.last() + 1;
    }
    assertThat(next).isEqualTo(table.last().getFirst().window());
    assertThat(ledger.findings().getFirst().violations()).hasSize(Finding.MOST_VIOLATIONS);
    assertThat(ledger.findings().getFirst().violationCount()).isEqualTo(20);
    assertThat(ledger.standing().kept().all()).hasSize(13);
    assertThat(Json.of(ledger.findings()).length()).isLessThan(100_000);
  }

  @Test
  void itGoesOnFromWhatWasKept() throws IOException {
    for (int window = 1; window <= 250; window++) {
      var _ = judged(window, window == 7 ? violated(7) : passed());
    }
    WindowStanding kept = Json.read(Json.of(ledger.standing()), WindowStanding.class);
    Finding[] found = Json.read(Json.of(ledger.findings()), Finding[].class);
    WindowLedger later = new WindowLedger(kept, List.of(found), 10);
    assertThat(later.isFailed()).isTrue();
    assertThat(later.findings()).isEqualTo(ledger.findings());
    assertThat(later.standing()).isEqualTo(ledger.standing());
    assertThat(later.standing().kept().all()).containsExactly(7, 248, 249, 250);
  }
}
