package io.etcdrobustness.spec;

import static java.util.Objects.requireNonNullElse;
import static java.util.Objects.requireNonNullElseGet;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;

/** What is kept of reports. */
public record ReportSpec(
    @JsonPropertyDescription("Number of runs that are kept with their reports, by verdict.")
        @Default("{}")
        Keep keep) {

  public ReportSpec {
    keep = requireNonNullElseGet(keep, Keep::defaults);
  }

  // Null is what an absent field is, before the constructor puts in the default.
  @SuppressWarnings("NullAway")
  static ReportSpec defaults() {
    return new ReportSpec(null);
  }

  /** Number of reports that are kept, by verdict. */
  public record Keep(
      @JsonPropertyDescription("Runs that passed.") @Default("3") @Min(0) @Max(100) Integer passed,
      @JsonPropertyDescription("Runs that did not pass.") @Default("10") @Min(0) @Max(100)
          Integer failed) {
    public Keep {
      passed = requireNonNullElse(passed, 3);
      failed = requireNonNullElse(failed, 10);
    }

    @SuppressWarnings("NullAway")
    static Keep defaults() {
      return new Keep(null, null);
    }
  }
}
