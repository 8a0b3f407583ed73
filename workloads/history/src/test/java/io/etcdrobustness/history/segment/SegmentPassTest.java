package io.etcdrobustness.history.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.Watch;
import io.etcdrobustness.history.file.RandomEntries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One pass hands out what was written, and says whether that is all. */
class SegmentPassTest {

  @TempDir private Path directory;
  private int written;

  @Test
  void operationsAndWatchesComeInTheOrderOfTheirWriting() throws IOException {
    List<Entry> entries = entries(10_000);
    List<Operation> operations = new ArrayList<>();
    List<Watch> watches = new ArrayList<>();

    try (SegmentPass pass = pass(entries)) {
      assertThat(pass.facts()).isEqualTo(History.Facts.OWN_CLUSTER);
      assertThat(pass.operations(operations::add)).isEqualTo(operations.size());
      pass.watches().forEachRemaining(watches::add);
    }

    assertThat(operations)
        .isEqualTo(entries.stream().filter(Operation.class::isInstance).toList())
        .hasSizeGreaterThan(5_000);
    assertThat(watches)
        .isEqualTo(entries.stream().filter(Watch.class::isInstance).toList())
        .isNotEmpty();
  }

  @Test
  void noWatchIsPassedByWhateverStandsBesideIt() throws IOException {
    List<Entry> entries = entries(3_000);
    List<List<Entry>> blocks = new ArrayList<>();
    for (int i = 0; i < entries.size(); i += 3) {
      blocks.add(entries.subList(i, i + 3));
    }
    Path folder = directory.resolve("small blocks");
    Segments.write(folder, History.Facts.OWN_CLUSTER, 1 << 16, blocks);
    List<Watch> watches = new ArrayList<>();

    try (SegmentPass pass = new SegmentPass(SegmentReader.open(folder))) {
      pass.watches().forEachRemaining(watches::add);
    }

    assertThat(watches)
        .isEqualTo(entries.stream().filter(Watch.class::isInstance).toList())
        .hasAtLeastOneElementOfType(Watch.Opened.class);
    assertThat(blocks).anyMatch(block -> block.stream().allMatch(Operation.class::isInstance));
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
    return new RandomEntries(new RandomSource(5)).entries(count);
  }

  private SegmentPass pass(List<Entry> entries) throws IOException {
    Path folder = directory.resolve(written++ == 0 ? "h" : "h" + written);
    Segments.write(folder, History.Facts.OWN_CLUSTER, 1 << 16, List.of(entries));
    return new SegmentPass(SegmentReader.open(folder));
  }
}
