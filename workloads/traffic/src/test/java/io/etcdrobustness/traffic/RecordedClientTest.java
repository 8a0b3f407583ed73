package io.etcdrobustness.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.Watch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecordedClientTest {

  private static final Header HEADER = new Header(1, 2, 3, 4);
  private static final Outcome OK = new Outcome.Ok(new Response.PutDone(HEADER, Optional.empty()));
  private static final Failure LOST = new Failure(Failure.Kind.OTHER, "UNAVAILABLE", "lost");
  private static final Duration TIMEOUT = Duration.ofSeconds(1);

  private final HandScheduler scheduler = new HandScheduler();
  private final FakeEtcdClient etcd = new FakeEtcdClient(scheduler::tick);
  private final List<Entry> recorded = new ArrayList<>();
  private final Ids ids = new Ids();
  private final Pending pending = new Pending(scheduler);
  private final RecordedClient client =
      new RecordedClient(5, "m1", etcd, recorded::add, scheduler, ids, pending);

  @Test
  void anOperationSpansFromBeforeItLeavesUntilItsAnswerIsThere() {
    List<Operation> told = new ArrayList<>();
    var unused = client.send(Request.Put.of("k", "v"), TIMEOUT).thenAccept(told::add);
    scheduler.tick();
    etcd.answer(0, OK);
    scheduler.tick();

    Operation operation = new Operation(1, 5, "m1", Request.Put.of("k", "v"), 0, 2, OK);
    assertThat(recorded).containsExactly(operation);
    assertThat(told).as("told before the loop ran").isEmpty();

    scheduler.runLoop();
    assertThat(told).containsExactly(operation);
  }

  @Test
  void aLostAnswerIsRecordedAsUnknown() {
    var unused = client.send(Request.Put.of("k", "v"), TIMEOUT);
    etcd.answer(0, new Outcome.Unknown(LOST));

    assertThat(recorded)
        .containsExactly(
            new Operation(1, 5, "m1", Request.Put.of("k", "v"), 0, 1, new Outcome.Unknown(LOST)));
    assertThat(etcd.sent()).hasSize(1);
  }

  @Test
  void aRequestIsUnderWayUntilItIsRecorded() {
    scheduler.tick();
    var unused = client.send(Request.Put.of("k", "v"), TIMEOUT);
    scheduler.tick();
    scheduler.tick();
    assertThat(pending.requests().earliest()).isEqualTo(1);

    etcd.answer(0, OK);
    assertThat(recorded).hasSize(1);
    assertThat(pending.requests().earliest()).isEqualTo(scheduler.now());
  }

  @Test
  void idsAreUniqueAmongTheClientsOfARun() {
    RecordedClient other = new RecordedClient(6, "", etcd, recorded::add, scheduler, ids, pending);
    var first = client.send(Request.Put.of("k", "v"), TIMEOUT);
    var second = other.send(Request.Put.of("k", "v"), TIMEOUT);
    etcd.answer(1, OK);
    etcd.answer(0, OK);

    assertThat(recorded).extracting(entry -> ((Operation) entry).id()).containsExactly(2L, 1L);
    assertThat(recorded).extracting(entry -> ((Operation) entry).client()).containsExactly(6, 5);
    assertThat(first).isNotSameAs(second);
  }

  @Test
  void aLongValueIsSentWholeAndRecordedAsItsToken() {
    String value = "x".repeat(100);
    String token = ByteStrings.value(ByteStrings.bytes(value));
    Request.Txn inner =
        new Request.Txn(
            List.of(Compare.of("k", Compare.Relation.LESS, new Compare.Value(value))),
            List.of(Request.Range.of("k", ""), Request.DeleteRange.of("k")),
            List.of(Request.Put.of("k", value)));
    Request.Txn request = new Request.Txn(List.of(), List.of(inner), List.of());
    var unused = client.send(request, TIMEOUT);
    etcd.answer(0, OK);

    assertThat(etcd.sent()).containsExactly(request);
    assertThat(((Operation) recorded.getFirst()).request())
        .isEqualTo(
            new Request.Txn(
                List.of(),
                List.of(
                    new Request.Txn(
                        List.of(Compare.of("k", Compare.Relation.LESS, new Compare.Value(token))),
                        List.of(Request.Range.of("k", ""), Request.DeleteRange.of("k")),
                        List.of(Request.Put.of("k", token)))),
                List.of()));
  }

  @Test
  void aWatchIsRecordedFromBeforeItsRequestLeaves() {
    RecordedWatchStream stream = client.watchStream(new Follower());
    long watch = stream.watch(request("a"));
    etcd.listener().created(watch, HEADER);
    scheduler.tick();
    etcd.listener().events(watch, HEADER, List.of(), true);
    etcd.listener().progress(watch, HEADER);
    etcd.listener().canceled(watch, HEADER, 9, "compacted");

    assertThat(recorded)
        .containsExactly(
            new Watch.Opened(watch, 5, "m1", "a", "b", 7, true, false, true, false, 0),
            new Watch.Created(watch, HEADER, 1),
            new Watch.Events(watch, HEADER, List.of(), true, 2),
            new Watch.Progress(watch, HEADER, 2),
            new Watch.Canceled(watch, HEADER, 9, "compacted", 2));
  }

  @Test
  void theFollowerIsToldOnTheLoop() {
    Follower follower = new Follower();
    long watch = client.watchStream(follower).watch(request("a"));
    etcd.listener().created(watch, HEADER);
    etcd.listener().events(watch, HEADER, List.of(), false);
    etcd.listener().progress(watch, HEADER);
    etcd.listener().progressOfAll(HEADER);
    etcd.listener().canceled(watch, HEADER, 0, "");
    etcd.listener().broken(LOST);
    assertThat(follower.told).isEmpty();

    scheduler.runLoop();

    assertThat(follower.told)
        .containsExactly(
            "created 1", "events 1", "progress 1", "progress of all", "canceled 1", "broken");
  }

  @Test
  void progressOfTheStreamIsRecordedForEachWatchThatIsCreatedAndHasNotEnded() {
    RecordedWatchStream stream = client.watchStream(new Follower());
    long created = stream.watch(request("a"));
    long canceled = stream.watch(request("b"));
    stream.watch(request("c"));
    etcd.listener().created(created, HEADER);
    etcd.listener().created(canceled, HEADER);
    etcd.listener().canceled(canceled, HEADER, 0, "");
    recorded.clear();

    stream.requestProgress();
    etcd.listener().progressOfAll(HEADER);

    assertThat(recorded)
        .containsExactly(
            new Watch.ProgressRequested(created, 3), new Watch.Progress(created, HEADER, 4));
    assertThat(etcd.streamCalls()).contains("progress");
  }

  @Test
  void aStreamThatBreaksBreaksEachWatchOnceAlsoOneAskedForLater() {
    RecordedWatchStream stream = client.watchStream(new Follower());
    long first = stream.watch(request("a"));
    long second = stream.watch(request("b"));
    recorded.clear();

    etcd.listener().broken(LOST);
    etcd.listener().broken(LOST);
    assertThat(recorded)
        .containsExactly(new Watch.Broken(first, LOST, 2), new Watch.Broken(second, LOST, 2));

    recorded.clear();
    long late = stream.watch(request("c"));
    assertThat(recorded).hasSize(2).last().isEqualTo(new Watch.Broken(late, LOST, 2));
    assertThat(etcd.streamCalls()).doesNotContain("open " + late + " c");
  }

  @Test
  void aWatchThatItsClientEndsIsClosedAndWhatStillComesIsDropped() {
    RecordedWatchStream stream = client.watchStream(new Follower());
    long watch = stream.watch(request("a"));
    long other = stream.watch(request("b"));
    recorded.clear();

    stream.cancel(watch);
    stream.cancel(watch);
    etcd.listener().created(watch, HEADER);
    etcd.listener().events(watch, HEADER, List.of(), false);
    etcd.listener().progress(watch, HEADER);
    etcd.listener().canceled(watch, HEADER, 0, "");
    assertThat(recorded).containsExactly(new Watch.Closed(watch, 2));

    stream.close();
    stream.close();
    etcd.listener().broken(LOST);
    assertThat(recorded).containsExactly(new Watch.Closed(watch, 2), new Watch.Closed(other, 2));
    assertThat(etcd.streamCalls()).containsSequence("cancel " + watch, "close");
    assertThatThrownBy(() -> stream.watch(request("c")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("client 5");
  }

  private static WatchStream.WatchRequest request(String key) {
    return new WatchStream.WatchRequest(key, "b", 7, true, false, true, false, true);
  }

  private static final class Follower implements WatchListener {
    private final List<String> told = new ArrayList<>();

    @Override
    public void created(long tag, Header header) {
      told.add("created " + tag);
    }

    @Override
    public void events(
        long tag, Header header, List<io.etcdrobustness.history.Event> events, boolean fragment) {
      told.add("events " + tag);
    }

    @Override
    public void progress(long tag, Header header) {
      told.add("progress " + tag);
    }

    @Override
    public void progressOfAll(Header header) {
      told.add("progress of all");
    }

    @Override
    public void canceled(long tag, Header header, long compactRevision, String reason) {
      told.add("canceled " + tag);
    }

    @Override
    public void broken(Failure failure) {
      told.add("broken");
    }
  }
}
