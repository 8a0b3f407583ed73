package io.etcdrobustness.cli;

import io.etcdrobustness.checker.Assessment;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.runs.report.Json;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The one object that {@code --json} prints; its field names are a contract. */
final class JsonVerdict {

  private JsonVerdict() {}

  /**
   * The object.
   *
   * @param operations in the history
   * @param more further fields, behind the fixed ones
   */
  static String of(Assessment assessment, long operations, Duration judging, Map<String, ?> more) {
    return Json.of(fields(assessment, operations, judging, more));
  }

  /** The same on one line. */
  static String line(
      Assessment assessment, long operations, Duration judging, Map<String, ?> more) {
    return Json.line(fields(assessment, operations, judging, more)) + "\n";
  }

  private static Map<String, Object> fields(
      Assessment assessment, long operations, Duration judging, Map<String, ?> more) {
    Map<String, Object> verdict = new LinkedHashMap<>();
    verdict.put("verdict", assessment.verdict().label());
    verdict.put("reasons", assessment.reasons());
    verdict.put("properties", assessment.findings().stream().map(JsonVerdict::property).toList());
    verdict.put("operations", operations);
    verdict.put("checkMillis", judging.toMillis());
    verdict.putAll(more);
    return verdict;
  }

  private static Map<String, Object> property(Finding finding) {
    Map<String, Object> property = new LinkedHashMap<>();
    property.put("name", finding.property());
    property.put("kind", label(finding.kind()));
    property.put("status", label(finding.status()));
    property.put("hits", finding.hits());
    property.put("violations", finding.violationCount());
    property.put("note", finding.note());
    property.put(
        "summaries", List.copyOf(finding.violations().stream().map(v -> v.summary()).toList()));
    return property;
  }

  /** {@code NOT_EXERCISED} as {@code NotExercised}. */
  private static String label(Enum<?> constant) {
    StringBuilder label = new StringBuilder();
    for (String word : constant.name().split("_")) {
      label.append(word.charAt(0)).append(word.substring(1).toLowerCase(java.util.Locale.ROOT));
    }
    return label.toString();
  }
}
