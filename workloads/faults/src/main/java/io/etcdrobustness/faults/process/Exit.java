package io.etcdrobustness.faults.process;

/**
 * How a member's process ended.
 *
 * @param process which one it was
 * @param status its exit status as a shell tells it: 128 + n if signal n ended it
 */
public record Exit(ProcessStatus process, int status) {

  /** SIGKILL's number. */
  public static final int KILL = 9;

  private static final int SIGNALLED = 128;

  /** Whether signal {@code number} ended it. */
  public boolean bySignal(int number) {
    return status == SIGNALLED + number;
  }

  /** In words: {@code pid 4711 ended by signal 9}. */
  public String inWords() {
    return status > SIGNALLED
        ? "pid %d ended by signal %d".formatted(process.pid(), status - SIGNALLED)
        : "pid %d ended with exit code %d".formatted(process.pid(), status);
  }
}
