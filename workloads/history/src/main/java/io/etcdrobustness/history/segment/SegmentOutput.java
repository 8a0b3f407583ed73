package io.etcdrobustness.history.segment;

import io.etcdrobustness.history.History;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/** One segment that is being written. */
final class SegmentOutput implements Closeable {

  /** Where the bytes go: a port, so that tests can have a full disk. */
  interface Sink {

    /** Makes a file that must not exist yet; its content is on the disk when it is closed. */
    OutputStream create(Path file) throws IOException;
  }

  private final OutputStream out;
  private int checksum;
  private long size;

  /**
   * Makes the segment with its header.
   *
   * @param previous the last checksum of the segment before, 0 for the first one
   */
  SegmentOutput(Sink sink, Path folder, int number, int previous, History.Facts facts)
      throws IOException {
    Path file = SegmentFolder.file(folder, number);
    try {
      out = sink.create(file);
    } catch (FileAlreadyExistsException exists) {
      throw new IOException(
          file + " exists: a history is written once; choose another folder or remove it", exists);
    }
    try {
      byte[] header = new SegmentHeader(SegmentFolder.VERSION, number, previous, facts).encode();
      checksum = SegmentHeader.checksum(header);
      write(header, header.length);
    } catch (IOException cannotWrite) {
      try (out) {
        throw cannotWrite;
      }
    }
  }

  /** Appends {@code block} and hands it to the operating system. */
  void append(BlockOut block) throws IOException {
    ColumnOut content = block.content();
    append(block::header, content.bytes(), content.length());
  }

  /** Appends {@code note} and hands it to the operating system. */
  void append(String note) throws IOException {
    byte[] content = note.getBytes(StandardCharsets.UTF_8);
    append(plain(SegmentFolder.NOTE), content, content.length);
  }

  /** Appends what is known of all that is not recorded yet, see {@link SegmentFolder#AHEAD}. */
  void appendAhead(long earliestCall, long earliestMessage) throws IOException {
    append(
        (length, checksum) ->
            new BlockHeader(
                length, SegmentFolder.AHEAD, 0, checksum, earliestCall, earliestMessage),
        new byte[0],
        0);
  }

  /** Writes the last block: {@link SegmentFolder#CONTINUED} or {@link SegmentFolder#CLOSED}. */
  void end(int kind) throws IOException {
    append(plain(kind), new byte[0], 0);
  }

  /** Bytes written. */
  long size() {
    return size;
  }

  /** The checksum that was written last. */
  int checksum() {
    return checksum;
  }

  @Override
  public void close() throws IOException {
    out.close();
  }

  /** The header of a block, once its content is known. */
  @FunctionalInterface
  private interface Head {
    BlockHeader of(int length, int checksum);
  }

  private static Head plain(int kind) {
    return (length, checksum) ->
        new BlockHeader(length, kind, 0, checksum, Long.MAX_VALUE, Long.MAX_VALUE);
  }

  private void append(Head head, byte[] content, int length) throws IOException {
    CRC32C crc = new CRC32C();
    crc.update(content, 0, length);
    byte[] header = head.of(length, (int) crc.getValue()).encode(checksum);
    checksum = BlockHeader.checksumIn(header);
    write(header, header.length);
    write(content, length);
    out.flush();
  }

  private void write(byte[] bytes, int length) throws IOException {
    out.write(bytes, 0, length);
    size += length;
  }
}
