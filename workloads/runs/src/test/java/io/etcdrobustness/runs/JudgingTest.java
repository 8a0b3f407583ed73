package io.etcdrobustness.runs;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Assessment;
import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.Verdict;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.HistoryPass;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.Watch;
import io.etcdrobustness.history.plain.PlainSource;
import io.etcdrobustness.spec.TestSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class JudgingTest {

  /** A read of a value whose write is not in the record. */
  private static final Operation READ =
      new Operation(
          0,
          0,
          "m0",
          Request.Range.of("k", ""),
          100,
          200,
          new Outcome.Ok(
              new Response.Ranged(
                  Header.ofRevision(2), List.of(new KeyValue("k", "v", 2, 2, 1, 0)), 1, false)));

  private static History history(Entry... phases) {
    List<Entry> entries = new ArrayList<>(List.of(phases));
    entries.add(READ);
    return History.of(History.Facts.OWN_CLUSTER, entries);
  }

  private static Assessment judge(History history, String... names) {
    return Judging.of(TestSpec.defaults())
        .only(Set.of(names))
        .judge(history, new QuietListener())
        .assessment();
  }

  @Test
  void aValueThatNobodyWroteIsAViolationInAWholeRecord() {
    Assessment assessment =
        judge(history(new Phase(Phase.Name.TRAFFIC, 0), new Phase(Phase.Name.END, 900)));

    assertThat(assessment.verdict()).isEqualTo(Verdict.FAILED);
  }

  @Test
  void aValueThatNobodyWroteProvesNothingInARecordWithoutAnEnd() {
    Assessment assessment = judge(history(new Phase(Phase.Name.TRAFFIC, 0)));

    assertThat(assessment.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(assessment.reasons()).anyMatch(reason -> reason.contains("the record has no end"));
  }

  @Test
  void whatStillLooksBrokenInARecordWithoutAnEndIsToldAndProvesNothing() {
    Assessment assessment =
        judge(
            history(
                new Phase(Phase.Name.TRAFFIC, 0),
                new MemberEvent("m0", MemberEvent.Kind.EXITED, 0, 0, "exit code 2", false, 50)),
            "NoPanic");

    assertThat(assessment.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    Finding finding = assessment.findings().getFirst();
    assertThat(finding.status()).isEqualTo(Finding.Status.UNDECIDED);
    assertThat(finding.note())
        .contains("what the record lacks may explain it")
        .contains("exit code 2");
  }

  @Test
  void aHistoryOfAnotherToolNeedsNoEnd() {
    assertThat(judge(history()).verdict()).isEqualTo(Verdict.FAILED);
  }

  @Test
  void oneOfThePropertiesCanBeJudgedAlone() {
    Assessment unfinished =
        judge(history(new Phase(Phase.Name.TRAFFIC, 0)), "Linearizable", "WatchNotStarved");

    assertThat(unfinished.findings())
        .extracting(Finding::property)
        .containsExactlyInAnyOrder("Linearizable", "WatchNotStarved");
    assertThat(judge(history(new Phase(Phase.Name.TRAFFIC, 0)), "Linearizable").findings())
        .hasSize(1);
  }

  @Test
  void onePassProvesWhatJudgingTheWholeFinds() throws IOException {
    List<Operation> puts =
        Stream.iterate(1L, n -> n + 1).limit(5_000).map(JudgingTest::put).toList();

    Judging.Proofs proofs = ALL.prove(new Stored(puts.iterator()));

    assertThat(proofs.operations()).isEqualTo(5_000);
    assertThat(ALL.settledBy(proofs).orElseThrow().assessment())
        .isEqualTo(
            ALL.judge(History.of(History.Facts.OWN_CLUSTER, puts), proofs, new QuietListener())
                .assessment())
        .isEqualTo(judgedWhole(puts));
  }

  private static Assessment judgedWhole(List<Operation> operations) {
    Evidence evidence = new Evidence(History.of(History.Facts.OWN_CLUSTER, operations));
    return Assessment.of(
        ALL.properties().stream()
            .map(property -> property.judge(evidence, Budget.UNLIMITED))
            .toList(),
        Set.of());
  }

  @Test
  void onePassLeavesWhatIsBrokenToTheJudge() throws IOException {
    List<Operation> broken = List.of(put(1), put(2), READ);

    Judging.Proofs proofs = ALL.prove(new Stored(broken.iterator()));

    assertThat(ALL.settledBy(proofs)).isEmpty();
    assertThat(proofs.findings().keySet())
        .extracting(Property::name)
        .contains("ClusterIdStable", "NoPanic")
        .doesNotContain("Linearizable", "RevisionMonotonic");
    assertThat(
            ALL.judge(History.of(History.Facts.OWN_CLUSTER, broken), proofs, new QuietListener())
                .assessment()
                .verdict())
        .isEqualTo(Verdict.FAILED);
  }

  @Test
  void onePassProvesNothingIfItIsCutShort() throws IOException {
    long end = System.nanoTime() + Duration.ofMinutes(10).toNanos();
    Iterator<Operation> endless =
        Stream.iterate(1L, n -> n + 1)
            .takeWhile(n -> System.nanoTime() < end)
            .map(JudgingTest::put)
            .iterator();
    Judging hurried = Judging.of(Specs.of("checks: {timeout: 1s}")).only(Set.of("Linearizable"));

    assertThat(hurried.prove(new Stored(endless)).findings()).isEmpty();
    assertThat(endless).hasNext();
  }

  @Test
  void onePassProvesNothingOfWhatMayGoOn() throws IOException {
    assertThat(ALL.prove(new Stored(List.of(put(1)).iterator(), false)).findings()).isEmpty();
  }

  private static final Judging ALL = Judging.of(TestSpec.defaults());

  /** The {@code n}-th put of a client that waits for each answer. */
  private static Operation put(long n) {
    return new Operation(
        n,
        0,
        "m0",
        Request.Put.of("k", "v" + n),
        10 * n,
        10 * n + 5,
        new Outcome.Ok(new Response.PutDone(Header.ofRevision(n + 1), Optional.empty())));
  }

  private record Stored(Iterator<Operation> stored, boolean isWhole) implements HistoryPass {

    @Override
    public Extent extent() {
      return new Extent(0, 0);
    }

    Stored(Iterator<Operation> stored) {
      this(stored, true);
    }

    @Override
    public Optional<PlainSource> plain() {
      return Optional.empty();
    }

    @Override
    public History frame() {
      return History.of(History.Facts.OWN_CLUSTER, List.of());
    }

    @Override
    public long operations(Predicate<Operation> taker) {
      long count = 0;
      boolean more = true;
      while (more && stored.hasNext()) {
        more = taker.test(stored.next());
        count++;
      }
      return count;
    }

    @Override
    public boolean whole() {
      return isWhole;
    }

    @Override
    public Iterator<Watch> watches() {
      return Collections.emptyIterator();
    }

    @Override
    public void close() {}
  }
}
