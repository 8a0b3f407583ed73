package io.etcdrobustness.history.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.Watch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoadedTest {

  @Test
  void entriesComeByTimeAndNoneIsLost() throws IOException {
    for (long seed = 0; seed < 20; seed++) {
      RandomEntries random = new RandomEntries(new RandomSource(seed));
      History history = History.of(random.facts(), random.entries(300));
      List<Entry> entries = new ArrayList<>();

      List<String> notes = new Loaded(history, List.of("a note")).forEach(entries::add);

      assertThat(notes).containsExactly("a note");
      assertThat(entries.stream().mapToLong(LoadedTest::time)).as("seed %d", seed).isSorted();
      assertThat(entries).as("seed %d", seed).hasSize(300);
      assertThat(History.of(history.facts(), entries)).as("seed %d", seed).isEqualTo(history);
    }
  }

  private static long time(Entry entry) {
    return switch (entry) {
      case Operation operation -> operation.call();
      case Watch watch -> watch.time();
      case FaultWindow fault -> fault.start();
      case MemberEvent event -> event.time();
      case Phase phase -> phase.time();
    };
  }
}
