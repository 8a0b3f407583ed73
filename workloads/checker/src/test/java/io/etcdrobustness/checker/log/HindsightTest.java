package io.etcdrobustness.checker.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Catalogue;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Histories;
import io.etcdrobustness.checker.InOnePass;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.reads.SerializableReadFromPast;
import io.etcdrobustness.checker.watch.WatchNotStarved;
import io.etcdrobustness.checker.watch.WatchReliable;
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
import org.junit.jupiter.api.Test;

/**
 * What one pass proves of a history that goes on where another one ended, of which watches and
 * reads still tell, is what judging the whole finds. More: {@code -Dhindsight.histories}, {@code
 * -Dhindsight.seed}.
 */
class HindsightTest {

  private static final int HISTORIES = Integer.getInteger("hindsight.histories", 6_000);
  private static final long FIRST_SEED = Long.getLong("hindsight.seed", 1);

  private final List<Property> properties =
      Catalogue.of(Catalogue.Options.DEFAULT).properties().stream().toList();

  @Test
  void thePassAgreesWithEveryJudge() {
    Map<String, Integer> proved = new TreeMap<>();
    for (long seed = FIRST_SEED; seed < FIRST_SEED + HISTORIES; seed++) {
      RandomSource random = new RandomSource(seed);
      History history = SimulatedRun.goingOn(random.fork("run")).history();
      if (random.chance(0.7)) {
        history = random.pick(List.of(Mutation.values())).apply(history, random).orElse(history);
      }
      Evidence evidence = new Evidence(history);
      for (Map.Entry<Property, Finding> entry : InOnePass.of(properties, history).entrySet()) {
        Finding judged = entry.getKey().judge(evidence, Budget.UNLIMITED);
        if (!judged.equals(entry.getValue()) && isMisled(entry.getKey(), judged, evidence)) {
          continue;
        }
        assertThat(entry.getValue())
            .as("seed %d: %s of%n%s", seed, entry.getKey().name(), InOnePass.print(history))
            .isEqualTo(judged);
        proved.merge(entry.getKey().name(), 1, Integer::sum);
      }
    }
    assertThat(proved.keySet()).hasSize(properties.size());
    assertThat(proved)
        .allSatisfy(
            (property, count) -> assertThat(count).as(property).isGreaterThan(HISTORIES / 5));
  }

  /**
   * By the version of the next put the log of the whole takes what the watch told for what the key
   * held till then; a read of the time before did not find it.
   */
  @Test
  void aTaleOfBeforeThatTheOpeningContradictsIsLeftToTheJudgeOfTheWhole() {
    KeyValue told = new KeyValue("k", "told", 4, 5, 3, 0);
    KeyValue held = new KeyValue("k", "held", 4, 7, 3, 0);
    KeyValue next = new KeyValue("k", "next", 4, 10, 4, 0);
    Request.Put put = new Request.Put("k", "next", 0, false, false, false);
    History history =
        Histories.empty()
            .facts(new History.Facts(History.Start.READ, false, false, true))
            .ok(1, 2, Request.Range.of("\0", "\0"), answer(held))
            .ok(3, 4, Request.Range.of("k", "").atRevision(6), answer())
            .ok(5, 6, put, new Response.PutDone(Histories.header(10, 1), Optional.empty()))
            .add(new Watch.Opened(1, 1, "", "k", "", 5, false, false, false, false, 1))
            .add(delivered(1, told, Histories.ns(3)))
            .add(new Watch.Opened(2, 2, "", "k", "", 10, false, false, false, false, 1))
            .add(delivered(2, next, Histories.ns(7)))
            .build();

    SerializableReadFromPast property = new SerializableReadFromPast();
    assertThat(property.judge(new Evidence(history), Budget.UNLIMITED).status())
        .isEqualTo(Finding.Status.VIOLATED);
    assertThat(InOnePass.of(properties, history).keySet())
        .extracting(Property::name)
        .doesNotContain(property.name());
  }

  private static Response.Ranged answer(KeyValue... kvs) {
    return new Response.Ranged(Histories.header(9, 1), List.of(kvs), kvs.length, false);
  }

  private static Watch delivered(long watch, KeyValue kv, long time) {
    return new Watch.Events(
        watch,
        Histories.header(kv.modRevision(), 1),
        List.of(new Event(Event.Type.PUT, kv, Optional.empty(), kv.version() == 1)),
        false,
        time);
  }

  /**
   * Whether only a watch that tells untruths makes the judge say otherwise: he counts a change that
   * it invents among those that others owe, and believes it of a key that nobody else tells of. The
   * pass, which has executed everything, knows better.
   */
  private static boolean isMisled(Property property, Finding judged, Evidence evidence) {
    if (property instanceof WatchNotStarved) {
      return judged.status() != Finding.Status.VIOLATED
          && new WatchReliable().judge(evidence, Budget.UNLIMITED).status()
              == Finding.Status.VIOLATED;
    }
    return InOnePass.mayMislead(evidence.history(), property);
  }
}
