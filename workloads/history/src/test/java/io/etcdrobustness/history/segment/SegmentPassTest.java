package io.etcdrobustness.history.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.Watch;
import io.etcdrobustness.history.file.RandomEntries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One pass hands out what was written, and says whether that is all. */
class SegmentPassTest {

  @TempDir private Path directory;
  private int written;

  @Test
  void operationsAndWatchesComeInTheOrderOfTheirTime() throws IOException {
    for (long seed = 1; seed <= 20; seed++) {
      List<Entry> entries = entries(10_000, seed);
      History whole = History.of(History.Facts.OWN_CLUSTER, entries);
      List<Operation> operations = new ArrayList<>();
      List<Watch> watches = new ArrayList<>();

      try (SegmentPass pass = pass(entries)) {
        assertThat(pass.frame()).as("seed %d", seed).isEqualTo(whole.frame());
        assertThat(pass.operations(operations::add)).isEqualTo(operations.size());
        pass.watches().forEachRemaining(watches::add);
      }

      assertThat(operations)
          .as("seed %d", seed)
          .isEqualTo(whole.operations())
          .hasSizeGreaterThan(3_000);
      assertThat(watches).as("seed %d", seed).isEqualTo(whole.watches()).isNotEmpty();
    }
  }

  /** One may be ahead of the other by more blocks than are kept for it, or by none. */
  @Test
  void operationsAndWatchesMayBeTakenAtAnyPace() throws IOException {
    for (long seed = 1; seed <= 20; seed++) {
      RandomSource random = new RandomSource(seed);
      List<Entry> entries = entries(4_000, seed);
      List<List<Entry>> blocks = new ArrayList<>();
      for (int i = 0; i < entries.size(); i += 20) {
        blocks.add(entries.subList(i, Math.min(entries.size(), i + 20)));
      }
      Path folder = directory.resolve("paced" + seed);
      Segments.write(folder, History.Facts.OWN_CLUSTER, 1 << 14, blocks);
      List<Operation> operations = new ArrayList<>();
      List<Watch> watches = new ArrayList<>();

      try (SegmentPass pass = new SegmentPass(SegmentReader.open(folder))) {
        Iterator<Watch> messages = pass.watches();
        pass.operations(operation -> {
          operations.add(operation);
          int more = random.chance(0.01) ? 400 : random.nextInt(3);
          for (int i = 0; i < more && messages.hasNext(); i++) {
            watches.add(messages.next());
          }
          return true;
        });
        messages.forEachRemaining(watches::add);
        assertThat(pass.whole()).as("seed %d", seed).isTrue();
      }

      History whole = History.of(History.Facts.OWN_CLUSTER, entries);
      assertThat(operations).as("seed %d", seed).isEqualTo(whole.operations()).isNotEmpty();
      assertThat(watches).as("seed %d", seed).isEqualTo(whole.watches()).isNotEmpty();
    }
  }

  /** Recorded when they end, some much later than what is called meanwhile. */
  @Test
  void whatIsRecordedLateHoldsBackOnlyWhatItMayPrecede() throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < 50_000; i++) {
      if (i % 10_000 != 0) {
        entries.add(operation(i));
      }
      if (i % 10_000 == 5_000) {
        entries.add(operation(i - 5_000));
      }
    }
    long[] last = {-1};
    int[] count = {0};

    try (SegmentPass pass = pass(entries)) {
      pass.operations(operation -> {
        assertThat(operation.call()).isEqualTo(++last[0]);
        return ++count[0] < 1_000_000;
      });
      assertThat(pass.whole()).isTrue();
    }

    assertThat(count[0]).isEqualTo(50_000);
  }

  private static Operation operation(long call) {
    return new Operation(
        call,
        1,
        "",
        Request.Put.of("k", "v" + call),
        call,
        call + 1,
        new Outcome.Ok(new Response.PutDone(Header.ofRevision(call + 2), Optional.empty())));
  }

  @Test
  void whoeverHasEnoughIsToldNoMoreAndHasNotSeenTheWhole() throws IOException {
    try (SegmentPass pass = pass(entries(10_000))) {
      int[] taken = {0};
      assertThat(pass.operations(_ -> ++taken[0] < 7)).isEqualTo(7);
      assertThat(taken[0]).isEqualTo(7);
      assertThat(pass.whole()).isFalse();
    }
  }

  @Test
  void aRunOfOursIsWholeWhenItSaysThatItEnded() throws IOException {
    List<Entry> operations = operations();
    List<Entry> unfinished = new ArrayList<>(operations);
    unfinished.add(new Phase(Phase.Name.TRAFFIC, 0));
    List<Entry> finished = new ArrayList<>(unfinished);
    finished.add(new Phase(Phase.Name.END, 9));

    assertThat(whole(operations)).isTrue();
    assertThat(whole(unfinished)).isFalse();
    assertThat(whole(finished)).isTrue();
  }

  @Test
  void whatIsTornIsNotWhole() throws IOException {
    try (SegmentPass pass = pass(operations())) {
      Path file = SegmentFolder.file(directory.resolve("h"), 1);
      byte[] bytes = Files.readAllBytes(file);
      Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
    }
    try (SegmentPass torn = new SegmentPass(SegmentReader.open(directory.resolve("h")))) {
      torn.operations(_ -> true);
      assertThat(torn.whole()).isFalse();
    }
  }

  private boolean whole(List<Entry> entries) throws IOException {
    try (SegmentPass pass = pass(entries)) {
      pass.operations(_ -> true);
      return pass.whole();
    }
  }

  private List<Entry> operations() {
    return entries(50).stream().filter(Operation.class::isInstance).toList();
  }

  private static List<Entry> entries(int count) {
    return entries(count, 5);
  }

  private static List<Entry> entries(int count, long seed) {
    return new RandomEntries(new RandomSource(seed)).entries(count);
  }

  private SegmentPass pass(List<Entry> entries) throws IOException {
    Path folder = directory.resolve(written++ == 0 ? "h" : "h" + written);
    Segments.write(folder, History.Facts.OWN_CLUSTER, 1 << 16, List.of(entries));
    return new SegmentPass(SegmentReader.open(folder));
  }
}
