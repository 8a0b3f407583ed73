package io.etcdrobustness.checker.linearizability;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Catalogue;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.InOnePass;
import io.etcdrobustness.checker.OnePass;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.snapshot.SnapshotReader;
import io.etcdrobustness.checker.snapshot.SnapshotWriter;
import io.etcdrobustness.checker.watch.WatchNotStarved;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * What one pass proves of a history while it is being recorded is what it proves of it afterwards,
 * in every field. Now and then it proves less: what a second watch tells of a revision that nobody
 * owns may not have come yet. More: {@code -Dagreement.histories}, {@code -Dagreement.seed}.
 */
class GrowingPassTest {

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

  @Test
  void aGrowingHistoryIsProvedAsAWholeOneIs() {
    Map<String, Integer> proved = new TreeMap<>();
    int fewer = 0;
    for (long seed = FIRST_SEED; seed < FIRST_SEED + HISTORIES; seed++) {
      History history = random(seed);
      Map<Property, Finding> afterwards = InOnePass.of(properties, history);
      Map<Property, Finding> meanwhile = meanwhile(history);
      if (meanwhile.size() < afterwards.size()) {
        fewer++;
        afterwards.keySet().retainAll(meanwhile.keySet());
      }
      assertThat(meanwhile).as("seed %d", seed).isEqualTo(afterwards);
      meanwhile.keySet().forEach(property -> proved.merge(property.name(), 1, Integer::sum));
    }
    assertThat(proved.keySet()).hasSize(properties.size());
    assertThat(fewer).isLessThan(HISTORIES / 200);
  }

  /** To any operation, then by another pass that knows nothing but the snapshot, perhaps twice. */
  @Test
  void aPassThatIsTakenUpFromASnapshotFindsWhatTheOneThatWasNotBrokenOffFinds() throws IOException {
    Map<String, Integer> proved = new TreeMap<>();
    for (long seed = FIRST_SEED; seed < FIRST_SEED + HISTORIES; seed++) {
      RandomSource random = new RandomSource(seed);
      History history = random(seed);
      Map<Property, Finding> throughout = meanwhile(history);
      Map<Property, Finding> resumed = resumed(history, random);
      assertThat(resumed).as("seed %d", seed).isEqualTo(throughout);
      resumed.keySet().forEach(property -> proved.merge(property.name(), 1, Integer::sum));
    }
    assertThat(proved.keySet()).hasSize(properties.size());
  }

  private Map<Property, Finding> resumed(History history, RandomSource random) throws IOException {
    Recorded recorded = new Recorded(history);
    OnePass pass = OnePass.ofGrowing(properties, history.facts(), recorded, Budget.UNLIMITED);
    int untilCut = random.nextInt(1 + history.operations().size());
    for (Optional<Operation> next = recorded.next(pass);
        next.isPresent();
        next = recorded.next(pass)) {
      if (untilCut-- == 0) {
        pass = broughtBack(pass, history, recorded);
        untilCut = random.nextInt(1 + history.operations().size());
      }
      pass.take(next.get());
    }
    return pass.end();
  }

  private OnePass broughtBack(OnePass pass, History history, Recorded recorded) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    SnapshotWriter writer = new SnapshotWriter(bytes);
    for (Object part : pass.state()) {
      writer.write(part);
    }
    OnePass fresh = OnePass.ofGrowing(properties, history.facts(), recorded, Budget.UNLIMITED);
    SnapshotReader reader =
        new SnapshotReader(new ByteArrayInputStream(bytes.toByteArray()), properties);
    for (Object part : fresh.state()) {
      reader.fill(part);
    }
    return fresh;
  }

  static History random(long seed) {
    RandomSource random = new RandomSource(seed);
    History history = WatchGenerator.small((int) (seed % 3), random);
    return Recorded.inTrouble(history, random);
  }

  private Map<Property, Finding> meanwhile(History history) {
    Recorded recorded = new Recorded(history);
    OnePass pass = OnePass.ofGrowing(properties, history.facts(), recorded, Budget.UNLIMITED);
    for (Optional<Operation> next = recorded.next(pass);
        next.isPresent();
        next = recorded.next(pass)) {
      pass.take(next.get());
    }
    return pass.end();
  }
}
