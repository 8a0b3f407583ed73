package io.etcdrobustness.history.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.file.HistoryFormatException;
import io.etcdrobustness.history.file.RandomEntries;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whenever it is asked, it hands out what is whole, once; and damage never looks like waiting. */
@Timeout(60)
class SegmentFollowerTest {

  private static final History.Facts FACTS = History.Facts.OWN_CLUSTER;
  private static final int BLOCKS = 6;
  private static final int BLOCK = 3;

  @TempDir private Path directory;
  private Path folder = Path.of("");
  private final List<Entry> read = new ArrayList<>();
  private SegmentFollower follower = new SegmentFollower(folder);

  @BeforeEach
  void aFollowerOfNothingYet() {
    folder = directory.resolve("history");
    follower = new SegmentFollower(folder);
  }

  @AfterEach
  void closeTheFollower() throws IOException {
    follower.close();
  }

  private static List<Entry> entries(long seed, int count) {
    return new RandomEntries(new RandomSource(seed)).entries(count);
  }

  private boolean poll() throws IOException {
    return follower.poll(read::add);
  }

  @Test
  void beforeTheRecordBeginsThereIsNothingToHandOut() throws IOException {
    assertThat(poll()).isFalse();
    assertThat(follower.facts()).isEmpty();
    assertThat(follower.notes()).singleElement().asString().contains("no record yet");

    try (SegmentWriter _ = Segments.writer(folder, FACTS.amongOthers(), 1 << 20)) {
      assertThat(poll()).isFalse();
      assertThat(follower.facts()).contains(FACTS.amongOthers());
    }
    assertThat(poll()).isTrue();
    assertThat(read).isEmpty();
    assertThat(follower.notes()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void whateverTheWriterDoesBetweenPollsEachEntryComesOnce(long seed) throws IOException {
    RandomSource random = new RandomSource(seed);
    List<Entry> entries = entries(seed, 400);
    int flushed = 0;
    try (SegmentWriter writer = Segments.writer(folder, FACTS, 3_000)) {
      for (int i = 0; i < entries.size(); i++) {
        writer.record(entries.get(i));
        if (random.nextInt(10) == 0) {
          writer.flush();
          flushed = i + 1;
        }
        if (random.nextInt(5) == 0) {
          assertThat(poll()).as("seed %d, entry %d", seed, i).isFalse();
          assertThat(read).as("seed %d, entry %d", seed, i).isEqualTo(entries.subList(0, flushed));
        }
      }
      writer.note("a word with it");
    }
    assertThat(poll()).as("seed %d", seed).isTrue();
    assertThat(read).as("seed %d", seed).isEqualTo(entries);
    assertThat(follower.notes()).containsExactly("a word with it");
    assertThat(folder.resolve("000003.seg")).exists();
    assertThat(poll()).as("it stays so").isTrue();
    assertThat(read).hasSize(entries.size());
  }

  @Test
  void aRecordThatComesByteByByteIsHandedOutBlockByBlock() throws IOException {
    List<Entry> entries = entries(11, BLOCKS * BLOCK);
    Path source = write(entries, 500);
    List<Path> files = segments(source);
    assertThat(files).hasSizeGreaterThan(2);
    Files.createDirectories(folder);
    for (Path file : files) {
      Path copy = folder.resolve(file.getFileName());
      Files.createFile(copy);
      byte[] bytes = Files.readAllBytes(file);
      for (int i = 0; i < bytes.length; i++) {
        assertThat(poll()).as("%s, byte %d", copy, i).isFalse();
        assertThat(read.size() % BLOCK).as("%s, byte %d", copy, i).isZero();
        append(copy, bytes[i]);
      }
    }
    assertThat(poll()).isTrue();
    assertThat(read).isEqualTo(entries);
  }

  @Test
  void aWriterOnAnotherThreadIsFollowedToTheEnd() throws Exception {
    List<Entry> entries = entries(12, 10_000);
    CompletableFuture<Void> written =
        CompletableFuture.runAsync(() -> {
          try (SegmentWriter writer = Segments.writer(folder, FACTS, 5_000)) {
            for (int i = 0; i < entries.size(); i++) {
              writer.record(entries.get(i));
              if (i % 7 == 0) {
                writer.flush();
              }
            }
          } catch (IOException cannotWrite) {
            throw new AssertionError(cannotWrite);
          }
        });
    while (!poll()) {
      Thread.onSpinWait();
      assertThat(written).as("%d entries read", read.size()).isNotCompletedExceptionally();
    }
    written.get();
    assertThat(read).isEqualTo(entries);
  }

  @Test
  void theRecordOfAKilledWriterNeverEndsAndTheNotesSayWhatIsMissing() throws IOException {
    Path source = write(entries(13, BLOCKS * BLOCK), 1 << 20);
    byte[] bytes = Files.readAllBytes(source.resolve("000001.seg"));
    Files.createDirectories(folder);
    Files.write(
        folder.resolve("000001.seg"),
        Arrays.copyOf(bytes, bytes.length - SegmentFolder.BLOCK_HEADER - 5));

    assertThat(poll()).isFalse();
    assertThat(poll()).isFalse();
    assertThat(read).hasSize((BLOCKS - 1) * BLOCK);
    assertThat(follower.notes())
        .isEqualTo(Segments.read(folder).notes())
        .singleElement()
        .asString()
        .startsWith("000001.seg truncated");
  }

  @Test
  void aDamagedBlockIsToldWithItsPlaceAsSoonAsItCannotBeHalfWritten() throws IOException {
    Path source = write(entries(14, BLOCKS * BLOCK), 1 << 20);
    byte[] bytes = Files.readAllBytes(source.resolve("000001.seg"));
    List<Integer> starts = starts(bytes);
    int damaged = starts.get(3);
    bytes[starts.get(4) - 1] ^= 1;
    Path copy = Files.createDirectories(folder).resolve("000001.seg");

    Files.write(copy, Arrays.copyOf(bytes, starts.get(4)));
    assertThat(poll()).as("it may not be on the disk yet").isFalse();
    assertThat(read).hasSize(3 * BLOCK);

    Files.write(copy, Arrays.copyOf(bytes, starts.get(5)));
    for (int again = 0; again < 2; again++) {
      HistoryFormatException error = catchThrowableOfType(HistoryFormatException.class, this::poll);
      assertThat(error.position()).isEqualTo("byte " + damaged);
      assertThat(error).hasMessageContaining("000001.seg").hasMessageContaining("damaged");
    }
    assertThat(read).hasSize(3 * BLOCK);
  }

  @Test
  void aBlockThatIsMissingIsDamage() throws IOException {
    Path source = write(entries(15, BLOCKS * BLOCK), 1 << 20);
    byte[] bytes = Files.readAllBytes(source.resolve("000001.seg"));
    List<Integer> starts = starts(bytes);
    Path copy = Files.createDirectories(folder).resolve("000001.seg");
    Files.write(copy, Arrays.copyOf(bytes, starts.get(2)));
    assertThat(poll()).isFalse();

    Files.write(
        copy, Arrays.copyOfRange(bytes, starts.get(3), starts.get(4)), StandardOpenOption.APPEND);

    assertThatThrownBy(this::poll)
        .isInstanceOf(HistoryFormatException.class)
        .hasMessageContaining("000001.seg:byte " + starts.get(2));
  }

  @Test
  void aSegmentThatBreaksOffBeforeAnotherOneIsDamage() throws IOException {
    Path source = write(entries(16, BLOCKS * BLOCK), 1);
    byte[] second = Files.readAllBytes(source.resolve("000002.seg"));
    Files.createDirectories(folder);
    Files.copy(source.resolve("000001.seg"), folder.resolve("000001.seg"));
    Files.write(folder.resolve("000002.seg"), Arrays.copyOf(second, second.length - 1));
    assertThat(poll()).isFalse();

    Files.copy(source.resolve("000003.seg"), folder.resolve("000003.seg"));

    assertThatThrownBy(this::poll)
        .isInstanceOf(HistoryFormatException.class)
        .hasMessageContaining("000002.seg:byte ")
        .hasMessageContaining("another segment follows");
  }

  @Test
  void whatFollowsTheEndOrBecomesShorterIsDamage() throws IOException {
    Path source = write(entries(17, BLOCKS * BLOCK), 1 << 20);
    Path copy = Files.createDirectories(folder).resolve("000001.seg");
    Files.copy(source.resolve("000001.seg"), copy);
    assertThat(poll()).isTrue();

    append(copy, (byte) 7);
    assertThatThrownBy(this::poll).hasMessageContaining("more follows");

    Files.write(copy, Arrays.copyOf(Files.readAllBytes(copy), 100));
    assertThatThrownBy(this::poll)
        .isInstanceOf(HistoryFormatException.class)
        .hasMessageContaining("000001.seg:byte 100: damaged: became shorter");
  }

  @Test
  void aBlockOfWhichTheVisitorDidNotTakeAllComesAgain() throws IOException {
    List<Entry> entries = entries(18, BLOCKS * BLOCK);
    folder = write(entries, 1 << 20);
    follower = new SegmentFollower(folder);
    assertThatThrownBy(() ->
            follower.poll(entry -> {
              if (entry.equals(entries.get(BLOCK + 1))) {
                throw new IOException("full up");
              }
            }))
        .hasMessage("full up");

    assertThat(poll()).isTrue();
    assertThat(read).isEqualTo(entries.subList(BLOCK, entries.size()));
  }

  /** A record elsewhere, of {@link #BLOCKS} blocks. */
  private Path write(List<Entry> entries, long segmentBytes) throws IOException {
    Path source = directory.resolve("source");
    List<List<Entry>> blocks = new ArrayList<>();
    for (int i = 0; i < BLOCKS; i++) {
      blocks.add(entries.subList(BLOCK * i, BLOCK * (i + 1)));
    }
    Segments.write(source, FACTS, segmentBytes, blocks);
    return source;
  }

  private static List<Path> segments(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  /** Where blocks begin; the last one says that the record was closed. */
  private static List<Integer> starts(byte[] segment) {
    List<Integer> starts = new ArrayList<>();
    for (int at = SegmentFolder.HEADER; at < segment.length; ) {
      starts.add(at);
      at += SegmentFolder.BLOCK_HEADER + ByteBuffer.wrap(segment).getInt(at);
    }
    assertThat(starts).hasSize(BLOCKS + 1);
    return starts;
  }

  private static void append(Path file, byte... bytes) throws IOException {
    Files.write(file, bytes, StandardOpenOption.APPEND);
  }
}
