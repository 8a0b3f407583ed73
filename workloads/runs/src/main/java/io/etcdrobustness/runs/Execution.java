package io.etcdrobustness.runs;

import java.util.List;
import java.util.Map;

/**
 * What makes an execution repeatable, and how to tell whether it was repeated.
 *
 * @param parts SHA-256 of everything that it was made of, by name
 * @param schedule of the machine's threads, as JSON
 * @param arguments of the machine's kernel
 * @param digest of all that was exchanged with the machine: two executions are the same if it is
 * @param turns that were taken
 * @param checkpoints what the digest was under way
 */
public record Execution(
    Map<String, String> parts,
    String schedule,
    String arguments,
    String digest,
    long turns,
    List<Checkpoint> checkpoints) {

  public Execution {
    checkpoints = List.copyOf(checkpoints);
  }

  /**
   * What the digest was at some moment.
   *
   * @param nanos of the machine's clock
   * @param turns that had been taken
   */
  public record Checkpoint(long nanos, long turns, String digest) {}
}
