package io.etcdrobustness.checker;

import io.etcdrobustness.checker.plain.PlainCounts;
import io.etcdrobustness.checker.plain.PlainReplay;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.plain.PlainLog;
import io.etcdrobustness.history.plain.PlainSource;
import io.etcdrobustness.history.plain.PlainTape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The {@link OnePass} of a history that consists of plain operations and nothing else, ten times as
 * fast. It proves all or nothing.
 */
public final class PlainPass {

  private final List<Property> properties;
  private final Passing passing;
  private final Budget budget;
  private final PlainTape tape = new PlainTape();
  private final PlainLog log = new PlainLog();
  private final PlainReplay replay;
  private boolean hopeful;

  /**
   * A pass for {@code properties}.
   *
   * @param frame the history without its operations and watches
   * @param source fills {@link #tape} and {@link #log}
   * @param budget when it is exhausted there is no hope
   */
  public PlainPass(List<Property> properties, History frame, PlainSource source, Budget budget) {
    this.properties = List.copyOf(properties);
    this.budget = budget;
    passing = Passing.withoutMessages(frame, budget);
    replay = new PlainReplay(tape, log, source.keys(), source.watched());
    hopeful = understands(frame);
  }

  /** Whether a history in such a frame may be plain. */
  public static boolean understands(History frame) {
    return frame.facts().emptyAtStart()
        && !frame.facts().otherWriters()
        && frame.faults().isEmpty()
        && frame.memberEvents().isEmpty()
        && frame.phases().isEmpty();
  }

  /** Where operations are to be added. */
  public PlainTape tape() {
    return tape;
  }

  /** Where what was delivered is to be added. */
  public PlainLog log() {
    return log;
  }

  /** Takes what was added; false: there is no hope any more. */
  public boolean take() {
    hopeful = hopeful && !budget.exhausted() && replay.take();
    return hopeful;
  }

  /** How many operations were taken. */
  public long operations() {
    return replay.operations();
  }

  /** All has been added: what is proved, by property; nothing, or for each its finding. */
  public Map<Property, Finding> end() {
    if (!hopeful) {
      return Map.of();
    }
    PlainCounts counts = replay.finish();
    if (!replay.hopeful() || counts.answers() == 0) {
      return Map.of();
    }
    Map<Property, Finding> findings = new LinkedHashMap<>();
    for (Property property : properties) {
      Optional<Finding> finding =
          property.follower(passing).flatMap(follower -> follower.plain(counts));
      if (finding.isEmpty()) {
        return Map.of();
      }
      findings.put(property, finding.get());
    }
    return findings;
  }
}
