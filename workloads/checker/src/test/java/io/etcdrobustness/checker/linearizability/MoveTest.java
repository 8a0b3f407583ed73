package io.etcdrobustness.checker.linearizability;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is told of a write without an answer from its request alone. */
class MoveTest {

  private static final Request.InTxn PUT = Request.Put.of("a", "1");
  private static final Request.InTxn DELETE = Request.DeleteRange.of("a");
  private static final Request.InTxn READ = Request.Range.of("b", "");

  @Test
  void aTxnOfOneWriteIsThatWrite() {
    Move move = move(txn(List.of(), List.of(READ, PUT)));

    assertThat(move.plain()).isTrue();
    assertThat(move.shape()).isEqualTo(move(PUT).shape());
    assertThat(move.keys()).containsExactly("a");
  }

  @Test
  void thoseThatDifferInTheirValuesAreAlike() {
    assertThat(move(Request.Put.of("a", "2")).shape()).isEqualTo(move(PUT).shape());
    assertThat(move(txn(List.of(at(3)), List.of(PUT))).shape())
        .isEqualTo(move(txn(List.of(at(3)), List.of(Request.Put.of("a", "2"), READ))).shape());
  }

  @Test
  void thoseThatDifferInKeysConditionsOrderOrLeaseAreNot() {
    assertThat(
            List.of(
                move(PUT).shape(),
                move(Request.Put.of("b", "1")).shape(),
                move(DELETE).shape(),
                move(new Request.Put("a", "1", 7, false, false, false)).shape(),
                move(txn(List.of(at(3)), List.of(PUT))).shape(),
                move(txn(List.of(at(4)), List.of(PUT))).shape(),
                move(txn(List.of(), List.of(PUT, Request.Put.of("b", "1")))).shape(),
                move(txn(List.of(), List.of(Request.Put.of("b", "1"), PUT))).shape()))
        .doesNotHaveDuplicates();
  }

  @Test
  void whatAsksForARevisionThatIsOverIsTooLate() {
    Move move = move(txn(List.of(at(3)), List.of(PUT)));

    assertThat(tooLate(move, key(3, 3), 5)).isFalse();
    assertThat(tooLate(move, key(3, 4), 5)).isTrue();
    assertThat(tooLate(move, Optional.empty(), 5)).isTrue();
    assertThat(tooLate(move, Optional.empty(), 2)).isFalse();
  }

  @Test
  void whatAsksForAKeyThatIsNotThereNeverIs() {
    assertThat(tooLate(move(txn(List.of(at(0)), List.of(PUT))), key(3, 4), 5)).isFalse();
  }

  @Test
  void whatWritesOtherwiseNeverIs() {
    Request.Txn txn =
        new Request.Txn(List.of(at(3)), List.of(PUT), List.of(Request.Put.of("b", "else")));

    assertThat(tooLate(move(txn), key(3, 4), 5)).isFalse();
  }

  @Test
  void whoseConditionIsOverChangesNothing() {
    for (Request.InTxn write : List.of(PUT, DELETE)) {
      Move move = move(txn(List.of(at(3)), List.of(write)));

      assertThat(move.mayChange("a", 3, 5)).isTrue();
      assertThat(move.mayChange("a", 4, 5)).isFalse();
      assertThat(move.mayChange("a", Sighting.UNKNOWN, 5)).isTrue();
      assertThat(move.mayChange("a", 2, 3)).isTrue();
    }
    assertThat(
            move(new Request.Txn(List.of(at(3)), List.of(), List.of(DELETE))).mayChange("a", 4, 5))
        .isTrue();
  }

  @Test
  void whatIsToldItDoesOrDoesNot() {
    Move move = move(txn(List.of(), List.of(PUT, Request.DeleteRange.of("b"))));

    assertThat(move.mayBe(new Clue("a", true, Optional.empty()))).isTrue();
    assertThat(move.mayBe(new Clue("a", true, Optional.of("1")))).isTrue();
    assertThat(move.mayBe(new Clue("a", true, Optional.of("2")))).isFalse();
    assertThat(move.mayBe(new Clue("a", false, Optional.empty()))).isFalse();
    assertThat(move.mayBe(new Clue("b", false, Optional.empty()))).isTrue();
    assertThat(move.mayBe(new Clue("b", true, Optional.empty()))).isFalse();
  }

  private static boolean tooLate(Move move, Optional<KeyValue> now, long done) {
    return move.tooLate(key -> KeyState.of(now), done);
  }

  private static Optional<KeyValue> key(long create, long mod) {
    return Optional.of(new KeyValue("a", "0", create, mod, mod - create + 1, 0));
  }

  private static Compare at(long mod) {
    return Compare.of("a", Compare.Relation.EQUAL, new Compare.ModRevision(mod));
  }

  private static Request.Txn txn(List<Compare> compares, List<Request.InTxn> writes) {
    return new Request.Txn(compares, writes, List.of());
  }

  private static Move move(Request request) {
    Failure lost = new Failure(Failure.Kind.DEADLINE, "DEADLINE_EXCEEDED", "");
    return Move.of(new Operation(1, 1, "", request, 1, 2, new Outcome.Unknown(lost)), _ -> Set.of())
        .orElseThrow();
  }
}
