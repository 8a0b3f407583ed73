package io.etcdrobustness.runs.vm;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A system call of a process in the guest, as the kernel tells of it; {@code hack/vm/README.md},
 * "Looking on".
 *
 * @param begun of the guest's clock, ns
 * @param text names of files, or the first bytes that were read or written
 */
record SystemCall(
    int number,
    int process,
    int thread,
    long begun,
    long ended,
    long result,
    long[] arguments,
    byte[] text) {

  static final int READ = 0;
  static final int WRITE = 1;
  static final int CLOSE = 3;
  static final int PREAD = 17;
  static final int PWRITE = 18;
  static final int SOCKET = 41;
  static final int CONNECT = 42;
  static final int SENDTO = 44;
  static final int RECVFROM = 45;
  static final int EXECVE = 59;
  static final int CLOCK_GETTIME = 228;
  static final int OPENAT = 257;
  static final int ACCEPT4 = 288;
  static final int EVENTFD2 = 290;
  static final int EPOLL_CREATE1 = 291;

  private static final int ARGUMENTS = 6;
  private static final int FIXED = 4 * Integer.BYTES + (3 + ARGUMENTS) * Long.BYTES;

  private static final Map<Integer, Kind> KINDS = kinds();

  /** What a number means: the call's name, and how many arguments it has. */
  record Kind(String name, int arguments) {}

  /**
   * The next one of a file.
   *
   * @return empty at its end; what was cut off there by the machine's end is left out
   */
  static Optional<SystemCall> next(InputStream in) throws IOException {
    byte[] fixed = in.readNBytes(FIXED);
    if (fixed.length < FIXED) {
      return Optional.empty();
    }
    ByteBuffer record = ByteBuffer.wrap(fixed).order(ByteOrder.LITTLE_ENDIAN);
    int length = record.getInt();
    if (length < FIXED) {
      throw new IOException("a system call of %d bytes".formatted(length));
    }
    int number = record.getInt();
    int process = record.getInt();
    int thread = record.getInt();
    long begun = record.getLong();
    long ended = record.getLong();
    long result = record.getLong();
    long[] arguments = new long[ARGUMENTS];
    for (int i = 0; i < ARGUMENTS; i++) {
      arguments[i] = record.getLong();
    }
    byte[] text = in.readNBytes(length - FIXED);
    return text.length < length - FIXED
        ? Optional.empty()
        : Optional.of(
            new SystemCall(number, process, thread, begun, ended, result, arguments, text));
  }

  /** What it is. */
  Kind kind() {
    Kind kind = KINDS.get(number);
    return kind == null ? new Kind("system call " + number, ARGUMENTS) : kind;
  }

  /** Its text, one character for a byte. */
  String words() {
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  private static Map<Integer, Kind> kinds() {
    Map<Integer, Kind> kinds = new HashMap<>();
    try (InputStream in = SystemCall.class.getResourceAsStream("system-calls")) {
      if (in == null) {
        throw new IllegalStateException("this build lacks its list of system calls");
      }
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] words = line.split(" ", -1);
        kinds.put(Integer.parseInt(words[0]), new Kind(words[1], Integer.parseInt(words[2])));
      }
    } catch (IOException unreadable) {
      throw new UncheckedIOException("the list of system calls cannot be read", unreadable);
    }
    return Map.copyOf(kinds);
  }
}
