package io.etcdrobustness.faults.agent;

/**
 * A place in a member's log.
 *
 * @param log which log: a pod that was made anew begins another one
 * @param offset in bytes from its beginning
 */
public record LogPosition(String log, long offset) {

  /** The beginning of whichever log there is. */
  public static final LogPosition START = new LogPosition("", 0);
}
