package io.etcdrobustness.resource;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The parts that the statuses of tests and runs are made of. Times are in RFC 3339, as Kubernetes
 * writes them.
 */
public final class Status {

  /** No status lists more properties. */
  public static final int MOST_PROPERTIES = 40;

  /** No status lists more kinds of fault. */
  public static final int MOST_FAULTS = 32;

  /** No status lists more violations; the oldest and the newest are kept. */
  public static final int MOST_VIOLATIONS = 5;

  /** No status lists more faults in effect. */
  public static final int MOST_ACTIVE = 16;

  /** No test's status lists more of its runs. */
  public static final int MOST_RUNS = 20;

  /** No text of a status is longer; a report has the whole. */
  public static final int MOST_TEXT = 1024;

  private Status() {}

  /** How a run ended, from the point of view of what was tested. */
  public enum Verdict {
    /** Nothing violated, and the evidence suffices. */
    Passed,
    /** A property is violated, with a counterexample. */
    Failed,
    /** Nothing violated, but the evidence is too thin. */
    Inconclusive,
    /** The environment failed. */
    Error
  }

  /** One word for what is going on; derived from the conditions. */
  public enum Phase {
    /** Nothing has begun. */
    Pending,
    /** The cluster starts. */
    Starting,
    /** Traffic and faults. */
    Running,
    /** Faults are healed, the last reads are made. */
    Healing,
    /** Properties are judged. */
    Judging,
    /** It is over. */
    Complete,
    /** The test is suspended, and no run is under way. */
    Suspended
  }

  /** Kinds of condition; a test and its runs have the same ones. */
  public enum ConditionType {
    /** Every member serves. */
    ClusterReady,
    /** Traffic flows. */
    Running,
    /** No fault is in effect. */
    Healed,
    /** The end, whatever the verdict: what {@code kubectl wait} waits for. */
    Complete,
    /** The verdict: True, False, or Unknown if it is Inconclusive, Error or not yet given. */
    Passed,
    /** Present while the controller works on it; kstatus. */
    Reconciling,
    /** Present if the controller cannot go on; kstatus. A failing verdict is not that. */
    Stalled
  }

  /** The three values of a condition. */
  public enum ConditionStatus {
    True,
    False,
    Unknown
  }

  /**
   * A condition, as {@code metav1.Condition}.
   *
   * @param reason one word in CamelCase
   * @param message a sentence
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Condition(
      @JsonPropertyDescription("Kind of condition.") @Required ConditionType type,
      @JsonPropertyDescription("True, False or Unknown.") @Required ConditionStatus status,
      @JsonPropertyDescription("Why, as one word.") @Required @Size(min = 1, max = 128)
          String reason,
      @JsonPropertyDescription("Why, as a sentence.") @Size(max = MOST_TEXT) String message,
      @JsonPropertyDescription("When the status last changed.") @Required @Size(max = 40)
          String lastTransitionTime,
      @JsonPropertyDescription("The generation of the spec that this is about.") @Min(0)
          @Nullable Long observedGeneration) {
    public Condition {
      message = cut(message);
    }
  }

  /** Kinds of property. */
  public enum PropertyKind {
    Always,
    Sometimes,
    Never
  }

  /** How a property stands. */
  public enum PropertyStatus {
    Holds,
    Violated,
    Undecided,
    NotExercised,
    Excluded,
    /** Violated, and acknowledged in {@code knownIssues}. */
    Known
  }

  /**
   * How one property stands.
   *
   * @param hits how often it was put to the test
   */
  public record PropertyResult(
      @JsonPropertyDescription("The property's name.") @Required @Size(max = 64) String name,
      @JsonPropertyDescription("Always, Sometimes or Never.") @Required PropertyKind kind,
      @JsonPropertyDescription("How it stands.") @Required PropertyStatus status,
      @JsonPropertyDescription("How often it was put to the test.") @Min(0) Long hits,
      @JsonPropertyDescription("How often it was violated.") @Min(0) Long violations) {}

  /**
   * What became of one kind of fault.
   *
   * @param reason why faults were skipped, if some were
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record FaultCount(
      @JsonPropertyDescription("Kind of fault.") @Required @Size(max = 64) String type,
      @JsonPropertyDescription("How many the plan holds.") @Min(0) Long planned,
      @JsonPropertyDescription("How many were measured to have taken effect.") @Min(0)
          Long confirmed,
      @JsonPropertyDescription("How many this node cannot do.") @Min(0) Long skipped,
      @JsonPropertyDescription("How many were injected and not seen to take effect.") @Min(0)
          Long notObserved,
      @JsonPropertyDescription("Why some were skipped.") @Size(max = MOST_TEXT)
          @Nullable String reason) {}

  /** A fault in effect. */
  public record ActiveFault(
      @JsonPropertyDescription("The injection's id in the plan.") @Required @Size(max = 64)
          String id,
      @JsonPropertyDescription("Kind of fault.") @Required @Size(max = 64) String type,
      @JsonPropertyDescription("The members that are hit.") @Size(max = 7)
          List<@Size(max = 128) String> targets,
      @JsonPropertyDescription("When it heals by itself.") @Size(max = 40) String expiresAt) {
    public ActiveFault {
      targets = List.copyOf(targets);
    }
  }

  /**
   * A property broken.
   *
   * @param summary one sentence that a reader understands without the source
   * @param report where the counterexample lies
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record ViolationSummary(
      @JsonPropertyDescription("Its id in the report.") @Required @Size(max = 64) String id,
      @JsonPropertyDescription("The property that is broken.") @Required @Size(max = 64)
          String property,
      @JsonPropertyDescription("What happened, in one sentence.") @Size(max = MOST_TEXT)
          String summary,
      @JsonPropertyDescription("Ids of the faults that were in effect.") @Size(max = MOST_ACTIVE)
          List<@Size(max = 64) String> activeFaults,
      @JsonPropertyDescription("Where the counterexample lies.") @Size(max = MOST_TEXT)
          @Nullable String report) {
    public ViolationSummary {
      summary = cut(summary);
      activeFaults = first(MOST_ACTIVE, activeFaults);
    }
  }

  /**
   * The windows of a continuous run.
   *
   * @param lagSeconds how far the judging is behind the traffic
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Windows(
      @JsonPropertyDescription("How many were judged.") @Min(0) Long checked,
      @JsonPropertyDescription("How many passed.") @Min(0) Long passed,
      @JsonPropertyDescription("How many failed.") @Min(0) Long failed,
      @JsonPropertyDescription("How many could not be decided.") @Min(0) Long inconclusive,
      @JsonPropertyDescription(
              "How often the runner was lost and another one went on; of what was under way then"
                  + " nobody can tell whether all was well.")
          @Min(0)
          Long resumed,
      @JsonPropertyDescription("How far the judging is behind the traffic, in seconds.") @Min(0)
          Long lagSeconds,
      @JsonPropertyDescription("When the last one was judged.") @Size(max = 40)
          @Nullable String lastCheckedTime) {}

  /** The etcd that was tested. */
  public record Etcd(
      @JsonPropertyDescription("Releases that its members ran.") @Size(max = 16)
          List<@Size(max = 64) String> versions,
      @JsonPropertyDescription("Number of members.") @Min(0) @Max(7) Integer members,
      @JsonPropertyDescription("How often the leader changed.") @Min(0) Long leaderChanges) {
    public Etcd {
      versions = first(16, versions);
    }
  }

  /** {@code items}, at most {@code most} of them: the first ones. */
  static <T> List<T> first(int most, @Nullable List<T> items) {
    return items == null ? List.of() : List.copyOf(items.subList(0, Math.min(most, items.size())));
  }

  /** {@code items}, at most {@code most} of them: the oldest half and the newest half. */
  static <T> List<T> oldestAndNewest(int most, @Nullable List<T> items) {
    if (items == null || items.size() <= most) {
      return first(most, items);
    }
    int newest = most / 2;
    List<T> kept = new ArrayList<>(items.subList(0, most - newest));
    kept.addAll(items.subList(items.size() - newest, items.size()));
    return List.copyOf(kept);
  }

  /** {@code items}, at most {@code most} of them: the last ones. */
  static <T> List<T> last(int most, @Nullable List<T> items) {
    return items == null
        ? List.of()
        : List.copyOf(items.subList(Math.max(0, items.size() - most), items.size()));
  }

  private static String cut(@Nullable String text) {
    if (text == null) {
      return "";
    }
    return text.length() <= MOST_TEXT ? text : text.substring(0, MOST_TEXT - 1) + "…";
  }
}
