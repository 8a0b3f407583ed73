package io.etcdrobustness.checker.linearizability;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.model.EtcdModel;
import io.etcdrobustness.checker.model.LeaseRule;
import io.etcdrobustness.checker.model.Store;
import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is deduced of revisions ahead that nobody is known to own. */
class OutlookTest {

  private static final long LEASE = 7;
  private static final Failure LOST = new Failure(Failure.Kind.DEADLINE, "", "");

  private final Store store = Store.forward(100);
  private final EtcdModel model = new EtcdModel(store, LeaseRule.STRICT);
  private final List<Operation> open = new ArrayList<>();

  private Horizon horizon() {
    return new Horizon(store.revision() + 1);
  }

  private Operation open(Request request) {
    Operation operation =
        new Operation(open.size(), 1, "", request, open.size(), 9, new Outcome.Unknown(LOST));
    open.add(operation);
    return operation;
  }

  private Outlook outlook(Horizon horizon, long last) {
    LeasedKeys leased = new LeasedKeys(store, horizon, last, open);
    return new Outlook(horizon, last + 1, last, store, open, leased, Budget.UNLIMITED);
  }

  private static Move due(Outlook outlook, Operation operation) {
    return outlook.due().stream()
        .filter(move -> move.operation().equals(operation))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whatAWriteThatIsSeenHadAskedForTellsOfTheRevisionThatItNamed() {
    model.execute(Request.Put.of("a", "1"));
    open(Request.Put.of("a", "2"));
    open(Request.Put.of("b", "2"));
    open(
        new Request.Txn(
            List.of(Compare.of("a", Compare.Relation.EQUAL, new Compare.ModRevision(3))),
            List.of(Request.Put.of("a", "3")),
            List.of(Request.Range.of("a", ""))));
    Horizon horizon = horizon();
    horizon.at(5).see(new KeyValue("a", "3", 2, 5, 3, 0));

    Outlook outlook = outlook(horizon, 5);

    assertThat(outlook.gaps()).containsExactly(3, 4, 5);
    assertThat(outlook.clues(3)).containsExactly(new Clue("a", true, Optional.empty()));
    assertThat(outlook.clues(4)).isEmpty();
  }

  @Test
  void theEndOfALeaseWasWhereAWatchToldThatItsKeyWentIfNobodyElseCanHaveDeletedIt() {
    model.execute(new Request.LeaseGrant(LEASE, 5));
    model.execute(new Request.Put("a", "1", LEASE, false, false, false));
    Operation end = open(new Request.LeaseRevoke(LEASE));
    open(Request.Put.of("b", "2"));
    Horizon horizon = horizon();
    horizon.at(4).add(gone("a", 4));

    Move move = due(outlook(horizon, 4), end);

    assertThat(move.mustMake(4, 4)).isTrue();
    assertThat(move.deletedKeys()).containsExactly("a");
  }

  @Test
  void whereTwoCanHaveDeletedAKeyNeitherMust() {
    model.execute(new Request.LeaseGrant(LEASE, 5));
    model.execute(new Request.Put("a", "1", LEASE, false, false, false));
    open(new Request.LeaseRevoke(LEASE));
    open(Request.DeleteRange.of("a"));
    Horizon horizon = horizon();
    horizon.at(3).add(gone("a", 3));

    assertThat(outlook(horizon, 3).due()).isEmpty();
  }

  @Test
  void aLeaseEndsAfterItsLastUseAndTakesThatKeyToo() {
    model.execute(new Request.LeaseGrant(LEASE, 5));
    model.execute(new Request.Put("a", "1", LEASE, false, false, false));
    open(new Request.LeaseRevoke(LEASE));
    Horizon horizon = horizon();
    Request put = new Request.Put("b", "2", LEASE, false, false, false);
    Header header = new Header(1, 1, 4, 1);
    horizon
        .at(4)
        .own(
            new Operation(
                50,
                1,
                "",
                put,
                1,
                2,
                new Outcome.Ok(new Response.PutDone(header, Optional.empty()))));

    Move end = outlook(horizon, 5).course("b").deletes().getFirst();

    assertThat(end.deletedKeys()).containsExactlyInAnyOrder("a", "b");
    assertThat(end.mayMake(3, 4)).isFalse();
    assertThat(end.mayMake(5, 5)).isTrue();
  }

  /** The page of a read of the past tells of then, not of when it was asked for. */
  @Test
  void aReadOfThePastTellsWhatWasMissingThen() {
    model.execute(Request.Put.of("a", "1"));
    open(Request.DeleteRange.of("a"));
    open(Request.Put.of("b", "2"));
    Horizon horizon = horizon();
    Request.Range past = Request.Range.of("a", "").atRevision(3);
    Header header = new Header(1, 1, 4, 1);
    horizon
        .at(4)
        .members()
        .add(
            new Operation(
                50,
                1,
                "",
                past,
                1,
                2,
                new Outcome.Ok(new Response.Ranged(header, List.of(), 0, false))));

    Outlook outlook = outlook(horizon, 4);

    assertThat(outlook.passages()).extracting(Outlook.Passage::at).contains(3L);
    assertThat(outlook.course("a").at(3, Long.MAX_VALUE)).isEqualTo(KeyState.Kind.ABSENT);
  }

  private static Event gone(String key, long revision) {
    KeyValue kv = new KeyValue(key, "", 0, revision, 0, 0);
    return new Event(Event.Type.DELETE, kv, Optional.empty(), false);
  }
}
