package io.etcdrobustness.checker.linearizability;

import static io.etcdrobustness.checker.Histories.header;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Finding.Status;
import io.etcdrobustness.checker.Histories;
import io.etcdrobustness.checker.InOnePass;
import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who made revisions of which nothing tells is guessed rightly, so that no search is needed. */
class ForesightTest {

  private final Histories history = Histories.empty();

  @Test
  void aKeyThatIsOnlyKnownToBeThereWasPutWhereItIsSeenToBeCreated() {
    open(1, Request.Put.of("a", "1"));
    put(3, 4, "b", "1", 3);
    count(5, 6, 3, 2);
    put(7, 8, "a", "2", 4);
    putIfAt(9, 10, "a", 4, "b", 5);
    get(11, 12, 5, kv("a", "2", 2, 4, 2));
    isProvedInOnePass();
  }

  @Test
  void aKeyThatIsOnlyKnownToBeThereIsAsItIsSeenLaterIfNothingChangedIt() {
    open(1, Request.Put.of("a", "1"));
    put(3, 4, "b", "1", 3);
    count(5, 6, 3, 2);
    put(7, 8, "b", "2", 4);
    putIfAt(9, 10, "a", 2, "b", 5);
    isProvedInOnePass();
  }

  @Test
  void whatDoesLessIsTriedWhereWhatDoesMoreLeavesNothingForLater() {
    put(1, 2, "a", "1", 2);
    put(1, 2, "b", "1", 3);
    open(3, txn(Request.Put.of("a", "both"), Request.Put.of("b", "both")));
    open(3, Request.Put.of("a", "one"));
    open(3, Request.Put.of("b", "one"));
    put(7, 8, "a", "2", 6);
    put(7, 8, "b", "2", 7);
    get(9, 10, 7, kv("a", "2", 2, 6, 3));
    get(9, 10, 7, kv("b", "2", 3, 7, 3));
    isProvedInOnePass();
  }

  @Test
  void whatIsNeededWaitsIfNothingElseFitsLaterAlsoBeyondARevisionThatIsTold() {
    put(1, 2, "a", "1", 2);
    put(1, 2, "c", "1", 3);
    open(
        3,
        new Request.Txn(
            List.of(Compare.of("c", Compare.Relation.EQUAL, new Compare.ModRevision(3))),
            List.of(Request.Put.of("c", "early")),
            List.of()));
    open(3, Request.Put.of("a", "hidden"));
    open(3, Request.Put.of("d", "told"));
    put(5, 6, "c", "3", 5);
    put(7, 8, "a", "2", 8);
    get(9, 10, 8, kv("a", "2", 2, 8, 3));
    get(9, 10, 8, kv("d", "told", 6, 6, 1));
    isProvedInOnePass();
  }

  @Test
  void whatIsSeenBehindTheLastRevisionWithoutOwnerCountsToo() {
    put(1, 2, "b", "1", 2);
    open(3, Request.Put.of("d", "alone"));
    open(3, Request.Put.of("b", "alone"));
    open(
        3, txn(Request.Put.of("d", "more"), Request.Put.of("b", "more"), Request.Put.of("c", "1")));
    put(5, 6, "d", "3", 4);
    put(5, 6, "b", "2", 5);
    get(9, 10, 5, kv("d", "3", 3, 4, 2));
    get(9, 10, 5, kv("b", "2", 2, 5, 3));
    isProvedInOnePass();
  }

  private void isProvedInOnePass() {
    History whole = history.build();
    Linearizable property = new Linearizable();
    Finding judged = property.judge(history.evidence(), Budget.UNLIMITED);
    assertThat(judged.status()).as("by search: %s", judged.violations()).isEqualTo(Status.HOLDS);
    assertThat(InOnePass.of(property, whole)).contains(judged);
  }

  private static Request txn(Request.InTxn... writes) {
    return new Request.Txn(List.of(), List.of(writes), List.of());
  }

  private void open(long call, Request request) {
    history.unknown(call, call + 1, request);
  }

  private void put(long call, long end, String key, String value, long revision) {
    ok(
        call,
        end,
        Request.Put.of(key, value),
        new Response.PutDone(header(revision, 1), Optional.empty()));
  }

  private void get(long call, long end, long revision, KeyValue kv) {
    ok(
        call,
        end,
        Request.Range.of(kv.key(), ""),
        new Response.Ranged(header(revision, 1), List.of(kv), 1, false));
  }

  /** Puts {@code key} if {@code other} was put last at {@code mod}, as it was. */
  private void putIfAt(long call, long end, String other, long mod, String key, long revision) {
    Response.PutDone done = new Response.PutDone(header(revision, 1), Optional.empty());
    ok(
        call,
        end,
        new Request.Txn(
            List.of(Compare.of(other, Compare.Relation.EQUAL, new Compare.ModRevision(mod))),
            List.of(Request.Put.of(key, "at " + mod)),
            List.of()),
        new Response.TxnDone(header(revision, 1), true, List.of(done)));
  }

  /** How many keys there are, and not which. */
  private void count(long call, long end, long revision, long keys) {
    ok(
        call,
        end,
        Request.Range.of("a", "\0").withCountOnly(),
        new Response.Ranged(header(revision, 1), List.of(), keys, false));
  }

  private void ok(long call, long end, Request request, Response response) {
    history.ok(call, end, request, response);
  }

  private static KeyValue kv(String key, String value, long create, long mod, long version) {
    return new KeyValue(key, value, create, mod, version, 0);
  }
}
