package io.etcdrobustness.spec;

import static java.util.Objects.requireNonNullElse;
import static java.util.Objects.requireNonNullElseGet;

/** What is kept of reports. */
public record ReportSpec(Keep keep) {

  public ReportSpec {
    keep = requireNonNullElseGet(keep, Keep::defaults);
  }

  // Null is what an absent field is, before the constructor puts in the default.
  @SuppressWarnings("NullAway")
  static ReportSpec defaults() {
    return new ReportSpec(null);
  }

  /** Number of reports that are kept, by verdict. */
  public record Keep(Integer passed, Integer failed) {
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
