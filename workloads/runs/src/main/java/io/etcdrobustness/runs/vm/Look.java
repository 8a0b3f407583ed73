package io.etcdrobustness.runs.vm;

import java.time.Duration;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;

/**
 * How one looks closer at a run in a machine than its record does.
 *
 * @param until when it is stopped, by the run's clock; empty: it goes on to its end
 * @param debugLogs whether members log at the level debug, which is another execution: each line is
 *     a system call, and takes its time
 * @param traced members whose system calls are told, which changes nothing
 */
public record Look(Optional<Duration> until, boolean debugLogs, SortedSet<String> traced) {

  /** Not at all. */
  public static final Look NONE = new Look(Optional.empty(), false, Collections.emptySortedSet());
}
