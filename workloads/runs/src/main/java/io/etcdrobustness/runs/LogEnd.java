package io.etcdrobustness.runs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The end of a log, for the words of an error. */
public final class LogEnd {

  private static final int BYTES = 2_000;

  private LogEnd() {}

  /** Of the file {@code log}; if it cannot be read, that is said instead. */
  public static String of(Path log) {
    try (SeekableByteChannel channel = Files.newByteChannel(log)) {
      channel.position(Math.max(0, channel.size() - BYTES));
      ByteBuffer end = ByteBuffer.allocate(BYTES);
      while (end.hasRemaining() && channel.read(end) >= 0) {}
      return of(StandardCharsets.ISO_8859_1.decode(end.flip()).toString());
    } catch (IOException unreadable) {
      return unreadable(unreadable);
    }
  }

  /** Of a log that is {@code text}. */
  public static String of(String text) {
    return text.substring(Math.max(0, text.length() - BYTES)).strip();
  }

  /** What is told instead of the end of a log that cannot be read. */
  public static String unreadable(Throwable why) {
    return "(it cannot be read: " + why + ")";
  }
}
