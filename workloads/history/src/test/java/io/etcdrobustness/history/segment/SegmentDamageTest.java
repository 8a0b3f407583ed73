package io.etcdrobustness.history.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.file.HistoryFormatException;
import io.etcdrobustness.history.file.RandomEntries;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A crash loses only what comes last and is told; damage is refused; nothing turns into another.
 */
class SegmentDamageTest {

  private static final History.Facts FACTS = History.Facts.OWN_CLUSTER;
  private static final int BLOCKS = 4;
  private static final int BLOCK = 3;

  @TempDir Path folder;

  private final List<Entry> entries =
      new RandomEntries(new RandomSource(11)).entries(BLOCKS * BLOCK);
  private Path first;
  private byte[] whole;

  /** Where each block begins; the last one says that the history was closed. */
  private List<Integer> starts;

  @BeforeEach
  void write() throws IOException {
    first = folder.resolve("000001.seg");
    Segments.write(folder, FACTS, 1 << 20, blocks());
    whole = Files.readAllBytes(first);
    starts = new ArrayList<>();
    for (int at = SegmentFolder.HEADER; at < whole.length; ) {
      starts.add(at);
      at += SegmentFolder.BLOCK_HEADER + ByteBuffer.wrap(whole).getInt(at);
    }
    assertThat(starts).hasSize(BLOCKS + 1);
  }

  @Test
  void aCutAtEveryByteLosesOnlyTheBlocksBehindItAndIsTold() throws IOException {
    for (int cut = SegmentFolder.HEADER; cut < whole.length; cut++) {
      Segments.Read read = read(Arrays.copyOf(whole, cut));

      int at = cut;
      int blocks = (int) starts.stream().skip(1).filter(start -> start <= at).count();
      assertThat(read.entries()).as("cut at %d", cut).isEqualTo(entries.subList(0, BLOCK * blocks));
      assertThat(read.notes())
          .as("cut at %d", cut)
          .singleElement()
          .asString()
          .startsWith("000001.seg truncated: ")
          .contains("as after a crash of the writer");
    }
    assertThat(read(whole)).isEqualTo(new Segments.Read(FACTS, entries, List.of()));
  }

  @Test
  void zerosInsteadOfTheRestAreACutToo() throws IOException {
    for (int cut = SegmentFolder.HEADER; cut < whole.length; cut++) {
      byte[] bytes = Arrays.copyOf(Arrays.copyOf(whole, cut), whole.length);

      Segments.Read read = read(bytes);

      int at = cut;
      long blocks = starts.stream().skip(1).filter(start -> start <= at).count();
      assertThat(read.entries().size())
          .as("cut at %d", cut)
          .isGreaterThanOrEqualTo(BLOCK * (int) blocks);
      assertThat(read.entries())
          .as("cut at %d", cut)
          .isEqualTo(entries.subList(0, read.entries().size()));
      // What is cut off may have been zeros anyway.
      assertThat(read.notes()).as("cut at %d", cut).hasSize(Arrays.equals(bytes, whole) ? 0 : 1);
    }
  }

  @Test
  void aTornBlockIsToldWithWhatItHeld() throws IOException {
    int last = starts.get(BLOCKS - 1);

    assertThat(read(Arrays.copyOf(whole, last + SegmentFolder.BLOCK_HEADER + 5)).notes())
        .containsExactly(
            "000001.seg truncated: the block at byte "
                + last
                + " with 3 entries is torn, as after a crash of the writer, and was dropped");
  }

  @Test
  void aCutHeaderIsAHistoryOfWhichNothingWasRecorded() {
    for (int cut = 0; cut < SegmentFolder.HEADER; cut++) {
      assertThat(failure(Arrays.copyOf(whole, cut)))
          .as("cut at %d", cut)
          .hasMessageContaining("nothing was recorded");
    }
  }

  @Test
  void aFlippedBitAnywhereIsRefused() {
    for (int at = 0; at < whole.length; at++) {
      byte[] bytes = whole.clone();
      bytes[at] ^= (byte) (1 << at % 8);
      assertThat(failure(bytes))
          .as("byte %d", at)
          .isNotNull()
          .hasMessageContaining(first.toString());
    }
  }

  @Test
  void aFlippedBitInATailThatIsNotClosedIsRefusedOrDropsTheBlockAndIsTold() throws IOException {
    byte[] open = Arrays.copyOf(whole, starts.get(BLOCKS));
    int tail = starts.get(BLOCKS - 1);
    for (int at = tail; at < open.length; at++) {
      byte[] bytes = open.clone();
      bytes[at] ^= 0x10;
      if (at < tail + SegmentFolder.BLOCK_HEADER) {
        assertThat(failure(bytes)).as("byte %d", at).isNotNull();
      } else {
        Segments.Read read = read(bytes);
        assertThat(read.entries())
            .as("byte %d", at)
            .isEqualTo(entries.subList(0, BLOCK * (BLOCKS - 1)));
        assertThat(read.notes()).as("byte %d", at).singleElement().asString().contains("dropped");
      }
    }
  }

  @Test
  void damageIsToldWithFileAndByte() {
    byte[] bytes = whole.clone();
    bytes[starts.get(2) - 1] ^= 1;

    HistoryFormatException error = failure(bytes);

    assertThat(error.file()).endsWith("000001.seg");
    assertThat(error.position()).isEqualTo("byte " + starts.get(1));
    assertThat(error)
        .hasMessageContaining("000001.seg:byte " + starts.get(1))
        .hasMessageContaining("checksum");
  }

  @Test
  void aBlockThatIsMissingOrStandsTwiceIsRefused() {
    byte[] missing = join(part(0, starts.get(1)), part(starts.get(2), whole.length));
    byte[] twice = join(part(0, starts.get(2)), part(starts.get(1), whole.length));

    assertThat(failure(missing)).hasMessageContaining("damaged");
    assertThat(failure(twice)).hasMessageContaining("damaged");
    assertThat(failure(join(whole, part(starts.get(BLOCKS), whole.length))))
        .hasMessageContaining("more follows");
  }

  @Test
  void ofSeveralSegmentsOnlyTheLastMayBeTorn() throws IOException {
    Path several = severalSegments("several");
    Path second = several.resolve("000002.seg");
    byte[] bytes = Files.readAllBytes(second);
    for (int cut = 0; cut < bytes.length; cut++) {
      Files.write(second, Arrays.copyOf(bytes, cut));
      assertThatThrownBy(() -> Segments.read(several))
          .as("cut at %d", cut)
          .isInstanceOf(HistoryFormatException.class)
          .hasMessageContaining("another segment follows");
    }
    Files.write(second, bytes);
    Path last = several.resolve("000004.seg");
    bytes = Files.readAllBytes(last);
    for (int cut = 0; cut < bytes.length; cut++) {
      Files.write(last, Arrays.copyOf(bytes, cut));
      Segments.Read read = Segments.read(several);
      assertThat(read.entries().size()).as("cut at %d", cut).isIn(9, 12);
      assertThat(read.entries())
          .as("cut at %d", cut)
          .isEqualTo(entries.subList(0, read.entries().size()));
      assertThat(read.notes())
          .as("cut at %d", cut)
          .singleElement()
          .asString()
          .startsWith("000004.seg truncated");
    }
  }

  @Test
  void aMissingSegmentIsRefusedAndTheLastOneIsMissed() throws IOException {
    Path several = severalSegments("several");
    Files.delete(several.resolve("000004.seg"));
    Segments.Read read = Segments.read(several);
    assertThat(read.entries()).isEqualTo(entries.subList(0, 9));
    assertThat(read.notes()).singleElement().asString().startsWith("000004.seg is missing");

    Files.delete(several.resolve("000002.seg"));
    assertThatThrownBy(() -> Segments.read(several))
        .isInstanceOf(HistoryFormatException.class)
        .hasMessageContaining("000002.seg is missing");
  }

  @Test
  void segmentsOfTwoHistoriesAreNotMixed() throws IOException {
    Path one = severalSegments("one");
    Path other = folder.resolve("other");
    List<List<Entry>> blocks = new ArrayList<>(blocks());
    blocks.set(0, List.of(new Phase(Phase.Name.TRAFFIC, 1)));
    Segments.write(other, FACTS, 1, blocks);

    Files.copy(other.resolve("000002.seg"), one.resolve("000005.seg"));
    assertThatThrownBy(() -> Segments.read(one))
        .isInstanceOf(HistoryFormatException.class)
        .hasMessageContaining("belongs to another history");

    Files.move(
        one.resolve("000005.seg"), one.resolve("000003.seg"), StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> Segments.read(one)).hasMessageContaining("was it renamed");

    Files.copy(
        other.resolve("000003.seg"),
        one.resolve("000003.seg"),
        StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> Segments.read(one))
        .hasMessageContaining("000003.seg")
        .hasMessageContaining("belongs to another history");
  }

  @Test
  void aNewerVersionIsRefusedWithWhatToDo() {
    assertThat(failure(ofVersion(5)))
        .hasMessageContaining("written in version 5 of the format")
        .hasMessageContaining("reads up to version 4")
        .hasMessageContaining("use the release that wrote it, or a newer one");
    assertThat(failure(ofVersion(0))).hasMessageContaining("no version 0 of the format");
  }

  @Test
  void aFolderWithoutSegmentsIsNoHistory() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    Files.writeString(empty.resolve("1.seg"), "");

    assertThat(SegmentReader.recognizes(empty)).isFalse();
    assertThat(SegmentReader.recognizes(folder)).isTrue();
    assertThat(SegmentReader.recognizes(first)).isFalse();
    for (Path path : List.of(empty, folder.resolve("gone"), first)) {
      assertThatThrownBy(() -> SegmentReader.read(path))
          .isInstanceOf(HistoryFormatException.class)
          .hasMessageContaining("expected 000001.seg");
    }
  }

  /** A segment for each block. */
  private Path severalSegments(String name) throws IOException {
    Path several = folder.resolve(name);
    Segments.write(several, FACTS, 1, blocks());
    assertThat(several.resolve("000004.seg")).exists();
    assertThat(several.resolve("000005.seg")).doesNotExist();
    return several;
  }

  private List<List<Entry>> blocks() {
    List<List<Entry>> blocks = new ArrayList<>();
    for (int i = 0; i < BLOCKS; i++) {
      blocks.add(entries.subList(BLOCK * i, BLOCK * (i + 1)));
    }
    return blocks;
  }

  private byte[] ofVersion(int version) {
    byte[] header = new SegmentHeader(version, 1, 0, FACTS).encode();
    return join(header, part(SegmentFolder.HEADER, whole.length));
  }

  private byte[] part(int from, int to) {
    return Arrays.copyOfRange(whole, from, to);
  }

  private static byte[] join(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private Segments.Read read(byte[] bytes) throws IOException {
    Files.write(first, bytes);
    return Segments.read(folder);
  }

  private HistoryFormatException failure(byte[] bytes) {
    return catchThrowableOfType(HistoryFormatException.class, () -> read(bytes));
  }
}
