package io.etcdrobustness.runs.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.model.EtcdModel;
import io.etcdrobustness.checker.model.LeaseRule;
import io.etcdrobustness.checker.model.Step;
import io.etcdrobustness.checker.model.Store;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.spec.Release;
import io.etcdrobustness.traffic.WatchListener;
import io.etcdrobustness.traffic.WatchStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A lease that runs out is revoked: the one thing that etcd does without being asked. */
@Tag("etcd")
class ExpiryAgainstEtcdTest {

  private static final Request.Txn TWO_KEYS =
      new Request.Txn(
          List.of(),
          List.of(
              new Request.Put("a", "1", 7, false, false, false),
              new Request.Put("b", "1", 7, false, false, false),
              Request.Put.of("c", "1")),
          List.of());

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"v3.7.3", "v3.6.16", "v3.5.33"})
  void aLeaseThatRunsOutTakesItsKeysInOneRevision(String version) throws Exception {
    EtcdModel model = new EtcdModel(Store.empty(), LeaseRule.STRICT);
    Store store = model.store();
    try (OneMember etcd = new OneMember(version, directory)) {
      Duel duel =
          new Duel(
              model,
              new Dialect(Release.parse(version)),
              etcd.header(),
              new RandomSource(1),
              new Tally());
      assertAlike(duel, etcd.send(new Request.LeaseGrant(7, 1)));
      Operation put = etcd.send(TWO_KEYS);
      while (put.outcome() instanceof Outcome.Failed(Failure failure)
          && failure.kind() == Failure.Kind.LEASE_NOT_FOUND) {
        // It ran out before it was used: the machine is busy.
        model.execute(new Request.LeaseRevoke(7));
        assertAlike(duel, etcd.send(new Request.LeaseGrant(7, 1)));
        put = etcd.send(TWO_KEYS);
      }
      assertAlike(duel, put);

      List<Event> deletes = deletes(etcd, store.revision() + 1);
      Step expiry = model.execute(new Request.LeaseRevoke(7));

      assertThat(expiry)
          .isInstanceOfSatisfying(Step.Done.class, done -> assertThat(done.effective()).isTrue());
      assertThat(deletes.stream().map(Event::kv).map(KeyValue::key)).containsExactly("a", "b");
      assertThat(deletes.stream().map(Event::kv).map(KeyValue::modRevision))
          .containsOnly(store.revision());
      assertAlike(duel, etcd.send(Request.Range.of("a", "\0")));
      assertAlike(duel, etcd.send(Request.Range.of("a", "\0").atRevision(store.revision() - 1)));
      assertAlike(duel, etcd.send(new Request.LeaseTimeToLive(7, true)));
      assertAlike(duel, etcd.send(new Request.LeaseKeepAlive(7)));
      assertAlike(duel, etcd.send(TWO_KEYS));
      assertAlike(duel, etcd.send(new Request.LeaseRevoke(7)));
    }
  }

  private static void assertAlike(Duel duel, Operation operation) {
    assertThat(duel.differ(operation.request(), operation.outcome()))
        .as("%s: %s", operation.request(), operation.outcome())
        .isEmpty();
  }

  /** Awaits the first deletes. */
  private static List<Event> deletes(OneMember etcd, long from) throws Exception {
    Deletes deletes = new Deletes(new CompletableFuture<>());
    try (WatchStream stream = etcd.watch(deletes)) {
      stream.open(
          1, new WatchStream.WatchRequest("a", "\0", from, false, false, true, false, false));
      return deletes.first().get(120, TimeUnit.SECONDS);
    }
  }

  private record Deletes(CompletableFuture<List<Event>> first) implements WatchListener {

    @Override
    public void created(long tag, Header header) {}

    @Override
    public void events(long tag, Header header, List<Event> events, boolean fragment) {
      first.complete(events);
    }

    @Override
    public void progress(long tag, Header header) {}

    @Override
    public void progressOfAll(Header header) {}

    @Override
    public void canceled(long tag, Header header, long compactRevision, String reason) {
      first.completeExceptionally(new IllegalStateException("canceled: " + reason));
    }

    @Override
    public void broken(Failure failure) {
      first.completeExceptionally(new IllegalStateException("broken: " + failure));
    }
  }
}
