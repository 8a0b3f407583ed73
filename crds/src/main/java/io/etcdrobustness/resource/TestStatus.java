package io.etcdrobustness.resource;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.etcdrobustness.resource.Status.Condition;
import io.etcdrobustness.resource.Status.FaultCount;
import io.etcdrobustness.resource.Status.Phase;
import io.etcdrobustness.resource.Status.PropertyResult;
import io.etcdrobustness.resource.Status.Verdict;
import io.etcdrobustness.resource.Status.ViolationSummary;
import io.fabric8.crd.generator.annotation.PrinterColumn;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a test: its verdict, and that of its last runs. Lists are cut to what the schema
 * allows.
 *
 * @param verdict of the last complete run; in mode Continuous it stays Failed after the first
 *     violation until the spec changes
 * @param history the last runs, the newest last
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TestStatus(
    @JsonPropertyDescription("The generation of the spec that this is about.") @Min(0)
        @Nullable Long observedGeneration,
    @JsonPropertyDescription(
            "Passed, Failed, Inconclusive or Error; absent until a run is complete. In mode"
                + " Continuous it stays Failed after the first violation until the spec changes.")
        @PrinterColumn(name = "Verdict")
        @Nullable Verdict verdict,
    @JsonPropertyDescription("One word for what is going on.") @PrinterColumn(name = "Phase")
        @Nullable Phase phase,
    @JsonPropertyDescription("Why the verdict is what it is, as one word.")
        @Size(max = 128)
        @PrinterColumn(name = "Reason", priority = 1)
        @Nullable String reason,
    @JsonPropertyDescription("Why the verdict is what it is, as a sentence.")
        @Size(max = Status.MOST_TEXT)
        @PrinterColumn(name = "Message", priority = 1)
        @Nullable String message,
    @JsonPropertyDescription("Name of the run under way, or of the last one.")
        @Size(max = 253)
        @PrinterColumn(name = "Run", priority = 1)
        @Nullable String currentRun,
    @JsonPropertyDescription("Operations that were answered in that run.")
        @Min(0)
        @PrinterColumn(name = "Ops")
        @Nullable Long operations,
    @JsonPropertyDescription("Confirmed faults of planned ones in that run: 11/12.")
        @Size(max = 32)
        @PrinterColumn(name = "Faults")
        @Nullable String faultsConfirmed,
    @JsonPropertyDescription("How many violations there are in that run.")
        @Min(0)
        @PrinterColumn(name = "Violations")
        @Nullable Long violationCount,
    @JsonPropertyDescription("Release of the etcd under test.")
        @Size(max = 64)
        @PrinterColumn(name = "Etcd")
        @Nullable String etcdVersion,
    @JsonPropertyDescription("How many runs were made in all.") @Min(0) @Nullable Long runs,
    @JsonPropertyDescription(
            "Digest of what the last run was made of: the spec without what only says when runs are made and what is kept. A change of it makes a new run in mode Once and takes back a verdict.")
        @Size(max = 64)
        @Nullable String specDigest,
    @JsonPropertyDescription("When a scheduled run last began.") @Size(max = 40)
        @Nullable String lastScheduleTime,
    @JsonPropertyDescription("When a run last passed.") @Size(max = 40)
        @Nullable String lastSuccessTime,
    @JsonPropertyDescription("When a run first failed.") @Size(max = 40)
        @Nullable String firstFailureTime,
    @JsonPropertyDescription("The conditions ClusterReady, Running, Healed, Complete and Passed.")
        @Size(max = 16)
        List<Condition> conditions,
    @JsonPropertyDescription("How each property stands in that run.")
        @Size(max = Status.MOST_PROPERTIES)
        List<PropertyResult> properties,
    @JsonPropertyDescription("What became of the faults of that run, by kind.")
        @Size(max = Status.MOST_FAULTS)
        List<FaultCount> faults,
    @JsonPropertyDescription("The violations of that run, the oldest and the newest.")
        @Size(max = Status.MOST_VIOLATIONS)
        List<ViolationSummary> violations,
    @JsonPropertyDescription("The last runs, the newest last.") @Size(max = Status.MOST_RUNS)
        List<PastRun> history) {

  public TestStatus {
    conditions = Status.first(16, conditions);
    properties = Status.first(Status.MOST_PROPERTIES, properties);
    faults = Status.first(Status.MOST_FAULTS, faults);
    violations = Status.oldestAndNewest(Status.MOST_VIOLATIONS, violations);
    history = Status.last(Status.MOST_RUNS, history);
  }

  /** A run that is over. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record PastRun(
      @JsonPropertyDescription("Its name.") @Required @Size(max = 253) String run,
      @JsonPropertyDescription("Its verdict.") @Required Verdict verdict,
      @JsonPropertyDescription("Release of the etcd under test.") @Size(max = 64)
          @Nullable String version,
      @JsonPropertyDescription("Its seed.") @Nullable Long seed,
      @JsonPropertyDescription("When it began.") @Size(max = 40) @Nullable String startTime,
      @JsonPropertyDescription("How long it took, in seconds.") @Min(0)
          @Nullable Long durationSeconds) {}
}
