package io.etcdrobustness.operator.reports;

import io.etcdrobustness.operator.reports.RefusedReportException.Why;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Unpacks what a runner sends, and nothing else.
 *
 * <p>Names are checked piece by piece before anything is made of them; only folders and new files
 * are made, each within the last; and since no link is ever made, no name leads out of the folder.
 * What is unpacked is counted as it comes: by its room on disk, by its number, and against what was
 * sent.
 */
final class TarIntake {

  private static final int DEEPEST = 16;
  private static final int LONGEST_NAME = 200;

  /** What a file or folder takes on disk beside its content, and that in whole blocks. */
  private static final int DISK_BLOCK = 4096;

  /** Zeros that tar writes behind the end, to fill its record of 20 blocks or so. */
  private static final int LONGEST_TAIL = 1 << 20;

  private final Limits limits;
  private final Room room;

  /** Is asked before bytes are written. */
  interface Room {

    /**
     * Makes room for {@code bytes}.
     *
     * @throws RefusedReportException if there is none
     */
    void take(long bytes) throws IOException, RefusedReportException;
  }

  TarIntake(Limits limits, Room room) {
    this.limits = limits;
    this.room = room;
  }

  /**
   * Unpacks into an empty folder.
   *
   * @return bytes on disk
   * @throws RefusedReportException if it is no report's folder, or too large
   * @throws IOException if the sender went away
   */
  long unpack(InputStream tarGz, Path folder) throws IOException, RefusedReportException {
    Counted sent = new Counted(tarGz);
    try (Unpacking unpacking = new Unpacking(sent, folder)) {
      return unpacking.all();
    } catch (ZipException | EOFException damaged) {
      throw malformed("it is not compressed with gzip, or damaged: " + damaged.getMessage());
    }
  }

  private static RefusedReportException malformed(String sentence) {
    return new RefusedReportException(Why.MALFORMED, sentence);
  }

  /** Counts what comes. */
  private static final class Counted extends InputStream {
    private final InputStream in;
    private long count;

    Counted(InputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      int b = in.read();
      count += b < 0 ? 0 : 1;
      return b;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int n = in.read(buffer, offset, length);
      count += Math.max(0, n);
      return n;
    }
  }

  /** One archive. */
  private final class Unpacking implements AutoCloseable {
    private final Counted sent;
    private final Path folder;
    private final InputStream tar;
    private final byte[] buffer = new byte[1 << 16];
    private long unpacked;
    private long onDisk;
    private int entries;

    Unpacking(Counted sent, Path folder) throws IOException {
      this.sent = sent;
      this.folder = folder;
      this.tar = new GZIPInputStream(sent, 1 << 16);
    }

    @Override
    public void close() throws IOException {
      tar.close();
    }

    long all() throws IOException, RefusedReportException {
      byte[] block = new byte[Ustar.BLOCK];
      for (fill(block); !Ustar.isEnd(block); fill(block)) {
        entry(Ustar.read(block));
      }
      // To the very end: only there gzip tells whether everything came as it was sent.
      for (long tail = 0, n = tar.read(buffer); n >= 0; n = tar.read(buffer)) {
        tail += n;
        if (tail > LONGEST_TAIL) {
          throw malformed("something follows the end of the archive");
        }
      }
      return onDisk;
    }

    private void entry(Ustar header) throws IOException, RefusedReportException {
      if (++entries > limits.entries()) {
        throw new RefusedReportException(
            Why.TOO_LARGE, "it holds more than %d files and folders".formatted(limits.entries()));
      }
      if (header.folder() && (header.name().equals(".") || header.name().isEmpty())) {
        return;
      }
      Path path = path(header.name());
      takeOnDisk(DISK_BLOCK);
      if (header.folder()) {
        folder(path);
      } else {
        folder(parent(path));
        file(header, path);
      }
    }

    private void file(Ustar header, Path path) throws IOException, RefusedReportException {
      if (header.size() > limits.report()) {
        throw tooLarge();
      }
      try (OutputStream out = open(header, path)) {
        long left = header.size();
        while (left > 0) {
          int n = (int) Math.min(left, buffer.length);
          fill(buffer, n);
          takeOnDisk((n + DISK_BLOCK - 1L) / DISK_BLOCK * DISK_BLOCK);
          write(out, n);
          left -= n;
        }
      }
      fill(buffer, Ustar.padding(header.size()));
    }

    private OutputStream open(Ustar header, Path path) throws IOException, RefusedReportException {
      try {
        return Files.newOutputStream(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      } catch (FileAlreadyExistsException twice) {
        throw malformed("it holds %s twice".formatted(Ustar.quoted(header.name())));
      } catch (IOException unwritable) {
        throw cannotWrite(unwritable);
      }
    }

    private void write(OutputStream out, int n) throws RefusedReportException {
      try {
        out.write(buffer, 0, n);
      } catch (IOException full) {
        throw cannotWrite(full);
      }
    }

    private void folder(Path path) throws RefusedReportException {
      try {
        Files.createDirectories(path);
      } catch (FileAlreadyExistsException file) {
        throw malformed("it holds one name as a file and as a folder");
      } catch (IOException unwritable) {
        throw cannotWrite(unwritable);
      }
    }

    private RefusedReportException cannotWrite(IOException failure) {
      return new RefusedReportException(
          Why.NO_ROOM, "the volume of reports cannot be written: " + failure.getMessage());
    }

    private void takeOnDisk(long bytes) throws IOException, RefusedReportException {
      onDisk += bytes;
      if (onDisk > limits.report()) {
        throw tooLarge();
      }
      room.take(bytes);
    }

    private RefusedReportException tooLarge() {
      return new RefusedReportException(
          Why.TOO_LARGE,
          "it takes more than the %d MiB that a report may have".formatted(limits.report() >> 20));
    }

    private void fill(byte[] block) throws IOException, RefusedReportException {
      fill(block, block.length);
    }

    private void fill(byte[] into, int length) throws IOException, RefusedReportException {
      if (tar.readNBytes(into, 0, length) < length) {
        throw malformed("the archive ends in the middle");
      }
      unpacked += length;
      if (unpacked - limits.unsuspicious() > sent.count * limits.expansion()) {
        throw malformed(
            "it grows more than %d times when it is unpacked".formatted(limits.expansion()));
      }
    }

    private Path path(String name) throws RefusedReportException {
      String[] pieces = (name.startsWith("./") ? name.substring(2) : name).split("/", -1);
      Path path = folder;
      for (String piece : pieces) {
        if (piece.isEmpty() || piece.equals(".") || piece.equals("..") || !isPlain(piece)) {
          throw malformed("%s is no name for a file of a report".formatted(Ustar.quoted(name)));
        }
        path = path.resolve(piece);
      }
      if (pieces.length > DEEPEST) {
        throw malformed("%s is too deep".formatted(Ustar.quoted(name)));
      }
      return path;
    }

    private static boolean isPlain(String piece) {
      return piece.length() <= LONGEST_NAME
          && piece.chars().allMatch(c -> c >= ' ' && c < 0x7f && c != '\\');
    }

    private static Path parent(Path path) {
      Path parent = path.getParent();
      return parent == null ? path : parent;
    }
  }
}
