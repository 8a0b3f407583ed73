package io.etcdrobustness.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.etcdrobustness.dashboards.Tool;
import io.etcdrobustness.dashboards.Tool.Said;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each alert fires when it should and not when it should not, and has a page that helps. */
class AlertsTest {

  private static final Pattern METRIC = Pattern.compile("etcdrobust_[a-z_]+");
  private static final Path RUNBOOKS = Path.of("..", "docs", "runbooks");

  @TempDir private Path folder;

  private static List<JsonNode> alerts(String more) {
    return Chart.with("metrics: {prometheusRule: {enabled: true" + more + "}}")
        .the("PrometheusRule", "er-etcd-robustness")
        .at("/spec/groups/0/rules")
        .valueStream()
        .toList();
  }

  private static String name(JsonNode alert) {
    return alert.get("alert").asText();
  }

  /** Those that a person is to read. */
  private static Stream<JsonNode> forPeople(List<JsonNode> alerts) {
    return alerts.stream().filter(a -> !a.at("/labels/severity").asText().equals("none"));
  }

  @Test
  void thereIsOneForEachThingThatAPersonMustKnow() {
    assertThat(alerts("").stream().map(AlertsTest::name))
        .containsExactlyInAnyOrder(
            "EtcdRobustnessViolation",
            "EtcdRobustnessInconclusive",
            "EtcdRobustnessNoSuccessRecently",
            "EtcdRobustnessFaultStuck",
            "EtcdRobustnessFaultsNotObserved",
            "EtcdRobustnessRunStalled",
            "EtcdRobustnessCheckerLagging",
            "EtcdRobustnessCheckerMemory",
            "EtcdRobustnessOperatorDown",
            "EtcdRobustnessFaultActive");
  }

  @Test
  void eachAsksForMetricsThatExistAndExplainsItself() throws IOException {
    // Made from the code, and compared with it by a test of the operator.
    Set<String> known =
        METRIC
            .matcher(Files.readString(Path.of("..", "docs", "metrics.md")))
            .results()
            .map(MatchResult::group)
            .collect(Collectors.toSet());
    for (JsonNode alert : alerts("")) {
      assertThat(METRIC.matcher(alert.toString()).results().map(MatchResult::group))
          .as("%s", alert.get("alert"))
          .isSubsetOf(known);
      assertThat(alert.at("/annotations/summary").asText()).isNotBlank();
      assertThat(alert.at("/annotations/description").asText()).isNotBlank();
      assertThat(alert.at("/labels/severity").asText()).isIn("critical", "warning", "none");
      assertThat(alert.toString()).as("a setting that is not filled in").doesNotContain("@");
    }
  }

  @Test
  void promtoolFindsThatEachFiresWhenItShouldAndNotWhenItShouldNot()
      throws IOException, InterruptedException {
    Tool promtool = Tool.any("promtool");
    JsonNode rule =
        Chart.with("metrics: {prometheusRule: {enabled: true}}")
            .the("PrometheusRule", "er-etcd-robustness");
    for (JsonNode alert : rule.at("/spec/groups/0/rules")) {
      // promtool compares annotations to the letter; the summary stands for their templates.
      ((ObjectNode) alert.get("annotations")).remove("runbook_url");
      if (!name(alert).equals("EtcdRobustnessViolation")) {
        ((ObjectNode) alert.get("annotations")).remove("description");
      }
    }
    Chart.YAML.writeValue(folder.resolve("rules.yaml").toFile(), rule.get("spec"));
    String tests;
    try (InputStream resource =
        Objects.requireNonNull(AlertsTest.class.getResourceAsStream("alerts.yaml"))) {
      tests = new String(resource.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    }
    Files.writeString(folder.resolve("tests.yaml"), tests);

    Said checked = promtool.run(folder, "check", "rules", "rules.yaml");
    assertThat(checked.exit()).as(checked.text()).isZero();
    Said tested = promtool.run(folder, "test", "rules", "tests.yaml");
    assertThat(tested.exit()).as(tested.text()).isZero();

    // Each has a case in which it fires and one in which it does not.
    List<JsonNode> cases =
        Chart.YAML
            .readTree(tests)
            .get("tests")
            .valueStream()
            .flatMap(test -> test.get("alert_rule_test").valueStream())
            .toList();
    for (JsonNode alert : rule.at("/spec/groups/0/rules")) {
      List<Boolean> fires =
          cases.stream()
              .filter(c -> c.get("alertname").asText().equals(name(alert)))
              .map(c -> !c.path("exp_alerts").isEmpty())
              .toList();
      assertThat(fires).as(name(alert)).contains(true, false);
    }
  }

  @Test
  void eachHasARunbookThatTellsWhatToDo() throws IOException {
    List<JsonNode> alerts = alerts("");
    List<String> names = forPeople(alerts).map(AlertsTest::name).toList();
    String index = Files.readString(RUNBOOKS.resolve("README.md"));
    try (Stream<Path> files = Files.list(RUNBOOKS)) {
      assertThat(
              files
                  .map(file -> file.getFileName().toString())
                  .filter(file -> file.startsWith("Etcd"))
                  .map(file -> file.replace(".md", "")))
          .containsExactlyInAnyOrderElementsOf(names);
    }
    for (String name : names) {
      assertThat(Files.readString(RUNBOOKS.resolve(name + ".md")))
          .startsWith("# " + name + "\n\n## Meaning\n")
          .contains("\n## Impact\n", "\n## Diagnosis\n", "\n## What to do\n");
      assertThat(index).contains("[" + name + "](" + name + ".md)");
    }
    assertThat(forPeople(alerts).map(a -> a.at("/annotations/runbook_url").asText()))
        .allMatch(url -> Files.exists(Path.of("..", url)));
  }

  @Test
  void aViolationIsToldAtOnce() {
    JsonNode violation = alerts("").getFirst();

    assertThat(name(violation)).isEqualTo("EtcdRobustnessViolation");
    assertThat(violation.has("for")).isFalse();
    assertThat(violation.at("/labels/severity").asText()).isEqualTo("critical");
    assertThat(violation.at("/annotations/summary").asText())
        .isEqualTo("{{ $labels.namespace }}/{{ $labels.test }}: etcd broke a promise");
  }

  @Test
  void durationsBecomeSecondsAndRunbooksGetTheirAddresses() {
    List<JsonNode> alerts =
        alerts(", noSuccessFor: 2d, faultsSettleFor: 90s, runbookUrl: \"https://wiki/runbooks/\"");

    assertThat(alerts.stream().map(a -> a.get("expr").asText()))
        .anyMatch(e -> e.contains("> 172800\n") && e.contains("offset 172800s)"))
        .anyMatch(e -> e.endsWith("> time() - 90"));
    assertThat(forPeople(alerts).map(a -> a.at("/annotations/runbook_url").asText()))
        .hasSize(9)
        .allMatch(url -> url.matches("https://wiki/runbooks/EtcdRobustness[A-Za-z]+\\.md"));
  }

  @Test
  void alertsAboutATestLeadToItsPage() {
    assertThat(alerts("").stream().map(a -> a.at("/annotations/report_url")))
        .allMatch(JsonNode::isMissingNode);

    List<JsonNode> alerts = alerts(", reportsUrl: \"https://robustness.example/\"");

    assertThat(
            alerts.stream()
                .filter(a -> a.at("/annotations/report_url").isMissingNode())
                .map(AlertsTest::name))
        .containsExactlyInAnyOrder("EtcdRobustnessOperatorDown", "EtcdRobustnessFaultActive");
    assertThat(alerts.getFirst().at("/annotations/report_url").asText())
        .isEqualTo(
            "https://robustness.example/-/tests/{{ $labels.namespace }}/{{ $labels.test }}/");
  }

  @Test
  void theOperatorIsLookedForUnderTheNameThatPrometheusGivesIt() {
    assertThat(down("serviceMonitor")).contains("job=\"er-etcd-robustness-metrics\"");
    assertThat(down("podMonitor")).contains("job=\"ops/er-etcd-robustness\"");
  }

  private static String down(String monitor) {
    return Chart.with(
            "metrics: {prometheusRule: {enabled: true}, %s: {enabled: true}}".formatted(monitor))
        .the("PrometheusRule", "er-etcd-robustness")
        .at("/spec/groups/0/rules")
        .valueStream()
        .filter(a -> name(a).equals("EtcdRobustnessOperatorDown"))
        .map(a -> a.get("expr").asText())
        .findFirst()
        .orElseThrow();
  }
}
