package io.etcdrobustness.history.segment;

import io.etcdrobustness.history.History;
import io.etcdrobustness.history.file.EntryVisitor;
import io.etcdrobustness.history.file.HistoryFormatException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A place in a history of several segments, which goes on block by block; where it stops it may be
 * asked again, since the record may be growing.
 */
final class SegmentCursor implements Closeable {

  private final Path folder;
  private final History.Facts facts;
  private final Optional<DecodedBlocks> shared;
  private final BlockIn block = new BlockIn();
  private final List<String> notes = new ArrayList<>();
  private Optional<SegmentInput> open = Optional.empty();
  private int number = 1;
  private int version;

  /** Of the segments before. */
  private long passed;

  /** The last checksum of the segment before. */
  private int checksum;

  private Optional<String> loss = Optional.empty();
  private Optional<BlockHeader> ahead = Optional.empty();
  private boolean closed;

  /** The beginning of the history in {@code folder}. */
  SegmentCursor(Path folder, History.Facts facts) {
    this(folder, facts, Optional.empty());
  }

  /**
   * The same, beside another one.
   *
   * @param shared what one of them has decoded for the other
   */
  SegmentCursor(Path folder, History.Facts facts, Optional<DecodedBlocks> shared) {
    this.folder = folder;
    this.facts = facts;
    this.shared = shared;
  }

  /**
   * Hands on the entries of the next block.
   *
   * @return whether there may be more now
   * @throws HistoryFormatException if the history is damaged in another way than by a crash of its
   *     writer
   */
  boolean next(EntryVisitor visitor) throws IOException {
    return next(header -> true, visitor);
  }

  /**
   * The same.
   *
   * @param wanted is shown the header of each block with entries, and says whether to read those
   */
  boolean next(Predicate<BlockHeader> wanted, EntryVisitor visitor) throws IOException {
    // Asked first: a segment that is followed by another one was whole before.
    boolean followed = Files.exists(file(number + 1));
    loss = Optional.empty();
    Optional<SegmentInput.End> end = nextIn(wanted, visitor);
    if (end.isEmpty()) {
      return true;
    }
    switch (end.get()) {
      case SegmentInput.Continued continued -> {
        if (followed) {
          passed = bytes();
          close();
          checksum = continued.checksum();
          number++;
        } else {
          loss =
              Optional.of(
                  "%s is missing: %s says that the history goes on there"
                      .formatted(name(number + 1), name(number)));
        }
        return followed;
      }
      case SegmentInput.Closed _ -> {
        if (followed) {
          throw new HistoryFormatException(
              file(number + 1), "", "belongs to another history: this one ends before it");
        }
        closed = true;
        return false;
      }
      case SegmentInput.Torn torn -> {
        if (followed) {
          throw new HistoryFormatException(
              file(number),
              "byte " + torn.position(),
              "damaged: cut off here, and another segment follows");
        }
        loss = Optional.of(name(number) + " truncated: " + torn.loss());
        return false;
      }
    }
  }

  /**
   * Where it is.
   *
   * @param latest goes with it
   */
  SegmentPosition position(long latest) {
    return new SegmentPosition(
        number,
        checksum,
        open.isPresent(),
        open.map(SegmentInput::lastBlock).orElse((long) SegmentFolder.HEADER),
        open.map(SegmentInput::position).orElse((long) SegmentFolder.HEADER),
        open.map(SegmentInput::checksum).orElse(0),
        passed,
        latest,
        notes);
  }

  /**
   * Goes to {@code place} instead of the beginning; to be called before anything else.
   *
   * @return false if the history has no such place; the cursor is good for nothing then
   */
  boolean goTo(SegmentPosition place) throws IOException {
    version = SegmentReader.version(file(1));
    number = place.segment();
    checksum = place.previous();
    passed = place.passed();
    notes.addAll(place.notes());
    if (!Files.exists(file(number))) {
      return false;
    }
    if (!place.begun()) {
      return true;
    }
    try {
      open = begin();
    } catch (HistoryFormatException another) {
      return false;
    }
    return open.isPresent() && open.get().goOn(place);
  }

  /** What is known about the cluster. */
  History.Facts facts() {
    return facts;
  }

  /** What was last told of all that follows; empty if nothing was. */
  Optional<BlockHeader> ahead() {
    return ahead;
  }

  /** How many bytes of the history lie behind the cursor. */
  long bytes() {
    return passed + open.map(SegmentInput::position).orElse(0L);
  }

  /** Whether the cursor is at the end, and the writer said that it is the end. */
  boolean isAtEnd() {
    return closed;
  }

  /** What the reader of a verdict must know, if nothing comes any more; without {@link #next}. */
  List<String> notes() {
    List<String> all = new ArrayList<>(notes);
    loss.ifPresent(all::add);
    return List.copyOf(all);
  }

  @Override
  public void close() throws IOException {
    if (open.isPresent()) {
      open.get().close();
      open = Optional.empty();
    }
  }

  /** Hands on the next block of the current segment; says how that ends if it does. */
  private Optional<SegmentInput.End> nextIn(Predicate<BlockHeader> wanted, EntryVisitor visitor)
      throws IOException {
    if (open.isEmpty()) {
      open = begin();
    }
    return open.isPresent()
        ? open.get().next(wanted, visitor, notes::add, header -> ahead = Optional.of(header))
        : Optional.of(
            new SegmentInput.Torn(
                0, "not even its header is whole, as after a crash of the writer"));
  }

  /** The current segment; empty if its header is torn. */
  private Optional<SegmentInput> begin() throws IOException {
    SegmentInput in = new SegmentInput(file(number), block, shared);
    try {
      Optional<SegmentHeader> header = in.header();
      if (header.isPresent()) {
        check(header.get());
        return Optional.of(in);
      }
    } catch (IOException unreadable) {
      try (in) {
        throw unreadable;
      }
    }
    in.close();
    return Optional.empty();
  }

  private void check(SegmentHeader found) throws HistoryFormatException {
    version = number == 1 ? found.version() : version;
    SegmentHeader expected = new SegmentHeader(version, number, checksum, facts);
    if (found.number() != expected.number()) {
      throw new HistoryFormatException(
          file(number),
          "byte 12",
          "is segment " + found.number() + " by its header: was it renamed?");
    }
    if (!found.equals(expected)) {
      throw new HistoryFormatException(
          file(number), "byte 16", "belongs to another history than the segment before it");
    }
  }

  private Path file(int number) {
    return SegmentFolder.file(folder, number);
  }

  private static String name(int number) {
    return SegmentFolder.name(number);
  }
}
