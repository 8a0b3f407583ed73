package io.etcdrobustness.faults.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A process as the kernel shows it in {@code /proc/PID/stat} (proc_pid_stat(5)).
 *
 * @param state one letter: {@code R} runs, {@code S} sleeps, {@code T} is stopped by a signal,
 *     {@code Z} has ended
 * @param startTicks when it was started, in clock ticks since boot: with the pid it names one
 *     process for good, since pids are used again
 */
public record ProcessStatus(long pid, char state, long startTicks) {

  /** The state of a process that was stopped by SIGSTOP. */
  public static final char STOPPED = 'T';

  private static final char ENDED = 'Z';

  /** What the kernel says of {@code pid} now; empty if there is no such process. */
  public static Optional<ProcessStatus> of(long pid) {
    Path stat = Path.of("/proc", Long.toString(pid), "stat");
    String line;
    try {
      line = Files.readString(stat, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException gone) {
      return Optional.empty();
    } catch (IOException failure) {
      // A process that ends between open and read gives ESRCH.
      if (Files.exists(stat)) {
        throw new IllegalStateException("cannot read " + stat + ": " + failure, failure);
      }
      return Optional.empty();
    }
    return Optional.of(parse(line));
  }

  /**
   * Reads the line of a {@code stat} file.
   *
   * @throws IllegalArgumentException if it is not one
   */
  static ProcessStatus parse(String line) {
    // The second field is the program's name in parentheses and may itself hold both.
    int open = line.indexOf(" (");
    int close = line.lastIndexOf(") ");
    if (open < 1 || close < open) {
      throw new IllegalArgumentException("not a line of /proc/PID/stat: " + line);
    }
    String[] fields = line.substring(close + 2).strip().split(" ", -1);
    if (fields.length < 20 || fields[0].length() != 1) {
      throw new IllegalArgumentException("not a line of /proc/PID/stat: " + line);
    }
    return new ProcessStatus(
        Long.parseLong(line.substring(0, open)), fields[0].charAt(0), Long.parseLong(fields[19]));
  }

  /** Whether it is stopped by a signal. */
  public boolean stopped() {
    return state == STOPPED;
  }

  /** Whether it has not ended yet. */
  public boolean alive() {
    return state != ENDED && state != 'X';
  }
}
