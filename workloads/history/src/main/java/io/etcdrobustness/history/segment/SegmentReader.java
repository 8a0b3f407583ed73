package io.etcdrobustness.history.segment;

import io.etcdrobustness.history.History;
import io.etcdrobustness.history.file.EntryVisitor;
import io.etcdrobustness.history.file.HistoryFormatException;
import io.etcdrobustness.history.file.HistorySource;
import io.etcdrobustness.history.file.Loaded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads what {@link SegmentWriter} has written: a folder of segments {@code 000001.seg} and so on.
 *
 * <p>What a crash of the writer leaves behind is read as far as whole blocks go, and told in the
 * notes. Anything else that is wrong is a {@link HistoryFormatException}: to guess might turn a
 * verdict.
 */
public final class SegmentReader implements HistorySource {

  private final Path folder;
  private final History.Facts facts;

  private SegmentReader(Path folder, History.Facts facts) {
    this.folder = folder;
    this.facts = facts;
  }

  /** Whether {@code folder} holds a history of this format, by the names of its files. */
  public static boolean recognizes(Path folder) throws IOException {
    return Files.isDirectory(folder) && !segments(folder).isEmpty();
  }

  /**
   * Opens the history in {@code folder}, to go through its entries any number of times.
   *
   * @throws HistoryFormatException if there is none, a segment is missing among the others, or the
   *     first one does not tell the facts
   * @throws IOException if it cannot be read
   */
  public static SegmentReader open(Path folder) throws IOException {
    List<Path> segments = Files.isDirectory(folder) ? segments(folder) : List.of();
    if (segments.isEmpty()) {
      throw new HistoryFormatException(
          folder, "", "no history here: expected " + SegmentFolder.name(1));
    }
    for (int i = 0; i < segments.size(); i++) {
      Path expected = SegmentFolder.file(folder, i + 1);
      if (!segments.get(i).equals(expected)) {
        throw new HistoryFormatException(
            folder, "", expected.getFileName() + " is missing, and later segments are here");
      }
    }
    Path first = segments.getFirst();
    return new SegmentReader(
        folder,
        facts(first)
            .orElseThrow(() ->
                new HistoryFormatException(
                    first,
                    "",
                    "not even its header, which tells the facts, is whole: nothing was recorded")));
  }

  /** What the header of {@code segment} tells; empty if it is torn. */
  static Optional<History.Facts> facts(Path segment) throws IOException {
    try (SegmentInput in = new SegmentInput(segment, new BlockIn())) {
      return in.header().map(SegmentHeader::facts);
    }
  }

  /** The version of {@code segment}; 0 if its header is torn. */
  static int version(Path segment) throws IOException {
    try (SegmentInput in = new SegmentInput(segment, new BlockIn())) {
      return in.header().map(SegmentHeader::version).orElse(0);
    }
  }

  /**
   * Reads the history in {@code folder}.
   *
   * @throws HistoryFormatException if there is none, or it is damaged in another way than by a
   *     crash of its writer
   * @throws IOException if it cannot be read
   */
  public static Loaded read(Path folder) throws IOException {
    return Loaded.of(open(folder));
  }

  @Override
  public History.Facts facts() {
    return facts;
  }

  /**
   * Hands out all entries in the order in which they were recorded; keeps one block in memory.
   *
   * @throws HistoryFormatException if the history is damaged in another way than by a crash of its
   *     writer
   */
  @Override
  public List<String> forEach(EntryVisitor visitor) throws IOException {
    try (SegmentCursor cursor = cursor()) {
      boolean more = true;
      while (more) {
        more = cursor.next(visitor);
      }
      return cursor.notes();
    }
  }

  /** The size of all segments. */
  long bytes() throws IOException {
    long bytes = 0;
    for (Path segment : segments(folder)) {
      bytes += Files.size(segment);
    }
    return bytes;
  }

  /** Goes through the entries block by block, from the first on. */
  SegmentCursor cursor() {
    return new SegmentCursor(folder, facts);
  }

  /** The same, beside another cursor that takes what this one has decoded, and gives. */
  SegmentCursor cursor(DecodedBlocks shared) {
    return new SegmentCursor(folder, facts, Optional.of(shared));
  }

  private static List<Path> segments(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> SegmentFolder.number(file).isPresent() && Files.isRegularFile(file))
          .sorted(Comparator.comparingInt(file -> SegmentFolder.number(file).getAsInt()))
          .toList();
    }
  }
}
