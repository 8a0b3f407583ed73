package io.etcdrobustness.operator.reports;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/**
 * A folder as tar.gz, made piece by piece as it is asked for: neither memory nor disk ever holds
 * the whole. Each iterator begins anew; it throws {@link UncheckedIOException} if a file cannot be
 * read.
 */
final class ReportArchive implements Iterable<byte[]> {

  private final Path folder;
  private final List<Path> files;

  /**
   * The archive of what {@code folder} holds now: its files and folders, no links.
   *
   * @param wanted asked of each, by its path from {@code folder} on
   * @throws IOException if it cannot be read
   */
  ReportArchive(Path folder, Predicate<Path> wanted) throws IOException {
    this.folder = folder;
    try (Stream<Path> all = Files.walk(folder)) {
      this.files =
          all.filter(path -> !path.equals(folder) && wanted.test(folder.relativize(path)))
              .filter(path ->
                  Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
                      || Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
              .sorted()
              .toList();
    }
  }

  @Override
  public Iterator<byte[]> iterator() {
    return new Pieces();
  }

  private final class Pieces implements Iterator<byte[]> {
    private final Iterator<Path> left = files.iterator();
    private final ByteArrayOutputStream made = new ByteArrayOutputStream();
    private final byte[] buffer = new byte[1 << 16];
    private final GZIPOutputStream gzip;
    private InputStream file = InputStream.nullInputStream();
    private long size;
    private long leftOfFile;
    private boolean ended;

    Pieces() {
      try {
        gzip = new GZIPOutputStream(made, 1 << 16);
      } catch (IOException unreadable) {
        throw new UncheckedIOException(unreadable);
      }
    }

    @Override
    public boolean hasNext() {
      try {
        while (made.size() == 0 && !ended) {
          more();
        }
      } catch (IOException unreadable) {
        throw new UncheckedIOException(unreadable);
      }
      return made.size() > 0;
    }

    @Override
    public byte[] next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      byte[] piece = made.toByteArray();
      made.reset();
      return piece;
    }

    private void more() throws IOException {
      if (leftOfFile > 0) {
        content();
      } else if (left.hasNext()) {
        header(left.next());
      } else {
        gzip.write(new byte[2 * Ustar.BLOCK]);
        gzip.finish();
        ended = true;
      }
    }

    private void header(Path path) throws IOException {
      String name = folder.relativize(path).toString();
      boolean isFolder = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
      size = isFolder ? 0 : Files.size(path);
      leftOfFile = size;
      if (size > 0) {
        file = Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS);
      }
      try {
        gzip.write(new Ustar(name, isFolder, size).block());
      } catch (IllegalArgumentException tooLong) {
        throw new IOException(tooLong.getMessage(), tooLong);
      }
    }

    private void content() throws IOException {
      int n = file.read(buffer, 0, (int) Math.min(buffer.length, leftOfFile));
      if (n < 0) {
        throw new IOException("a file of the report has become shorter while it was read");
      }
      gzip.write(buffer, 0, n);
      leftOfFile -= n;
      if (leftOfFile == 0) {
        file.close();
        gzip.write(new byte[Ustar.padding(size)]);
      }
    }
  }
}
