package io.etcdrobustness.checker.linearizability;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Catalogue;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.InOnePass;
import io.etcdrobustness.checker.PlainPass;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.HistoryPass;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Watch;
import io.etcdrobustness.history.plain.PlainEntries;
import io.etcdrobustness.history.plain.PlainSource.Fill;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What the pass over plain operations proves is what the general pass proves, or the judge of the
 * whole, in every field of every finding. More: {@code -Dagreement.histories}, {@code
 * -Dagreement.seed}.
 */
class PlainPassTest {

  private static final int HISTORIES = Integer.getInteger("agreement.histories", 20_000);
  private static final long FIRST_SEED = Long.getLong("agreement.seed", 1);

  private final List<Property> properties = Catalogue.of(Catalogue.Options.DEFAULT).properties();

  @Test
  void itProvesWhatTheGeneralPassProves() throws IOException {
    int proved = 0;
    int refused = 0;
    for (long seed = FIRST_SEED; seed < FIRST_SEED + HISTORIES; seed++) {
      RandomSource random = new RandomSource(seed);
      History history = PlainHistoryGenerator.generate(random, random.chance(0.02) ? 3000 : 30);
      for (int damages = (int) (seed % 3); damages > 0; damages--) {
        history = damaged(history, random);
      }
      Map<Property, Finding> plain = plain(history);
      Map<Property, Finding> general = InOnePass.of(properties, history);
      if (!plain.isEmpty()) {
        // It sees further ahead, so it may find an order that the general pass does not.
        for (Map.Entry<Property, Finding> each : plain.entrySet()) {
          Finding expected = general.get(each.getKey());
          assertThat(each.getValue())
              .as("seed %d", seed)
              .isEqualTo(
                  expected != null
                      ? expected
                      : each.getKey().judge(new Evidence(history), Budget.UNLIMITED));
        }
        proved++;
      } else {
        refused++;
        // Whatever is as it was generated is plain, and is proved if a watch told of it.
        boolean told = seed % 3 == 0 && !history.watches().isEmpty();
        assertThat(told && general.size() == properties.size())
            .as("seed %d: proved by the general pass alone", seed)
            .isFalse();
      }
    }
    assertThat(proved).isGreaterThan(HISTORIES / 3);
    assertThat(refused).isGreaterThan(HISTORIES / 5);
  }

  private Map<Property, Finding> plain(History history) throws IOException {
    Iterator<List<Operation>> pieces = pieces(history.operations());
    PlainEntries source =
        new PlainEntries(
            new PlainEntries.Entries() {
              @Override
              public List<Operation> operations() {
                return pieces.hasNext() ? pieces.next() : List.of();
              }

              @Override
              public Iterator<Watch> watches() {
                return history.watches().iterator();
              }

              @Override
              public HistoryPass.Extent extent() {
                return new HistoryPass.Extent(0, 0);
              }

              @Override
              public boolean whole() {
                return true;
              }

              @Override
              public void close() {}
            });
    PlainPass pass = new PlainPass(properties, history.frame(), source, Budget.UNLIMITED);
    Fill filled = Fill.MORE;
    while (filled == Fill.MORE) {
      filled = source.fill(pass.tape(), pass.log());
      if (filled == Fill.NOT_PLAIN || !pass.take()) {
        return Map.of();
      }
    }
    return pass.end();
  }

  /** A few at a time, so that much is under way between two pieces. */
  private static Iterator<List<Operation>> pieces(List<Operation> operations) {
    List<List<Operation>> pieces = new ArrayList<>();
    for (int from = 0; from < operations.size(); from += 7) {
      pieces.add(operations.subList(from, Math.min(operations.size(), from + 7)));
    }
    return pieces.iterator();
  }

  private static History damaged(History history, RandomSource random) {
    List<Entry> entries = new ArrayList<>();
    if (random.chance(0.6) || history.watches().isEmpty()) {
      entries.addAll(Mutation.of(history, random).operations());
      entries.addAll(history.watches());
    } else {
      entries.addAll(history.operations());
      entries.addAll(damaged(history.watches(), random));
    }
    return History.of(history.facts(), entries);
  }

  private static List<Watch> damaged(List<Watch> messages, RandomSource random) {
    List<Watch> damaged = new ArrayList<>(messages);
    int at = random.nextInt(damaged.size());
    if (!(damaged.get(at) instanceof Watch.Events events)) {
      return damaged;
    }
    Event first = events.events().getFirst();
    switch (random.nextInt(5)) {
      case 0 -> damaged.remove(at);
      case 1 -> damaged.add(at, events);
      case 2 -> damaged.subList(at, damaged.size() - 1).clear();
      case 3 ->
          damaged.set(
              at,
              with(
                  events, new Event(first.type(), first.kv(), first.previous(), !first.created())));
      default -> {
        KeyValue kv = first.kv();
        damaged.set(
            at,
            with(
                events,
                new Event(
                    first.type(),
                    new KeyValue(kv.key(), kv.value() + "x", -1, kv.modRevision(), -1, -1),
                    first.previous(),
                    first.created())));
      }
    }
    return damaged;
  }

  private static Watch with(Watch.Events events, Event first) {
    List<Event> all = new ArrayList<>(events.events());
    all.set(0, first);
    return new Watch.Events(events.watch(), events.header(), all, false, events.time());
  }
}
