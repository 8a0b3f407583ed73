package io.etcdrobustness.history.segment;

import io.etcdrobustness.history.History;
import io.etcdrobustness.history.file.EntryVisitor;
import io.etcdrobustness.history.file.HistoryFormatException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A place in a history of several segments, which goes on block by block. */
final class SegmentCursor implements Closeable {

  private final Path folder;
  private final List<Path> segments;
  private final History.Facts facts;
  private final BlockIn block;
  private final List<String> notes = new ArrayList<>();
  private Optional<SegmentInput> open = Optional.empty();
  private int index;
  private int checksum;

  /**
   * The beginning of the history in {@code segments}, of which there is at least one.
   *
   * @param block to read into
   */
  SegmentCursor(Path folder, List<Path> segments, History.Facts facts, BlockIn block) {
    this.folder = folder;
    this.segments = segments;
    this.facts = facts;
    this.block = block;
  }

  /**
   * Hands on the entries of the next block.
   *
   * @return whether there may be more
   * @throws HistoryFormatException if the history is damaged in another way than by a crash of its
   *     writer
   */
  boolean next(EntryVisitor visitor) throws IOException {
    Optional<SegmentInput.End> end = nextIn(visitor);
    if (end.isEmpty()) {
      return true;
    }
    close();
    if (index == segments.size() - 1) {
      loss(end.get()).ifPresent(notes::add);
      return false;
    }
    checksum = continuation(end.get());
    index++;
    return true;
  }

  /** What the reader of a verdict must know; complete when there are no more blocks. */
  List<String> notes() {
    return List.copyOf(notes);
  }

  @Override
  public void close() throws IOException {
    if (open.isPresent()) {
      open.get().close();
      open = Optional.empty();
    }
  }

  /** Hands on the next block of the current segment; says how that ends if it does. */
  private Optional<SegmentInput.End> nextIn(EntryVisitor visitor) throws IOException {
    if (open.isPresent()) {
      return open.get().next(visitor, notes::add);
    }
    SegmentInput in = new SegmentInput(segments.get(index), block);
    open = Optional.of(in);
    Optional<SegmentHeader> header = in.header();
    if (header.isEmpty()) {
      return Optional.of(
          new SegmentInput.Torn(0, "not even its header is whole, as after a crash of the writer"));
    }
    check(header.get());
    return in.next(visitor, notes::add);
  }

  /** The checksum that the next segment must know. */
  private int continuation(SegmentInput.End end) throws HistoryFormatException {
    return switch (end) {
      case SegmentInput.Continued continued -> continued.checksum();
      case SegmentInput.Closed closed ->
          throw new HistoryFormatException(
              segments.get(index + 1), "", "belongs to another history: this one ends before it");
      case SegmentInput.Torn torn ->
          throw new HistoryFormatException(
              segments.get(index),
              "byte " + torn.position(),
              "damaged: cut off here, and another segment follows");
    };
  }

  /** What is missing behind the last segment. */
  private Optional<String> loss(SegmentInput.End end) {
    Path file = segments.get(index);
    return switch (end) {
      case SegmentInput.Closed closed -> Optional.empty();
      case SegmentInput.Torn torn -> Optional.of(file.getFileName() + " truncated: " + torn.loss());
      case SegmentInput.Continued continued ->
          Optional.of(
              SegmentFolder.file(folder, index + 2).getFileName()
                  + " is missing: "
                  + file.getFileName()
                  + " says that the history goes on there");
    };
  }

  private void check(SegmentHeader found) throws HistoryFormatException {
    Path file = segments.get(index);
    SegmentHeader expected = new SegmentHeader(SegmentFolder.VERSION, index + 1, checksum, facts);
    if (found.number() != expected.number()) {
      throw new HistoryFormatException(
          file, "byte 12", "is segment " + found.number() + " by its header: was it renamed?");
    }
    if (!found.equals(expected)) {
      throw new HistoryFormatException(
          file, "byte 16", "belongs to another history than the segment before it");
    }
  }
}
