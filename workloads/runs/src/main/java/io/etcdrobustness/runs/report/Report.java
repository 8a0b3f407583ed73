package io.etcdrobustness.runs.report;

import io.etcdrobustness.checker.Assessment;
import io.etcdrobustness.history.History;
import io.etcdrobustness.spec.TestSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * All that there is to tell about a run.
 *
 * @param name of the test
 * @param substrate where the cluster lived
 * @param startedAt wall-clock time at which the run's clock was zero
 * @param versions etcd's version of each member by name; as far as the run came
 * @param logs each member's log by name
 * @param judging how long the judging took
 * @param command what to type to run it again
 */
public record Report(
    String name,
    TestSpec spec,
    long seed,
    String substrate,
    Instant startedAt,
    Map<String, String> versions,
    Map<String, Path> logs,
    History history,
    Assessment assessment,
    Duration judging,
    String command) {

  public Report {
    versions = Map.copyOf(versions);
    logs = Map.copyOf(logs);
  }
}
