package io.etcdrobustness.cli;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.runs.vm.Look;
import io.etcdrobustness.runs.vm.Schedule;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How closer a run is looked at when it is repeated, and where the repetition leaves it.
 *
 * @param report of the run that is repeated
 */
record Closer(Path report, Look look, Optional<Branching> branching) {

  /**
   * Where it goes on otherwise.
   *
   * @param seed of the schedule from then on
   */
  record Branching(Duration at, long seed) {

    Schedule of(Schedule recorded) {
      return recorded.branched(at, new RandomSource(seed).fork("branch"));
    }
  }

  /** Whether it is but run again. */
  boolean isPlain() {
    return look.equals(Look.NONE) && branching.isEmpty();
  }
}
