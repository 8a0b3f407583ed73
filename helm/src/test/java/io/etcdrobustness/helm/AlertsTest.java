package io.etcdrobustness.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class AlertsTest {

  private static final Pattern METRIC = Pattern.compile("etcdrobust_[a-z_]+");

  private static List<JsonNode> alerts(String more) {
    return Chart.with("metrics: {prometheusRule: {enabled: true" + more + "}}")
        .the("PrometheusRule", "er-etcd-robustness")
        .at("/spec/groups/0/rules")
        .valueStream()
        .toList();
  }

  @Test
  void thereIsOneForEachThingThatAPersonMustKnow() {
    assertThat(alerts("").stream().map(a -> a.get("alert").asText()))
        .containsExactlyInAnyOrder(
            "EtcdRobustnessViolation",
            "EtcdRobustnessInconclusive",
            "EtcdRobustnessCheckerLagging",
            "EtcdRobustnessNoSuccessRecently",
            "EtcdRobustnessFaultStuck",
            "EtcdRobustnessFaultsNotObserved",
            "EtcdRobustnessRunStalled",
            "EtcdRobustnessOperatorDown",
            "EtcdRobustnessFaultActive");
  }

  @Test
  void eachAsksForMetricsThatExistAndExplainsItself() {
    for (JsonNode alert : alerts("")) {
      assertThat(METRIC.matcher(alert.get("expr").asText()).results().map(MatchResult::group))
          .as("%s", alert.get("alert"))
          .isSubsetOf(
              "etcdrobust_verdict",
              "etcdrobust_check_lag_seconds",
              "etcdrobust_last_success_timestamp_seconds",
              "etcdrobust_fault_active",
              "etcdrobust_faults_total",
              "etcdrobust_operations_total");
      assertThat(alert.at("/annotations/summary").asText()).isNotBlank();
      assertThat(alert.at("/labels/severity").asText()).isIn("critical", "warning", "none");
    }
  }

  @Test
  void aViolationIsToldAtOnce() {
    JsonNode violation = alerts("").getFirst();

    assertThat(violation.get("alert").asText()).isEqualTo("EtcdRobustnessViolation");
    assertThat(violation.has("for")).isFalse();
    assertThat(violation.at("/labels/severity").asText()).isEqualTo("critical");
    assertThat(violation.at("/annotations/summary").asText())
        .isEqualTo("{{ $labels.namespace }}/{{ $labels.test }}: etcd broke a promise");
  }

  @Test
  void durationsBecomeSecondsAndRunbooksGetTheirAddresses() {
    List<JsonNode> alerts =
        alerts(", noSuccessFor: 2d, lagAbove: 90s, runbookUrl: \"https://wiki/runbooks/\"");

    assertThat(alerts.stream().map(a -> a.get("expr").asText()))
        .anyMatch(e -> e.endsWith("> 172800"))
        .anyMatch(e -> e.endsWith("> 90"));
    assertThat(
            alerts.stream()
                .filter(a -> !a.at("/labels/severity").asText().equals("none"))
                .map(a -> a.at("/annotations/runbook_url").asText()))
        .hasSize(8)
        .allMatch(url -> url.matches("https://wiki/runbooks/EtcdRobustness[A-Za-z]+\\.md"));
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
        .filter(a -> a.get("alert").asText().equals("EtcdRobustnessOperatorDown"))
        .map(a -> a.get("expr").asText())
        .findFirst()
        .orElseThrow();
  }
}
