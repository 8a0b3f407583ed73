package io.etcdrobustness.spec;

import java.util.List;
import java.util.Set;

/**
 * One thing that must hold in a spec.
 *
 * @param reads the fields that it looks at, by path; if one of them is wrong in itself the rule is
 *     not asked, since its answer would be about something that nobody wrote
 */
record Rule(List<String> reads, Check check) {

  /** Looks at a spec, and reports what is wrong. */
  interface Check {
    void check(TestSpec spec, Report report);
  }

  /** Takes what is wrong. */
  interface Report {
    void problem(String path, String message);
  }

  /** A rule over these fields, whose paths begin behind {@code spec.}. */
  static Rule over(String fields, Check check) {
    return new Rule(
        List.of(fields.split(" ")).stream().map(field -> "spec." + field).toList(), check);
  }

  /** Whether none of the fields that it looks at is wrong in itself. */
  boolean canTell(Set<String> wrong) {
    return wrong.stream()
        .noneMatch(
            path -> reads.stream().anyMatch(field -> within(path, field) || within(field, path)));
  }

  private static boolean within(String inner, String outer) {
    return inner.startsWith(outer)
        && (inner.length() == outer.length() || ".[".indexOf(inner.charAt(outer.length())) >= 0);
  }
}
