package io.etcdrobustness.traffic.profile;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GeneratorsTest {

  private static Operation operation(Request request, Outcome outcome) {
    return new Operation(1, 1, "m1", request, 0, 1, outcome);
  }

  private static Operation ok(Request request, Response response) {
    return operation(request, new Outcome.Ok(response));
  }

  @Test
  void aListKeepsItsNewestElementsWholeInTheHistory() {
    String list = "";
    for (int i = 1; i <= 100; i++) {
      list = AppendGenerator.appended(list, "c7-" + i);
      assertThat(list.length()).isLessThanOrEqualTo(ByteStrings.WHOLE);
      assertThat(list).endsWith("c7-" + i);
    }
    assertThat(list).endsWith("c7-98 c7-99 c7-100").contains("c7-92");
  }

  @Test
  void valuesDifferWithinWhatAHistoryKeepsOfThem() {
    Values values = new Values(new RandomSource(3), 5);
    Set<String> kept = new HashSet<>();
    for (int i = 0; i < 20_000; i++) {
      String value = values.next();
      assertThat(kept.add(value.substring(0, Math.min(ByteStrings.WHOLE, value.length()))))
          .isTrue();
      assertThat(value).startsWith("c5-" + (i + 1));
    }
  }

  @Test
  void theWitnessNeverGoesBackAndSkipsToTheCompactRevision() {
    WitnessGenerator witness = new WitnessGenerator(true, java.time.Duration.ofDays(1));
    assertThat(start(witness, WatchSession.End.NONE)).isEqualTo(1);
    assertThat(start(witness, new WatchSession.End(41, true, 0))).isEqualTo(42);
    assertThat(start(witness, new WatchSession.End(0, true, 0))).isEqualTo(42);
    assertThat(start(witness, new WatchSession.End(0, true, 60))).isEqualTo(60);
    assertThat(start(witness, new WatchSession.End(0, true, 50))).isEqualTo(60);
  }

  private static long start(WatchGenerator generator, WatchSession.End previous) {
    return generator.next(previous).watches().getFirst().startRevision();
  }

  @Test
  void aLockWhoseOutcomeIsUnknownLosesItsLease() {
    LockGenerator locks =
        new LockGenerator(
            new RandomSource(1), Keys.of("counter/", 2), new Values(new RandomSource(2), 1));
    Step step = locks.fresh();
    while (!(step.request() instanceof Request.LeaseGrant)) {
      step = locks.fresh();
    }
    Step lock =
        step.then()
            .after(ok(step.request(), new Response.LeaseGranted(Header.ofRevision(1), 77, 5)))
            .orElseThrow();
    assertThat(lock.request()).isInstanceOf(Request.Lock.class);
    Optional<Step> next =
        lock.then()
            .after(
                operation(
                    lock.request(),
                    new Outcome.Unknown(
                        new Failure(Failure.Kind.DEADLINE, "DEADLINE_EXCEEDED", ""))));
    assertThat(next.map(Step::request)).contains(new Request.LeaseRevoke(77));
  }

  @Test
  void whatIsObservedFollowsTheAnswers() {
    Observed observed = new Observed();
    observed.saw(
        ok(
            Request.Put.of("a", "v1"),
            new Response.PutDone(Header.ofRevision(2), Optional.empty())));
    assertThat(observed.key("a")).contains(new KeyValue("a", "v1", 2, 2, 1, 0));
    observed.saw(
        ok(
            new Request.Txn(List.of(), List.of(), List.of(Request.Put.of("a", "v2"))),
            new Response.TxnDone(
                Header.ofRevision(5),
                false,
                List.of(new Response.PutDone(Header.ofRevision(0), Optional.empty())))));
    assertThat(observed.key("a")).contains(new KeyValue("a", "v2", 2, 5, 2, 0));
    assertThat(observed.revision()).isEqualTo(5);

    observed.saw(
        ok(
            Request.Range.of("a", ""),
            new Response.Ranged(
                Header.ofRevision(4), List.of(new KeyValue("a", "v1", 2, 2, 1, 0)), 1, false)));
    assertThat(observed.key("a").map(KeyValue::value)).as("an old answer").contains("v2");

    observed.saw(
        ok(Request.DeleteRange.of("a"), new Response.Deleted(Header.ofRevision(6), 1, List.of())));
    assertThat(observed.key("a")).isEmpty();

    observed.saw(ok(new Request.Compact(4, false), new Response.Compacted(Header.ofRevision(6))));
    assertThat(observed.compacted()).isEqualTo(4);
    observed.saw(
        operation(
            new Request.Compact(5, false),
            new Outcome.Failed(new Failure(Failure.Kind.COMPACTED, "OUT_OF_RANGE", ""))));
    assertThat(observed.compacted()).isEqualTo(5);

    observed.saw(
        ok(new Request.LeaseGrant(0, 5), new Response.LeaseGranted(Header.ofRevision(6), 9, 5)));
    assertThat(observed.leases()).containsExactly(9L);
    observed.saw(
        ok(new Request.LeaseKeepAlive(9), new Response.LeaseKeptAlive(Header.ofRevision(6), 9, 0)));
    assertThat(observed.leases()).isEmpty();
  }
}
