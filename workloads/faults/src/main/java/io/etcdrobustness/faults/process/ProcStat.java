package io.etcdrobustness.faults.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The state of a process, from {@code /proc/PID/stat} (proc(5)).
 *
 * @param state one letter: R running, S sleeping, T stopped, Z zombie …
 * @param startTime clock ticks since boot; with the pid it names a process for ever
 */
record ProcStat(char state, long startTime) {

  /** What it is now; empty if there is no such process. */
  static Optional<ProcStat> of(long pid) throws IOException {
    String stat;
    try {
      stat =
          Files.readString(
              Path.of("/proc", Long.toString(pid), "stat"), StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException gone) {
      return Optional.empty();
    } catch (IOException raced) {
      // The process may end between open and read: ESRCH, which Java has no class for.
      if (!Files.exists(Path.of("/proc", Long.toString(pid)))) {
        return Optional.empty();
      }
      throw raced;
    }
    // The name in parentheses may hold spaces and parentheses itself: fields count from the last.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return Optional.of(new ProcStat(fields[0].charAt(0), Long.parseLong(fields[19])));
  }

  boolean isStopped() {
    return state == 'T' || state == 't';
  }
}
