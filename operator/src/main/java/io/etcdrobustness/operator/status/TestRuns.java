package io.etcdrobustness.operator.status;

import io.etcdrobustness.operator.model.Labels;
import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.RunStatus;
import io.etcdrobustness.resource.Status.Verdict;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The runs of one test, in the order in which they were made. */
public final class TestRuns {

  private final List<RobustnessRun> runs;

  /** These runs, in any order. */
  public TestRuns(Collection<RobustnessRun> runs) {
    this.runs = runs.stream().sorted(Comparator.comparingLong(TestRuns::number)).toList();
  }

  /** All, the oldest first. */
  public List<RobustnessRun> all() {
    return runs;
  }

  /** The newest. */
  public Optional<RobustnessRun> newest() {
    return runs.isEmpty() ? Optional.empty() : Optional.of(runs.getLast());
  }

  /** Those that have not come to their end. */
  public List<RobustnessRun> underWay() {
    return runs.stream().filter(run -> !RunStatuses.isComplete(run)).toList();
  }

  /** Those that have. */
  public List<RobustnessRun> complete() {
    return runs.stream().filter(RunStatuses::isComplete).toList();
  }

  /** Complete runs that were made of the spec with this digest. */
  List<RobustnessRun> completeOf(String digest) {
    return of(digest).stream().filter(RunStatuses::isComplete).toList();
  }

  /** Runs that were made of the spec with this digest. */
  List<RobustnessRun> of(String digest) {
    return runs.stream().filter(run -> digest.equals(digest(run))).toList();
  }

  /** The highest number that a run has; 0 if there is none. */
  public long highest() {
    return newest().map(TestRuns::number).orElse(0L);
  }

  /** Whether a run was made of the spec with this digest. */
  public boolean wasMadeOf(String digest) {
    return runs.stream().anyMatch(run -> digest.equals(digest(run)));
  }

  /** The number behind a run's name: 7 of {@code soak-7}; 0 if it has none. */
  public static long number(RobustnessRun run) {
    String name = run.getMetadata().getName();
    String number = name.substring(name.lastIndexOf('-') + 1);
    return number.matches("[0-9]{1,15}") ? Long.parseLong(number) : 0;
  }

  /** The digest of the spec that a run was made of; empty: unknown. */
  public static String digest(RobustnessRun run) {
    return annotation(run, Labels.SPEC_DIGEST).orElse("");
  }

  static Optional<String> annotation(RobustnessRun run, String name) {
    Map<String, String> annotations = run.getMetadata().getAnnotations();
    return annotations == null ? Optional.empty() : Optional.ofNullable(annotations.get(name));
  }

  /** A run's verdict. */
  static Optional<Verdict> verdict(RobustnessRun run) {
    return status(run).map(RunStatus::verdict);
  }

  static Optional<RunStatus> status(RobustnessRun run) {
    return Optional.ofNullable(run.getStatus());
  }
}
