package io.etcdrobustness.checker.linearizability;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Catalogue;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Histories;
import io.etcdrobustness.checker.InOnePass;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.coverage.RequestCoverage;
import io.etcdrobustness.checker.watch.WatchNotStarved;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.Watch;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * What one pass proves of a property is what judging the whole history finds, in every field. More:
 * {@code -Dagreement.histories}, {@code -Dagreement.seed}.
 */
class OnePassTest {

  private static final int HISTORIES = Integer.getInteger("agreement.histories", 20_000) / 4;
  private static final long FIRST_SEED = Long.getLong("agreement.seed", 1);

  /** All, of which one must be in more of a hurry than in real time to see anything. */
  private final List<Property> properties =
      Catalogue.of(Catalogue.Options.DEFAULT).properties().stream()
          .map(property ->
              property instanceof WatchNotStarved
                  ? new WatchNotStarved(20 * HistoryGenerator.UNIT)
                  : property)
          .toList();

  /**
   * A progress response overtakes the confirmation of its watch; a txn puts and deletes a key in
   * txns within it; a write that was not answered is told at two revisions; a watch tells a wrong
   * create revision of an acknowledged write; a watch tells a put where a delete was not answered;
   * the last part of a response is empty.
   */
  private static final long[] ONCE_WRONG = {
    910_066L, 923_655L, 7_004_719L, 919_554L, 50_122L, 733_682L
  };

  @Test
  void thePassAgreesWithEveryJudge() {
    Map<String, Integer> proved = new TreeMap<>();
    Map<String, Integer> exercised = new TreeMap<>();
    for (long seed : seeds()) {
      RandomSource random = new RandomSource(seed);
      History history = WatchGenerator.small((int) (seed % 4), random);
      Map<Property, Finding> findings = InOnePass.of(properties, history);
      Evidence evidence = new Evidence(history);
      for (Map.Entry<Property, Finding> entry : findings.entrySet()) {
        Finding judged = entry.getKey().judge(evidence, Budget.UNLIMITED);
        if (judged.status() == Finding.Status.VIOLATED
            && InOnePass.mayMislead(history, entry.getKey())) {
          continue;
        }
        assertThat(entry.getValue())
            .as("seed %d: %s of%n%s", seed, entry.getKey().name(), InOnePass.print(history))
            .isEqualTo(judged);
        proved.merge(entry.getKey().name(), 1, Integer::sum);
        exercised.merge(entry.getKey().name(), judged.hits() > 0 ? 1 : 0, Integer::sum);
      }
    }
    assertThat(proved.keySet()).hasSize(properties.size());
    assertThat(exercised.entrySet())
        .filteredOn(entry ->
            entry.getKey().startsWith("Watch")
                && !entry.getKey().equals("WatchResumedAfterCompaction"))
        .allSatisfy(
            entry -> assertThat(entry.getValue()).as(entry.getKey()).isGreaterThan(HISTORIES / 20));
  }

  /**
   * A delete of unknown outcome explains all that a watch without puts tells of a txn. Who takes it
   * for the writer has made a revision that the next watch contradicts.
   */
  @Test
  void aWatchThatAskedForDeletesAloneDoesNotHideWhoMadeTheRevision() {
    Request.InTxn put = new Request.Put("k1", "v-k1", 0, false, false, false);
    KeyValue put3 = new KeyValue("k1", "v-k1", 3, 3, 1, 0);
    Event deleted =
        new Event(Event.Type.DELETE, new KeyValue("k0", "", 0, 3, 0, 0), Optional.empty(), false);
    Event created = new Event(Event.Type.PUT, put3, Optional.empty(), true);
    History history =
        Histories.empty()
            .add(new Watch.Opened(1, 1, "", "\0", "\0", 3, false, false, true, false, 0))
            .add(new Watch.Opened(2, 2, "", "\0", "\0", 3, false, false, false, false, 0))
            .put(1, 2, "k0", 0, 2)
            .unknown(3, 4, Request.DeleteRange.of("k0"))
            .unknown(
                5,
                6,
                new Request.Txn(List.of(), List.of(Request.DeleteRange.of("k0"), put), List.of()))
            .add(told(1, 7, deleted))
            .add(told(2, 8, deleted, created))
            .put(9, 10, "k2", 0, 4)
            .build();

    allAreProvedAsJudged(history);
  }

  /** Such a read tells no value, so it contradicts nobody's. */
  @Test
  void aReadOfKeysAloneDoesNotPutInDoubtWhoMadeTheRevision() {
    Request.Range keysOnly =
        new Request.Range(
            "k0",
            "",
            0,
            0,
            Request.SortOrder.NONE,
            Request.SortTarget.KEY,
            false,
            true,
            false,
            0,
            0,
            0,
            0);
    Response.Ranged key =
        new Response.Ranged(
            Histories.header(2, 1), List.of(new KeyValue("k0", "", 2, 2, 1, 0)), 1, false);
    Event put =
        new Event(Event.Type.PUT, new KeyValue("k0", "v", 2, 2, 1, 0), Optional.empty(), true);
    History history =
        Histories.empty()
            .add(new Watch.Opened(1, 1, "", "\0", "\0", 2, false, false, false, false, 0))
            .unknown(1, 2, new Request.Put("k0", "v", 0, false, false, false))
            .unknown(1, 2, new Request.Put("k0", "", 0, false, true, false))
            .ok(3, 4, keysOnly, key)
            .ok(
                5,
                6,
                new Request.Txn(List.of(), List.of(keysOnly), List.of()),
                new Response.TxnDone(Histories.header(2, 1), true, List.of(key)))
            .add(told(1, 7, put))
            .ok(8, 9, keysOnly, key)
            .build();

    allAreProvedAsJudged(history);
    assertThat(
            RequestCoverage.unknownWriteTookEffect()
                .judge(new Evidence(history), Budget.UNLIMITED)
                .hits())
        .isEqualTo(1);
  }

  /** It is that of the stream's other watch; only the confirmation tells. */
  @Test
  void aProgressResponseThatOvertakesTheConfirmationIsCountedAsTheJudgeCountsIt() {
    for (long told = 1; told <= 3; told++) {
      History history =
          Histories.empty()
              .add(new Watch.Opened(1, 1, "", "\0", "\0", 1, false, false, false, false, 0))
              .put(1, 2, "k0", 0, 2)
              .put(3, 4, "k0", 0, 3)
              .add(new Watch.Opened(2, 1, "", "x", "", 1, false, false, false, false, 5))
              .add(new Watch.Progress(2, Histories.header(told, 1), Histories.ns(6)))
              .add(new Watch.Created(2, Histories.header(2, 1), Histories.ns(7)))
              .add(new Watch.Progress(2, Histories.header(3, 1), Histories.ns(8)))
              .build();
      allAreProvedAsJudged(history);
    }
  }

  private void allAreProvedAsJudged(History history) {
    Map<Property, Finding> findings = InOnePass.of(properties, history);

    assertThat(findings.keySet()).containsAll(properties);
    Evidence evidence = new Evidence(history);
    findings.forEach((property, finding) ->
        assertThat(finding)
            .as(property.name())
            .isEqualTo(property.judge(evidence, Budget.UNLIMITED)));
  }

  private static Watch told(long watch, long time, Event... events) {
    return new Watch.Events(
        watch,
        Histories.header(events[0].revision(), Histories.TERM),
        List.of(events),
        false,
        Histories.ns(time));
  }

  private static long[] seeds() {
    return LongStream.concat(
            LongStream.of(ONCE_WRONG), LongStream.range(FIRST_SEED, FIRST_SEED + HISTORIES))
        .toArray();
  }
}
