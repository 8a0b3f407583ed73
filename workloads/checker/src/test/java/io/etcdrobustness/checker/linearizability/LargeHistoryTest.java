package io.etcdrobustness.checker.linearizability;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Finding.Status;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** Histories of the size of real runs; the budget is counted in questions, not in time. */
class LargeHistoryTest {

  private static final int OPERATIONS = 50_000;

  private final Linearizable property = new Linearizable();

  @Test
  void aRunWithALostAnswerInFiftyHoldsWithoutWatches() {
    assertHolds(history(7, 0.02, false, false));
  }

  @Test
  void aRunWithALostAnswerInFiftyHoldsWithWatches() {
    assertHolds(history(8, 0.02, false, true));
  }

  @Test
  void aRunWithLeasesHolds() {
    assertHolds(history(9, 0.02, true, false));
  }

  @Test
  void aRunThatLosesEveryTenthAnswerHolds() {
    assertHolds(history(10, 0.1, false, true));
  }

  @Test
  void aStaleReadIsFoundWithTheWriteItMissed() {
    List<Operation> operations =
        damaged(
            history(11, 0.02, false, false),
            (range, told) ->
                !told.kvs().isEmpty()
                        && told.header().revision() - told.kvs().getFirst().modRevision() > 64
                    ? Optional.of(
                        new Response.Ranged(
                            Header.ofRevision(told.kvs().getFirst().modRevision()),
                            told.kvs(),
                            told.count(),
                            false))
                    : Optional.empty());
    Finding finding = judge(operations);
    assertThat(finding.status()).as(finding.note()).isEqualTo(Status.VIOLATED);
    assertThat(finding.violations().getFirst().summary()).contains("stale by");
  }

  @Test
  void aLostAcknowledgedWriteIsFoundAmongManyOpenWrites() {
    List<Operation> operations =
        damaged(
            history(12, 0.02, false, false),
            (range, told) ->
                !told.kvs().isEmpty()
                        && told.kvs().getFirst().modRevision() == told.header().revision()
                        && !range.countOnly()
                    ? Optional.of(new Response.Ranged(told.header(), List.of(), 0, false))
                    : Optional.empty());
    Finding finding = judge(operations);
    assertThat(finding.status()).as(finding.note()).isEqualTo(Status.VIOLATED);
    assertThat(finding.violations().getFirst().operations()).hasSizeBetween(1, 3);
  }

  @Test
  void aRevisionGivenTwiceIsFoundWithBothWrites() {
    List<Operation> operations = new ArrayList<>(history(13, 0.02, false, false).operations());
    Optional<Operation> before = Optional.empty();
    for (int i = OPERATIONS / 2; i < operations.size(); i++) {
      Operation write = operations.get(i);
      if (write.outcome() instanceof Outcome.Ok(Response.PutDone told)) {
        if (before.isPresent()
            && before.get().outcome() instanceof Outcome.Ok(Response.PutDone other)) {
          operations.set(
              i,
              write.withOutcome(
                  new Outcome.Ok(new Response.PutDone(other.header(), told.previous()))));
          break;
        }
        before = Optional.of(write);
      }
    }
    Finding finding = judge(operations);
    assertThat(finding.status()).isEqualTo(Status.VIOLATED);
    assertThat(finding.violations())
        .anySatisfy(violation -> assertThat(violation.operations()).hasSize(2));
  }

  /** As after a restore from a snapshot with bumped revisions. */
  @Test
  void aJumpOfABillionRevisionsIsToldAsOne() {
    List<Operation> operations = new ArrayList<>();
    for (Operation operation : history(14, 0.02, false, false).operations()) {
      if (operations.size() < OPERATIONS / 2) {
        operations.add(operation);
      } else if (operation.outcome() instanceof Outcome.Ok(Response.PutDone told)) {
        operations.add(
            operation.withOutcome(
                new Outcome.Ok(
                    new Response.PutDone(
                        Header.ofRevision(told.header().revision() + 1_000_000_000),
                        told.previous()))));
      }
    }

    Finding finding = judge(operations);

    assertThat(finding.status()).as(finding.note()).isEqualTo(Status.VIOLATED);
    assertThat(finding.violations().getFirst().summary())
        .containsPattern("10000\\d{5} revisions are left unexplained");
  }

  @Test
  void anExhaustedBudgetLeavesItUndecidedAndSaysHowFarItCame() {
    int[] asked = {0};
    Finding finding =
        property.judge(new Evidence(history(14, 0.02, false, false)), () -> ++asked[0] > 20);
    assertThat(finding.status()).isEqualTo(Status.UNDECIDED);
    assertThat(finding.note()).contains("budget", "revision", "%");
  }

  /** The history with the answer to one late read of one key replaced: the first that can be. */
  private static List<Operation> damaged(
      History history, BiFunction<Request.Range, Response.Ranged, Optional<Response>> damage) {
    List<Operation> operations = new ArrayList<>(history.operations());
    for (int i = OPERATIONS / 2; i < operations.size(); i++) {
      if (operations.get(i).request() instanceof Request.Range range
          && range.rangeEnd().isEmpty()
          && range.revision() == 0
          && operations.get(i).outcome() instanceof Outcome.Ok(Response.Ranged told)) {
        Optional<Response> other = damage.apply(range, told);
        if (other.isPresent()) {
          operations.set(i, operations.get(i).withOutcome(new Outcome.Ok(other.get())));
          return operations;
        }
      }
    }
    throw new AssertionError("the history holds no such read");
  }

  private Finding judge(List<Operation> operations) {
    return property.judge(
        new Evidence(History.of(History.Facts.OWN_CLUSTER, operations)), new Questions());
  }

  private static History history(long seed, double unknown, boolean leases, boolean watched) {
    return HistoryGenerator.generate(
        new HistoryGenerator.Shape(OPERATIONS, 32, 12, unknown, leases, false, watched, false),
        new RandomSource(seed));
  }

  private void assertHolds(History history) {
    Finding finding = property.judge(new Evidence(history), new Questions());
    assertThat(finding.status())
        .as("%s %s", finding.note(), finding.violations())
        .isEqualTo(Status.HOLDS);
    assertThat(finding.hits()).isGreaterThan(OPERATIONS / 2);
  }

  /** A budget of so many questions, the same on every machine. */
  private static final class Questions implements Budget {
    private int asked;

    @Override
    public boolean exhausted() {
      return ++asked > 4_000;
    }
  }
}
