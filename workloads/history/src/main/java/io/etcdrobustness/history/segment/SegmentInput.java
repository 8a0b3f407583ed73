package io.etcdrobustness.history.segment;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.file.EntryVisitor;
import io.etcdrobustness.history.file.HistoryFormatException;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.zip.CRC32C;

/**
 * One segment that is being read, block by block, perhaps while it grows: what was torn may be
 * whole when it is asked for again.
 *
 * <p>A writer that was killed leaves the beginning of what it was about to write. After a power
 * failure there may be zeros from somewhere on, or anything in the last block. All that is a {@link
 * Torn} end. A wrong checksum anywhere else is damage.
 */
final class SegmentInput implements Closeable {

  /** How a segment ends. */
  sealed interface End {}

  /** The history goes on in the next segment, which knows {@code checksum}. */
  record Continued(int checksum) implements End {}

  /** The history ends here, and its writer said so. */
  record Closed() implements End {}

  /**
   * The segment breaks off.
   *
   * @param position of the first byte that was not used
   * @param loss what is missing, as a sentence goes on after the name of the file
   */
  record Torn(long position, String loss) implements End {}

  private static final String CRASH = "as after a crash of the writer";

  private final Path file;
  private final FileChannel channel;
  private final BlockIn block;
  private final Optional<DecodedBlocks> shared;
  private byte[] blockHeader = new byte[SegmentFolder.BLOCK_HEADER];
  private byte[] content = new byte[1 << 16];
  private long size;
  private long position = SegmentFolder.HEADER;
  private long lastBlock = SegmentFolder.HEADER;

  /** Of the segment's header, then of the last block that was handed on. */
  private int checksum;

  /**
   * Opens {@code file}.
   *
   * @param block to read into, for one segment after the other
   */
  SegmentInput(Path file, BlockIn block) throws IOException {
    this(file, block, Optional.empty());
  }

  /**
   * The same, beside another one.
   *
   * @param shared what the other one has decoded
   */
  SegmentInput(Path file, BlockIn block, Optional<DecodedBlocks> shared) throws IOException {
    this.file = file;
    this.block = block;
    this.shared = shared;
    this.channel = FileChannel.open(file);
  }

  /**
   * What stands at the beginning; empty if it is torn.
   *
   * @throws HistoryFormatException if this is no segment, a damaged one, or of another version
   */
  Optional<SegmentHeader> header() throws IOException {
    measure();
    if (size < SegmentFolder.HEADER) {
      return Optional.empty();
    }
    byte[] bytes = new byte[SegmentFolder.HEADER];
    read(bytes, bytes.length, 0);
    ByteBuffer header = ByteBuffer.wrap(bytes);
    if (header.getLong(0) != SegmentFolder.MAGIC) {
      if (onlyZerosFrom(0)) {
        return Optional.empty();
      }
      throw error(0, "no segment of a history: it does not begin as one");
    }
    checksum = SegmentHeader.checksum(bytes);
    if (checksum != header.getInt(SegmentFolder.HEADER - Integer.BYTES)) {
      throw error(0, "damaged: the header's checksum is wrong");
    }
    SegmentHeader decoded = SegmentHeader.decode(header);
    int version = decoded.version();
    if (version < SegmentFolder.VERSION_WITHOUT_TIMES || version > SegmentFolder.VERSION) {
      throw error(
          8,
          version > SegmentFolder.VERSION
              ? "written in version "
                  + version
                  + " of the format, this program reads up to version "
                  + SegmentFolder.VERSION
                  + ": use the release that wrote it, or a newer one"
              : "no version " + version + " of the format was ever written");
    }
    blockHeader = new byte[SegmentFolder.blockHeader(version)];
    return Optional.of(decoded);
  }

  /**
   * Hands on the entries of the next block, if that is whole; to be called after {@link #header}.
   *
   * @param notes takes the notes that the writer was given
   * @return how the segment ends, if it does so here for now: may be called again then
   * @throws HistoryFormatException if the segment is damaged
   * @throws IOException if it cannot be read, and what the visitor throws
   */
  Optional<End> next(EntryVisitor visitor, Consumer<String> notes) throws IOException {
    return next(header -> true, visitor, notes, ahead -> {});
  }

  /**
   * The same.
   *
   * @param wanted is shown the header of each block with entries, and says whether to read those
   * @param ahead takes the header of a block that tells what is ahead
   */
  Optional<End> next(
      Predicate<BlockHeader> wanted,
      EntryVisitor visitor,
      Consumer<String> notes,
      Consumer<BlockHeader> ahead)
      throws IOException {
    measure();
    Optional<Torn> torn = tornHeader(position);
    if (torn.isPresent()) {
      return Optional.of(torn.get());
    }
    BlockHeader header = BlockHeader.decode(blockHeader);
    if (header.length() < 0 || header.length() > SegmentFolder.LONGEST_BLOCK) {
      throw error(position, "a block cannot have " + header.length() + " bytes");
    }
    long next = position + blockHeader.length + header.length();
    boolean skipped = next <= size && header.hasEntries() && !wanted.test(header);
    Optional<Entry[]> decoded =
        skipped ? Optional.empty() : shared.flatMap(blocks -> blocks.take(file, position));
    if (next > size || (!skipped && decoded.isEmpty() && !readContent(header, position, next))) {
      return Optional.of(
          new Torn(
              position,
              "the block at byte %d with %d entries is torn, %s, and was dropped"
                  .formatted(position, header.entries(), CRASH)));
    }
    switch (header.kind()) {
      case SegmentFolder.ENTRIES, SegmentFolder.HAPPENINGS -> {
        if (!skipped) {
          for (Entry entry : decoded.isPresent() ? decoded.get() : entries(header, position)) {
            visitor.visit(entry);
          }
        }
      }
      case SegmentFolder.NOTE ->
          notes.accept(new String(content, 0, header.length(), StandardCharsets.UTF_8));
      case SegmentFolder.AHEAD -> ahead.accept(header);
      case SegmentFolder.CONTINUED, SegmentFolder.CLOSED -> {
        if (next != size) {
          throw error(next, "damaged: more follows after the block that ends the segment");
        }
        return Optional.of(
            header.kind() == SegmentFolder.CLOSED
                ? new Closed()
                : new Continued(BlockHeader.checksumIn(blockHeader)));
      }
      default -> throw error(position, "there is no block of kind " + header.kind());
    }
    lastBlock = position;
    position = next;
    checksum = BlockHeader.checksumIn(blockHeader);
    return Optional.empty();
  }

  /** Where the block begins that was handed on last; where it goes on if none was. */
  long lastBlock() {
    return lastBlock;
  }

  /** The checksum that the next block's header goes on from. */
  int checksum() {
    return checksum;
  }

  /**
   * Goes on at {@code place}; to be called after {@link #header}.
   *
   * @return false if the segment has no such place
   */
  boolean goOn(SegmentPosition place) throws IOException {
    measure();
    boolean first = place.at() == SegmentFolder.HEADER;
    if (place.at() > size || place.at() < SegmentFolder.HEADER) {
      return false;
    }
    if (first) {
      return place.checksum() == checksum;
    }
    if (place.block() < SegmentFolder.HEADER || place.block() + blockHeader.length > place.at()) {
      return false;
    }
    byte[] header = new byte[blockHeader.length];
    read(header, header.length, place.block());
    boolean there =
        BlockHeader.checksumIn(header) == place.checksum()
            && place.block() + header.length + BlockHeader.decode(header).length() == place.at();
    if (there) {
      lastBlock = place.block();
      position = place.at();
      checksum = place.checksum();
    }
    return there;
  }

  /** The first byte behind the block that was handed on last. */
  long position() {
    return position;
  }

  /** What is appended from now on is for the next call. */
  private void measure() throws IOException {
    long now = channel.size();
    if (now < size) {
      throw error(now, "damaged: became shorter while it was read");
    }
    size = now;
  }

  /** Reads a block's header; present if there is none, or only the beginning of one. */
  private Optional<Torn> tornHeader(long position) throws IOException {
    if (position == size) {
      return Optional.of(
          new Torn(
              position,
              "nothing says that it was closed, %s: what was not flushed is missing"
                  .formatted(CRASH)));
    }
    if (size - position < blockHeader.length) {
      return Optional.of(tornInHeader(position));
    }
    read(blockHeader, blockHeader.length, position);
    if (BlockHeader.checksum(checksum, blockHeader) == BlockHeader.checksumIn(blockHeader)) {
      return Optional.empty();
    }
    if (onlyZerosFrom(position + blockHeader.length - 1)) {
      return Optional.of(tornInHeader(position));
    }
    throw error(
        position,
        "damaged: the checksum of the block's header is wrong, or blocks before it are missing");
  }

  private static Torn tornInHeader(long position) {
    return new Torn(
        position,
        "the block at byte %d is torn in its header, %s, and was dropped"
            .formatted(position, CRASH));
  }

  /** False if the checksum is wrong and no other block follows, as only a crash leaves it. */
  private boolean readContent(BlockHeader header, long position, long next) throws IOException {
    if (header.length() > content.length) {
      content = new byte[Math.max(header.length(), 2 * content.length)];
    }
    read(content, header.length(), position + blockHeader.length);
    CRC32C crc = new CRC32C();
    crc.update(content, 0, header.length());
    if ((int) crc.getValue() == header.content()) {
      return true;
    }
    if (next == size || onlyZerosFrom(next - 1)) {
      return false;
    }
    throw error(position, "damaged: the checksum of the block's content is wrong");
  }

  private Entry[] entries(BlockHeader header, long position) throws HistoryFormatException {
    try {
      Entry[] entries = block.entries(content, header.length(), header.entries());
      shared.ifPresent(blocks -> blocks.keep(header, file, position, entries));
      return entries;
    } catch (IllegalArgumentException | IndexOutOfBoundsException wrong) {
      HistoryFormatException error =
          error(position, "the block is whole, but no history: " + wrong.getMessage());
      error.initCause(wrong);
      throw error;
    }
  }

  private boolean onlyZerosFrom(long position) throws IOException {
    byte[] bytes = new byte[1 << 13];
    for (long at = position; at < size; at += bytes.length) {
      int length = (int) Math.min(bytes.length, size - at);
      read(bytes, length, at);
      for (int i = 0; i < length; i++) {
        if (bytes[i] != 0) {
          return false;
        }
      }
    }
    return true;
  }

  private void read(byte[] into, int length, long position) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(into, 0, length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new EOFException(file + " became shorter while it was read");
      }
    }
  }

  private HistoryFormatException error(long position, String message) {
    return new HistoryFormatException(file, "byte " + position, message);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
