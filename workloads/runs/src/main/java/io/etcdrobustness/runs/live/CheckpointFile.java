package io.etcdrobustness.runs.live;

import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;

/**
 * One file that holds the last checkpoint: it is replaced as a whole or not at all, and what is not
 * what was written is never believed.
 *
 * <p>Eight bytes that begin every checkpoint, the version, the content, and the CRC-32C of all
 * before it.
 */
public final class CheckpointFile {

  /** As in segments, a byte that is no ASCII and a line feed. */
  private static final long MAGIC = 0x89_45_52_48_43_48_4b_0aL; // \x89 E R H C H K \n

  private static final int VERSION = 1;
  private static final int HEAD = Long.BYTES + Integer.BYTES;

  private final Path file;

  /** The checkpoint in {@code file}, which need not be there. */
  public CheckpointFile(Path file) {
    this.file = file.toAbsolutePath();
  }

  /** Writes the content. */
  @FunctionalInterface
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  boolean exists() {
    return Files.exists(file);
  }

  /**
   * Replaces the checkpoint; on the disk when this returns.
   *
   * @throws IOException if that cannot be; the one before is still there then
   */
  void write(Content content) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    try (FileChannel channel =
        FileChannel.open(
            next,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      CRC32C crc = new CRC32C();
      OutputStream out =
          new CheckedOutputStream(
              new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16), crc);
      out.write(ByteBuffer.allocate(HEAD).putLong(MAGIC).putInt(VERSION).array());
      OutputStream buffered = new BufferedOutputStream(out, 1 << 16);
      content.writeTo(buffered);
      buffered.flush();
      out.write(ByteBuffer.allocate(Integer.BYTES).putInt((int) crc.getValue()).array());
      out.flush();
      channel.force(true);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    syncFolder();
  }

  /** A rename lasts when the folder is on the disk; not every system lets one ask for that. */
  private void syncFolder() throws IOException {
    Path folder = file.getParent();
    if (folder != null && Files.isReadable(folder)) {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  /**
   * The content.
   *
   * @throws IOException if it cannot be read, or is not what was written; says what is wrong
   */
  InputStream read() throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    if (bytes.length < HEAD + Integer.BYTES) {
      throw new IOException("it is too short");
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    if (buffer.getLong(0) != MAGIC) {
      throw new IOException("it is no checkpoint");
    }
    if (buffer.getInt(Long.BYTES) != VERSION) {
      throw new IOException("it is of version " + buffer.getInt(Long.BYTES));
    }
    int end = bytes.length - Integer.BYTES;
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, end);
    if ((int) crc.getValue() != buffer.getInt(end)) {
      throw new IOException("it is torn, or damaged: its checksum is wrong");
    }
    return new ByteArrayInputStream(bytes, HEAD, end - HEAD);
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
