package io.etcdrobustness.checker;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Finding.Status;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.MemberEvent.Kind;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A lone member has put a as revision 2, refused a txn that puts k and reads at revision 1, put b
 * as revision 3, and is killed. Replayed, k is revision 3 and b is 4.
 */
class RetoldTest {

  private static final Request.Txn REFUSED = txn(Request.Range.of("a", "").atRevision(1));

  @Test
  void aRefusedTxnThatAReplayExecutesIsRecognised() {
    Histories replayed = restarted(lived());
    get(replayed, 40, "b", 4, kv("b", 4));
    get(replayed, 50, "k", 4, kv("k", 3));
    put(replayed, 60, "c", 5);

    Finding finding = judge("Linearizable", replayed);

    assertThat(finding.status()).as(finding.toString()).isEqualTo(Status.KNOWN);
  }

  @Test
  void soIsOneWhoseEffectWasLeftOpenWhenItWasRecorded() {
    Histories replayed = Histories.empty().event(0, "m0", Kind.STARTED, "v3.5.33");
    put(replayed, 10, "a", 2);
    replayed.op(
        18, 19, "", REFUSED, new Outcome.Unknown(Histories.failure(Failure.Kind.COMPACTED)));
    put(replayed, 20, "b", 3);
    restarted(replayed);
    get(replayed, 40, "b", 4, kv("b", 4));
    get(replayed, 50, "k", 4, kv("k", 3));

    assertThat(judge("Linearizable", replayed).status()).isEqualTo(Status.KNOWN);
  }

  @Test
  void soAreTwoOfThemAndWhatOtherTxnsMadeOfIt() {
    Histories twice = lived();
    twice.failed(26, 27, txn("l", Request.Range.of("a", "").atRevision(1)), Failure.Kind.COMPACTED);
    // It saw b as revision 3, and will see it as 4: replayed, it may do something else.
    twice.ok(
        28,
        29,
        new Request.Txn(List.of(), List.of(Request.Put.of("d", "v-d")), List.of()),
        new Response.TxnDone(Header.ofRevision(4), true, List.of(done(4))));
    restarted(twice);
    get(twice, 40, "b", 6, kv("b", 4));
    get(twice, 50, "l", 6, kv("l", 5));
    get(twice, 60, "k", 6, kv("k", 3));
    get(twice, 70, "d", 6, kv("d", 6));

    assertThat(judge("Linearizable", twice).status()).isEqualTo(Status.KNOWN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Linearizable", "RevisionMonotonic", "AcknowledgedWriteSurvives"})
  void anAcknowledgedWriteThatIsLostBesidesIsNotExcused(String property) {
    Histories lost = restarted(lived());
    get(lost, 40, "k", 3, kv("k", 3));
    get(lost, 50, "b", 3);
    // Its revision is given again.
    put(lost, 60, "c", 4);
    put(lost, 70, "d", 5);
    if (property.equals("RevisionMonotonic")) {
      get(lost, 80, "d", 2, kv("a", 2));
    }

    assertThat(judge(property, lost).status()).isEqualTo(Status.VIOLATED);
  }

  @Test
  void aTxnThatIsLostBesidesIsNotExcusedThoughItsEffectIsLeftOpen() {
    Histories lost = lived();
    lost.ok(
        28,
        29,
        new Request.Txn(List.of(), List.of(Request.Put.of("d", "v-d")), List.of()),
        new Response.TxnDone(Header.ofRevision(4), true, List.of(done(4))));
    restarted(lost);
    get(lost, 40, "b", 4, kv("b", 4));
    get(lost, 50, "k", 4, kv("k", 3));
    get(lost, 60, "d", 4);

    assertThat(judge("Linearizable", lost).status()).isEqualTo(Status.VIOLATED);
  }

  @Test
  void revisionsThatMoveWithoutThatTheTxnIsSeenAreNotExcused() {
    Histories moved = restarted(lived());
    get(moved, 40, "b", 4, kv("b", 4));
    get(moved, 50, "k", 4);

    assertThat(judge("Linearizable", moved).status()).isEqualTo(Status.VIOLATED);
  }

  @Test
  void aRefusedTxnThatTakesEffectWithoutACrashIsNotExcused() {
    Histories running = lived();
    get(running, 40, "b", 4, kv("b", 4));
    get(running, 50, "k", 4, kv("k", 3));

    assertThat(judge("Linearizable", running).status()).isEqualTo(Status.VIOLATED);
  }

  @Test
  void aStaleReadOfTheLifeBeforeIsNotExcused() {
    Histories stale = lived();
    get(stale, 28, "b", 2);
    restarted(stale);
    get(stale, 40, "b", 4, kv("b", 4));
    get(stale, 50, "k", 4, kv("k", 3));

    assertThat(judge("Linearizable", stale).status()).isEqualTo(Status.VIOLATED);
  }

  @Test
  void aStaleReadOfTheLifeAfterwardsIsNotExcused() {
    Histories stale = restarted(lived());
    get(stale, 40, "b", 4, kv("b", 4));
    get(stale, 50, "k", 4, kv("k", 3));
    put(stale, 60, "c", 5);
    get(stale, 70, "c", 4);

    assertThat(judge("Linearizable", stale).status()).isEqualTo(Status.VIOLATED);
  }

  @Test
  void anotherRefusalIsNotThisBug() {
    Histories other = Histories.empty().event(0, "m0", Kind.STARTED, "v3.5.33");
    put(other, 10, "a", 2);
    other.failed(18, 19, REFUSED, Failure.Kind.NO_SPACE);
    put(other, 20, "b", 3);
    restarted(other);
    get(other, 40, "b", 4, kv("b", 4));
    get(other, 50, "k", 4, kv("k", 3));

    assertThat(judge("Linearizable", other).status()).isEqualTo(Status.VIOLATED);
  }

  @Test
  void amongSeveralMembersOnlyTheFinalReadsTell() {
    Histories three = restarted(lived()).event(31, "m1", Kind.STARTED, "v3.5.33");
    get(three, 40, "b", 4, kv("b", 4));
    get(three, 50, "k", 4, kv("k", 3));

    assertThat(judge("Linearizable", three).status()).isEqualTo(Status.VIOLATED);
  }

  private static Histories lived() {
    Histories histories = Histories.empty().event(0, "m0", Kind.STARTED, "v3.5.33");
    put(histories, 10, "a", 2);
    histories.ok(
        14, 15, new Request.Compact(2, false), new Response.Compacted(Header.ofRevision(2)));
    histories.failed(18, 19, REFUSED, Failure.Kind.COMPACTED);
    put(histories, 20, "b", 3);
    return histories;
  }

  private static Histories restarted(Histories histories) {
    return histories
        .event(30, "m0", Kind.EXITED, "ended by signal 9", true)
        .event(31, "m0", Kind.STARTED, "v3.5.33");
  }

  private static Request.Txn txn(Request.Range old) {
    return txn("k", old);
  }

  private static Request.Txn txn(String key, Request.Range old) {
    return new Request.Txn(List.of(), List.of(Request.Put.of(key, "v-" + key), old), List.of());
  }

  private static void put(Histories histories, long call, String key, long revision) {
    histories.ok(call, call + 1, Request.Put.of(key, "v-" + key), done(revision));
  }

  private static Response.PutDone done(long revision) {
    return new Response.PutDone(Header.ofRevision(revision), Optional.empty());
  }

  private static void get(
      Histories histories, long call, String key, long revision, KeyValue... found) {
    histories.ok(
        call,
        call + 1,
        Request.Range.of(key, ""),
        new Response.Ranged(Header.ofRevision(revision), List.of(found), found.length, false));
  }

  private static KeyValue kv(String key, long revision) {
    return Histories.kv(key, revision, 0);
  }

  private static Finding judge(String property, Histories histories) {
    return new Judge(
            Catalogue.of(Catalogue.Options.DEFAULT).only(Set.of(property)),
            BudgetFactory.UNLIMITED,
            KnownIssues.acknowledged(Set.of("etcd-18667")))
        .judge(histories.build(), Judge.Progress.SILENT)
        .getFirst();
  }
}
