package io.etcdrobustness.dashboards;

import io.etcdrobustness.checker.Catalogue;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.operator.metrics.OperatorMetrics;
import io.etcdrobustness.resource.RobustnessTest;
import io.etcdrobustness.resource.Status.Verdict;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Tests as an operator sees them, whose runs end one after the other: quicker than real ones, so
 * that a minute shows what else takes days.
 */
final class ManyTests {

  private static final List<Property> PROPERTIES =
      Catalogue.of(Catalogue.Options.DEFAULT).properties();
  private static final int LISTED = 20;

  private final OperatorMetrics metrics;
  private final RandomSource random = new RandomSource(7);
  private final List<Kept> tests = new ArrayList<>();

  ManyTests(OperatorMetrics metrics) {
    this.metrics = metrics;
  }

  /** A test, and its runs so far. */
  private static final class Kept {
    private final String namespace;
    private final String name;
    private final String spec;
    private final String version;
    private final int ticks;
    private final List<Verdict> likely;
    private final List<String> history = new ArrayList<>();
    private long runs;
    private String passed = "";
    private String verdict = "";
    private String broken = "";

    Kept(
        String namespace,
        String name,
        String spec,
        String version,
        int ticks,
        List<Verdict> likely) {
      this.namespace = namespace;
      this.name = name;
      this.spec = spec;
      this.version = version;
      this.ticks = ticks;
      this.likely = likely;
    }
  }

  /**
   * A test whose runs take so many ticks, and end with one of the likely verdicts.
   *
   * @param spec YAML, in braces
   */
  ManyTests with(
      String namespace, String name, String spec, String version, int ticks, Verdict... likely) {
    tests.add(new Kept(namespace, name, spec, version, ticks, List.of(likely)));
    return this;
  }

  /** Lets time go on, and shows what the operator would. */
  void tick(int tick, Instant now) {
    for (int i = 0; i < tests.size(); i++) {
      Kept test = tests.get(i);
      if ((tick + i) % test.ticks == 0) {
        end(test, test.likely.get(random.nextInt(test.likely.size())), now);
      }
      metrics.observe(object(test));
    }
  }

  private void end(Kept test, Verdict verdict, Instant now) {
    test.runs++;
    test.verdict = verdict.name();
    if (verdict == Verdict.Passed) {
      test.passed = now.toString();
    }
    test.broken = verdict == Verdict.Failed ? "WatchReliable" : "";
    test.history.add(
        "{run: %s-%d, verdict: %s, version: \"%s\", startTime: \"%s\"}"
            .formatted(test.name, test.runs, verdict, test.version, now));
    if (test.history.size() > LISTED) {
      test.history.removeFirst();
    }
  }

  private static RobustnessTest object(Kept test) {
    String status =
        test.runs == 0
            ? "{}"
            : """
            {verdict: %s, etcdVersion: "%s", runs: %d, %s properties: [%s], history: [%s]}\
            """
                .formatted(
                    test.verdict,
                    test.version,
                    test.runs,
                    test.passed.isEmpty() ? "" : "lastSuccessTime: \"" + test.passed + "\",",
                    properties(test),
                    String.join(", ", test.history));
    return Serialization.unmarshal(
        """
        apiVersion: etcdrobustness.io/v1alpha1
        kind: RobustnessTest
        metadata: {namespace: %s, name: %s, labels: {%s}}
        spec: %s
        status: %s
        """
            .formatted(
                test.namespace,
                test.name,
                // All of that team's are of a suite.
                test.namespace.equals(OneSuite.NAMESPACE)
                    ? "etcdrobustness.io/suite: " + OneSuite.NAME
                    : "",
                test.spec,
                status),
        RobustnessTest.class);
  }

  private static String properties(Kept test) {
    return PROPERTIES.stream()
        .map(property -> {
          boolean broken = property.name().equals(test.broken);
          String kind = property.kind().name();
          return "{name: %s, kind: %s%s, status: %s, hits: %d, violations: %d}"
              .formatted(
                  property.name(),
                  kind.charAt(0),
                  kind.substring(1).toLowerCase(java.util.Locale.ROOT),
                  broken ? "Violated" : "Holds",
                  100 + property.name().hashCode() % 97,
                  broken ? 2 : 0);
        })
        .collect(Collectors.joining(", "));
  }
}
