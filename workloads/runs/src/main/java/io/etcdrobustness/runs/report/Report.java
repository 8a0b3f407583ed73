package io.etcdrobustness.runs.report;

import io.etcdrobustness.checker.Assessment;
import io.etcdrobustness.history.History;
import io.etcdrobustness.runs.upgrade.StepResult;
import io.etcdrobustness.spec.TestSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * All that there is to tell about a run.
 *
 * @param name of the test
 * @param substrate where the cluster lived
 * @param startedAt wall-clock time at which the run's clock was zero
 * @param versions etcd's version of each member by name, at the end; as far as the run came
 * @param upgrade what became of each step of the upgrade; empty if none was planned
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
    List<StepResult> upgrade,
    Map<String, Path> logs,
    History history,
    Assessment assessment,
    Duration judging,
    String command) {

  /**
   * What was run, in a few words: {@code v3.7.3}, or the way of an upgrade, there and back: {@code
   * v3.6.16 → v3.7.3 → v3.6.16}.
   */
  public String etcd() {
    List<String> way = new ArrayList<>();
    for (VersionSpan span :
        VersionSpan.of(history, 1).stream()
            .sorted(Comparator.comparingLong(VersionSpan::from))
            .toList()) {
      if (way.isEmpty() || !way.getLast().equals(span.version())) {
        way.add(span.version());
      }
    }
    return upgrade.isEmpty() || way.isEmpty()
        ? String.join(", ", new TreeSet<>(versions.values()))
        : String.join(" → ", way);
  }

  public Report {
    versions = Map.copyOf(versions);
    upgrade = List.copyOf(upgrade);
    logs = Map.copyOf(logs);
  }
}
