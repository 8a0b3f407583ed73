package io.etcdrobustness.runs.vm;

import java.io.BufferedInputStream;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A member's system calls as lines for people, much as strace writes them: when it came back, by
 * the run's clock; the thread; the call with its arguments; what came of it, and how long it took.
 * Numbers of files and connections come with what they are.
 */
final class SystemCallLog {

  private static final int WORDS = 0xffff;
  private static final int RESTARTED = 512;
  private static final int ERRORS = 4095;
  private static final int INTERNET = 2;
  private static final int CURRENT_FOLDER = -100;

  /** Calls whose first argument is the number of something open. */
  private static final Set<String> ON_FILES =
      Set.of(
          "read",
          "write",
          "close",
          "fstat",
          "lseek",
          "pread64",
          "pwrite64",
          "connect",
          "accept4",
          "bind",
          "listen",
          "getsockname",
          "getpeername",
          "setsockopt",
          "getsockopt",
          "fcntl",
          "flock",
          "fsync",
          "fdatasync",
          "ftruncate",
          "getdents64",
          "fallocate",
          "sync_file_range",
          "epoll_ctl",
          "epoll_pwait",
          "shutdown");

  /** Which arguments are names. */
  private static final Map<String, List<Integer>> NAMES =
      Map.ofEntries(
          Map.entry("open", List.of(0)),
          Map.entry("stat", List.of(0)),
          Map.entry("lstat", List.of(0)),
          Map.entry("unlink", List.of(0)),
          Map.entry("mkdir", List.of(0)),
          Map.entry("rmdir", List.of(0)),
          Map.entry("chdir", List.of(0)),
          Map.entry("execve", List.of(0)),
          Map.entry("openat", List.of(1)),
          Map.entry("newfstatat", List.of(1)),
          Map.entry("unlinkat", List.of(1)),
          Map.entry("mkdirat", List.of(1)),
          Map.entry("faccessat", List.of(1)),
          Map.entry("faccessat2", List.of(1)),
          Map.entry("fchmodat", List.of(1)),
          Map.entry("rename", List.of(0, 1)),
          Map.entry("renameat", List.of(1, 3)),
          Map.entry("renameat2", List.of(1, 3)));

  private final BufferedWriter out;
  private final Map<Integer, Map<Long, String>> open = new HashMap<>();
  private long clockReads;

  private SystemCallLog(Path file) throws IOException {
    this.out = Files.newBufferedWriter(file, StandardCharsets.UTF_8);
  }

  /**
   * Writes a log for each member.
   *
   * @param trace what the kernel told
   * @param processes whose calls go where, by number
   * @param origin of the run's clock, by the guest's, ns
   */
  static void write(Path trace, Map<Integer, Path> processes, long origin) throws IOException {
    Map<Path, SystemCallLog> logs = new HashMap<>();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(trace), 1 << 16)) {
      for (Path file : processes.values()) {
        if (!logs.containsKey(file)) {
          Files.createDirectories(file.resolveSibling("."));
          logs.put(file, new SystemCallLog(file));
        }
      }
      for (Optional<SystemCall> call = SystemCall.next(in);
          call.isPresent();
          call = SystemCall.next(in)) {
        Path file = processes.get(call.get().process());
        if (file != null && logs.get(file) instanceof SystemCallLog log) {
          log.add(call.get(), origin);
        }
      }
    } finally {
      for (SystemCallLog log : logs.values()) {
        log.end();
      }
    }
  }

  private void end() throws IOException {
    try (out) {
      out.write("# left out: %d times that it asked for the time\n".formatted(clockReads));
    }
  }

  private void add(SystemCall call, long origin) throws IOException {
    // Before it became the member it was a copy of the guest's first process.
    if (call.number() == SystemCall.EXECVE) {
      open.put(call.process(), new HashMap<>());
    }
    if (!open.containsKey(call.process())) {
      return;
    }
    if (call.number() == SystemCall.CLOCK_GETTIME) {
      clockReads++;
      return;
    }
    Map<Long, String> files = open.computeIfAbsent(call.process(), _ -> new HashMap<>());
    out.write(line(call, files, origin));
    out.newLine();
    remember(call, files);
  }

  private static String line(SystemCall call, Map<Long, String> files, long origin) {
    SystemCall.Kind kind = call.kind();
    List<String> names = names(call);
    List<String> arguments = new ArrayList<>();
    for (int i = 0; i < kind.arguments(); i++) {
      long value = call.arguments()[i];
      int named = NAMES.getOrDefault(kind.name(), List.of()).indexOf(i);
      if (named >= 0 && named < names.size()) {
        arguments.add(quoted(names.get(named)));
      } else if (i == 1 && isData(call)) {
        boolean more = count(call) > call.text().length;
        arguments.add(quoted(call.words()) + (more ? "..." : ""));
      } else if (i == 1 && call.number() == SystemCall.CONNECT) {
        arguments.add(address(call));
      } else if (i == 0 && ON_FILES.contains(kind.name())) {
        String what = files.get((long) (int) value);
        arguments.add((int) value + (what == null ? "" : "<" + what + ">"));
      } else {
        arguments.add(number(value));
      }
    }
    return String.format(
        Locale.ROOT,
        "%12.6f %4d %s(%s) = %s <%.6f>",
        (call.ended() - origin) / 1e9,
        call.thread(),
        kind.name(),
        String.join(", ", arguments),
        result(call.result()),
        (call.ended() - call.begun()) / 1e9);
  }

  private static List<String> names(SystemCall call) {
    return call.text().length == 0 ? List.of() : List.of(call.words().split("\0", -1));
  }

  private static boolean isData(SystemCall call) {
    return switch (call.number()) {
      case SystemCall.WRITE, SystemCall.PWRITE, SystemCall.SENDTO -> true;
      case SystemCall.READ, SystemCall.PREAD, SystemCall.RECVFROM -> call.text().length > 0;
      default -> false;
    };
  }

  /** How many bytes were read, or were to be written. */
  private static long count(SystemCall call) {
    return switch (call.number()) {
      case SystemCall.WRITE, SystemCall.PWRITE, SystemCall.SENDTO -> call.arguments()[2];
      default -> Math.min(call.result(), Integer.MAX_VALUE);
    };
  }

  private static void remember(SystemCall call, Map<Long, String> files) {
    if (call.number() == SystemCall.CLOSE) {
      files.remove((long) (int) call.arguments()[0]);
    } else if (call.number() == SystemCall.CONNECT) {
      files.put((long) (int) call.arguments()[0], address(call));
    } else if (call.result() >= 0) {
      String what =
          switch (call.number()) {
            case SystemCall.OPENAT -> names(call).isEmpty() ? "" : names(call).getFirst();
            case SystemCall.SOCKET -> "socket";
            case SystemCall.ACCEPT4 -> "accepted";
            case SystemCall.EPOLL_CREATE1 -> "epoll";
            case SystemCall.EVENTFD2 -> "eventfd";
            default -> "";
          };
      if (!what.isEmpty()) {
        files.put(call.result(), what);
      }
    }
  }

  /** A {@code sockaddr_in} in words. */
  private static String address(SystemCall call) {
    byte[] at = call.text();
    if (at.length < 8 || at[0] != INTERNET) {
      return "?";
    }
    return "%d.%d.%d.%d:%d"
        .formatted(
            at[4] & 0xff,
            at[5] & 0xff,
            at[6] & 0xff,
            at[7] & 0xff,
            (at[2] & 0xff) << 8 | at[3] & 0xff);
  }

  private static String number(long value) {
    boolean narrow = value >>> Integer.SIZE == 0 && (int) value < 0 && (int) value > -ERRORS;
    if (value == CURRENT_FOLDER || (narrow && (int) value == CURRENT_FOLDER)) {
      return "AT_FDCWD";
    }
    if (narrow) {
      return Integer.toString((int) value);
    }
    return Math.abs(value) <= WORDS ? Long.toString(value) : "0x" + Long.toHexString(value);
  }

  private static String result(long result) {
    if (result >= 0 || result < -ERRORS) {
      return number(result);
    }
    return result <= -RESTARTED && result > -RESTARTED - 5
        ? "? (interrupted, to be begun again)"
        : "-1 " + Errno.words((int) -result);
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> quoted.append("\\\"");
        case '\\' -> quoted.append("\\\\");
        case '\n' -> quoted.append("\\n");
        case '\t' -> quoted.append("\\t");
        default -> {
          if (c < ' ' || c > '~') {
            quoted.append("\\x").append(Integer.toHexString(0x100 | c), 1, 3);
          } else {
            quoted.append(c);
          }
        }
      }
    }
    return quoted.append('"').toString();
  }
}
