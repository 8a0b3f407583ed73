package io.etcdrobustness.resource;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.etcdrobustness.resource.Status.ActiveFault;
import io.etcdrobustness.resource.Status.Condition;
import io.etcdrobustness.resource.Status.Etcd;
import io.etcdrobustness.resource.Status.FaultCount;
import io.etcdrobustness.resource.Status.Phase;
import io.etcdrobustness.resource.Status.PropertyResult;
import io.etcdrobustness.resource.Status.Verdict;
import io.etcdrobustness.resource.Status.ViolationSummary;
import io.etcdrobustness.resource.Status.Windows;
import io.fabric8.crd.generator.annotation.PrinterColumn;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of a run. Lists are cut to what the schema allows.
 *
 * @param progress share of the traffic's time that is over, such as {@code 12/60} in seconds
 * @param report where the report lies
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunStatus(
    @JsonPropertyDescription("The generation of the spec that this is about.") @Min(0)
        @Nullable Long observedGeneration,
    @JsonPropertyDescription(
            "Passed, Failed, Inconclusive or Error; absent until the end, but Failed as soon as a"
                + " window of a continuous run has failed.")
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
    @JsonPropertyDescription("The seed that everything random came from.")
        @PrinterColumn(name = "Seed", priority = 1)
        @Nullable Long seed,
    @JsonPropertyDescription("When it began.") @Size(max = 40) @Nullable String startTime,
    @JsonPropertyDescription("When it ended.") @Size(max = 40) @Nullable String completionTime,
    @JsonPropertyDescription("Seconds of traffic that are over, of all: 12/60.")
        @Size(max = 32)
        @PrinterColumn(name = "Progress", priority = 1)
        @Nullable String progress,
    @JsonPropertyDescription("Operations that were answered.") @Min(0) @PrinterColumn(name = "Ops")
        @Nullable Long operations,
    @JsonPropertyDescription("Confirmed faults of planned ones: 11/12.")
        @Size(max = 32)
        @PrinterColumn(name = "Faults")
        @Nullable String faultsConfirmed,
    @JsonPropertyDescription("How many violations there are in all.")
        @Min(0)
        @PrinterColumn(name = "Violations")
        @Nullable Long violationCount,
    @JsonPropertyDescription("The conditions ClusterReady, Running, Healed, Complete and Passed.")
        @Size(max = 16)
        List<Condition> conditions,
    @JsonPropertyDescription("How each property stands.") @Size(max = Status.MOST_PROPERTIES)
        List<PropertyResult> properties,
    @JsonPropertyDescription("What became of the faults, by kind.") @Size(max = Status.MOST_FAULTS)
        List<FaultCount> faults,
    @JsonPropertyDescription("The faults in effect.") @Size(max = Status.MOST_ACTIVE)
        List<ActiveFault> activeFaults,
    @JsonPropertyDescription("The violations, the oldest and the newest.")
        @Size(max = Status.MOST_VIOLATIONS)
        List<ViolationSummary> violations,
    @JsonPropertyDescription("The windows of a continuous run.") @Nullable Windows windows,
    @JsonPropertyDescription("The etcd that was tested.") @Nullable Etcd etcd,
    @JsonPropertyDescription("Where the report lies.") @Size(max = Status.MOST_TEXT)
        @Nullable String report) {

  public RunStatus {
    conditions = Status.first(16, conditions);
    properties = Status.first(Status.MOST_PROPERTIES, properties);
    faults = Status.first(Status.MOST_FAULTS, faults);
    activeFaults = Status.first(Status.MOST_ACTIVE, activeFaults);
    violations = Status.oldestAndNewest(Status.MOST_VIOLATIONS, violations);
  }
}
