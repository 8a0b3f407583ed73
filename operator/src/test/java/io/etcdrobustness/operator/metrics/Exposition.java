package io.etcdrobustness.operator.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the text format as its description says, and stops at the first line that it does not
 * allow.
 *
 * @param types by metric
 * @param samples values by series, as it was written
 */
record Exposition(Map<String, String> types, Map<String, Double> samples) {

  private static final Pattern TYPE =
      Pattern.compile(
          "# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary|untyped)");
  private static final Pattern HELP = Pattern.compile("# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) .*");
  private static final Pattern SAMPLE =
      Pattern.compile(
          "(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)"
              + "(\\{(?<labels>([a-zA-Z_][a-zA-Z0-9_]*=\"([^\"\\\\\n]|\\\\[\\\\n\"])*\",?)*)})?"
              + " (?<value>[-+0-9.eE]+|NaN|[-+]Inf)");
  private static final Pattern LABEL = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"");

  static Exposition of(PrometheusMeterRegistry registry) {
    return of(registry.scrape());
  }

  static Exposition of(String text) {
    Map<String, String> types = new LinkedHashMap<>();
    Map<String, Double> samples = new LinkedHashMap<>();
    for (String line : text.lines().toList()) {
      Matcher type = TYPE.matcher(line);
      Matcher sample = SAMPLE.matcher(line);
      if (type.matches()) {
        assertThat(types.put(type.group(1), type.group(2))).as("twice: " + line).isNull();
      } else if (sample.matches()) {
        String series = line.substring(0, line.lastIndexOf(' '));
        assertThat(samples.put(series, number(sample.group("value"))))
            .as("twice: " + line)
            .isNull();
      } else {
        assertThat(line).matches(HELP);
      }
    }
    Exposition exposition = new Exposition(types, samples);
    samples
        .keySet()
        .forEach(series -> assertThat(types).as(series).containsKey(exposition.metric(series)));
    return exposition;
  }

  private static double number(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  /** The metric that a series belongs to. */
  String metric(String series) {
    String name = series.split("\\{", 2)[0];
    for (String suffix : List.of("_bucket", "_count", "_sum")) {
      if (name.endsWith(suffix)) {
        String histogram = name.substring(0, name.length() - suffix.length());
        if (types.containsKey(histogram)) {
          return histogram;
        }
      }
    }
    return name;
  }

  /** The labels of a series, but for a bucket's bound. */
  static Set<String> labels(String series) {
    Set<String> labels = new LinkedHashSet<>();
    Matcher label = LABEL.matcher(series);
    while (label.find()) {
      if (!label.group(1).equals("le")) {
        labels.add(label.group(1));
      }
    }
    return labels;
  }

  /** The value of the series of {@code metric} with exactly these labels, in any order. */
  double value(String metric, String... labels) {
    return samples.entrySet().stream()
        .filter(sample -> sample.getKey().split("\\{", 2)[0].equals(metric))
        .filter(sample -> labels(sample.getKey()).size() == labels.length / 2)
        .filter(sample -> has(sample.getKey(), labels))
        .mapToDouble(Map.Entry::getValue)
        .findFirst()
        .orElseThrow(() ->
            new AssertionError(
                "no %s with %s in %s".formatted(metric, List.of(labels), samples.keySet())));
  }

  boolean isThere(String metric, String... labels) {
    return samples.keySet().stream()
        .anyMatch(series -> series.split("\\{", 2)[0].equals(metric) && has(series, labels));
  }

  private static boolean has(String series, String... labels) {
    for (int i = 0; i < labels.length; i += 2) {
      if (!series.contains(labels[i] + "=\"" + labels[i + 1] + "\"")) {
        return false;
      }
    }
    return true;
  }
}
