package io.etcdrobustness.history.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.Watch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryRoundTripTest {

  private static final long SEEDS = 40;

  @TempDir Path folder;

  @Test
  void whatWasWrittenIsReadBackTheSame() throws IOException {
    for (long seed = 0; seed < SEEDS; seed++) {
      RandomEntries random = new RandomEntries(new RandomSource(seed));
      History.Facts facts = random.facts();
      List<Entry> entries = random.entries(200);
      Path run = folder.resolve("run-" + seed);

      write(run, facts, entries);

      Loaded loaded = HistoryReader.read(run);
      assertThat(loaded.notes()).as("seed %d", seed).isEmpty();
      assertThat(loaded.history()).as("seed %d", seed).isEqualTo(History.of(facts, entries));
    }
  }

  @Test
  void theFilesAreAscii() throws IOException {
    write(folder, History.Facts.OWN_CLUSTER, new RandomEntries(new RandomSource(1)).entries(500));

    for (String name : List.of("operations.jsonl", "watches.jsonl", "events.jsonl")) {
      for (byte b : Files.readAllBytes(folder.resolve(name))) {
        if (b < 0x20 && b != '\n') {
          fail("%s holds the byte %d", name, b);
        }
      }
    }
  }

  @Test
  void theRandomEntriesAreOfEveryKind() {
    Set<Class<?>> seen = new HashSet<>();
    for (long seed = 0; seed < SEEDS; seed++) {
      for (Entry entry : new RandomEntries(new RandomSource(seed)).entries(200)) {
        seen.add(entry.getClass());
        if (entry instanceof Operation operation) {
          seen.add(operation.request().getClass());
          seen.add(operation.outcome().getClass());
          if (operation.outcome() instanceof Outcome.Ok(Response response)) {
            seen.add(response.getClass());
          }
        }
      }
    }
    for (Class<?> sealed :
        List.of(Entry.class, Watch.class, Request.class, Response.class, Outcome.class)) {
      assertThat(seen).containsAll(recordsOf(sealed));
    }
  }

  private static Set<Class<?>> recordsOf(Class<?> type) {
    if (!type.isSealed()) {
      return Set.of(type);
    }
    Set<Class<?>> records = new HashSet<>();
    for (Class<?> permitted : type.getPermittedSubclasses()) {
      records.addAll(recordsOf(permitted));
    }
    return records;
  }

  private static void write(Path folder, History.Facts facts, List<Entry> entries)
      throws IOException {
    try (HistoryWriter writer =
        HistoryWriter.open(folder, facts, e -> fail("cannot write: %s", e))) {
      entries.forEach(writer::record);
    }
  }
}
