package io.etcdrobustness.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import io.etcdrobustness.spec.SpecException;
import io.etcdrobustness.spec.SpecReader;
import io.etcdrobustness.spec.TestDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChartTest {

  @Test
  void helmHasNothingToComplainAbout() {
    LintResult result = new Helm(Chart.FOLDER).lint().strict().call();

    assertThat(result.isFailed()).as("%s", result.getMessages()).isFalse();
    assertThat(result.getMessages()).noneMatch(m -> m.contains("[WARNING]"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{halt: true, crds: {install: false}, rbac: {create: false, aggregate: false}}",
        "{watch: {namespaces: [a, b]}, networkPolicy: {enabled: true}}",
        "{networkPolicy: {enabled: true, namespaces: [a], from: [{podSelector: {}}]}}",
        "{replicas: 2, reports: {persistence: {accessModes: [ReadWriteMany], keep: true}}}",
        "{reports: {persistence: {enabled: false}, auth: {existingSecret: mine}}}",
        "{reports: {persistence: {existingClaim: mine, storageClassName: fast}}}",
        "{metrics: {annotations: true, podMonitor: {enabled: true, labels: {a: b}}}}",
        "{metrics: {podMonitor: {enabled: true, members: false}, dashboards: {enabled: true}}}",
        "{metrics: {serviceMonitor: {enabled: true}, prometheusRule: {enabled: true}}}",
        """
        image: {repository: "registry:5000/a", digest: "sha256:%1$s%1$s%1$s%1$s"}
        imagePullSecrets: [pull]
        priorityClassName: high
        nodeSelector: {a: b}
        tolerations: [{key: a, operator: Exists, effect: NoSchedule}]
        affinity: {nodeAffinity: {}}
        topologySpreadConstraints: [{maxSkew: 1, topologyKey: z, whenUnsatisfiable: DoNotSchedule}]
        extraEnv: [{name: JAVA_OPTIONS, value: -Xlog:gc}]
        podAnnotations: {a: b}
        podLabels: {c: d}
        serviceAccount: {create: false, name: mine}
        """
      })
  void everyManifestHasOnlyFieldsThatKubernetesKnows(String values) {
    Chart chart = Chart.with(values.formatted("0123456789abcdef"));

    for (JsonNode manifest : chart.manifests()) {
      assertThat(Manifests.problem(manifest)).as("%s", manifest).isEmpty();
    }
    assertThat(chart.names()).doesNotHaveDuplicates().contains("Deployment ops/er-etcd-robustness");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          replicas: 3                                   | replicas
          replicas: 2                                   | ReadWriteMany
          {replicas: 2, leaderElection: {enabled: false}} | needs leaderElection.enabled
          {replicas: 2, reports: {persistence: {enabled: false}}} | needs reports.persistence.enabled
          maxparallel: 3                                | maxparallel
          maxParallel: 0                                | maxParallel
          image: {repository: 'a:b'}                    | repository
          watch: {namespaces: [Upper]}                  | namespaces
          reports: {size: much}                         | size
          metrics: {prometheusRule: {noSuccessFor: 1w}} | noSuccessFor
          metrics: {prometheusRule: {runbookUrl: wiki}} | runbookUrl
          """)
  void wrongValuesAreRefusedByName(String values, String named) {
    assertThatThrownBy(() -> Chart.with(values)).hasMessageContaining(named);
  }

  @Test
  void theDefinitionsAreThoseOfTheProject() throws IOException {
    Chart chart = Chart.with("{}");

    List<JsonNode> rendered = chart.all("CustomResourceDefinition");
    assertThat(rendered).hasSize(3);
    for (JsonNode definition : rendered) {
      String file = definition.at("/metadata/name").asText() + "-v1.yml";
      Path project = Path.of("../crds", file);
      assertThat(Chart.FOLDER.resolve("files/crds").resolve(file))
          .as("cp crds/*.yml helm/etcd-robustness/files/crds/")
          .hasSameTextualContentAs(project);
      assertThat(definition.at("/metadata/annotations/helm.sh~1resource-policy").asText())
          .isEqualTo("keep");
      ((ObjectNode) definition.get("metadata")).remove(List.of("annotations", "labels"));
      assertThat(definition.equals(Chart.YAML.readTree(project.toFile()))).as(file).isTrue();
    }
  }

  @Test
  void definitionsCanBeLeftToOthersOrGoWithTheRelease() {
    assertThat(Chart.with("crds: {install: false}").all("CustomResourceDefinition")).isEmpty();
    assertThat(Chart.with("crds: {keep: false}").all("CustomResourceDefinition"))
        .hasSize(3)
        .allMatch(crd -> crd.at("/metadata/annotations").isMissingNode());
  }

  @Test
  void allPodsKeepToTheRestrictedProfileAndAReadOnlyRoot() {
    Chart chart = Chart.with("{}");

    for (JsonNode pod :
        List.of(
            chart.the("Deployment", "er-etcd-robustness").at("/spec/template/spec"),
            chart.the("Pod", "er-etcd-robustness-check").at("/spec"))) {
      assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
      assertThat(pod.at("/securityContext/seccompProfile/type").asText())
          .isEqualTo("RuntimeDefault");
      for (JsonNode container : pod.get("containers")) {
        JsonNode security = container.get("securityContext");
        assertThat(security.get("allowPrivilegeEscalation").asBoolean()).isFalse();
        assertThat(security.get("readOnlyRootFilesystem").asBoolean()).isTrue();
        assertThat(Chart.texts(security.at("/capabilities/drop"))).containsExactly("ALL");
        assertThat(container.at("/resources/limits/memory").asText()).isNotEmpty();
      }
    }
  }

  @Test
  void oneReplicaNeverBlocksADrainAndTwoAreKeptApart() {
    Chart one = Chart.with("{}");
    Chart two = Chart.with("{replicas: 2, reports: {persistence: {accessModes: [ReadWriteMany]}}}");

    assertThat(one.all("PodDisruptionBudget")).isEmpty();
    assertThat(one.the("Deployment", "er-etcd-robustness").at("/spec/strategy/type").asText())
        .isEqualTo("Recreate");
    assertThat(two.all("PodDisruptionBudget")).hasSize(1);
    JsonNode deployment = two.the("Deployment", "er-etcd-robustness");
    assertThat(deployment.at("/spec/strategy/type").asText()).isEqualTo("RollingUpdate");
    assertThat(deployment.at("/spec/template/spec/affinity/podAntiAffinity").isObject()).isTrue();
  }

  @Test
  void theSettingsReachTheOperator() {
    Chart chart =
        Chart.with(
            """
            image: {repository: here/robustness, tag: t}
            etcdImageRepository: here/etcd
            maxParallel: 7
            watch: {namespaces: [a, b]}
            reports: {size: 9Gi}
            leaderElection: {enabled: false}
            """);

    JsonNode container =
        chart.the("Deployment", "er-etcd-robustness").at("/spec/template/spec/containers/0");
    assertThat(container.get("image").asText()).isEqualTo("here/robustness:t");
    assertThat(Chart.texts(container.get("args")))
        .startsWith("operator")
        .contains(
            "--namespace=ops",
            "--image=here/robustness:t",
            "--etcd-image-repository=here/etcd",
            "--max-parallel=7",
            "--watch-namespaces=a,b",
            "--reports-size=9Gi",
            "--reports-url=http://er-etcd-robustness-reports.ops.svc:8081")
        .doesNotContain("--leader-election");
  }

  @Test
  void theServicesLeadToTheOperatorsPorts() {
    Chart chart = Chart.with("{}");
    JsonNode deployment = chart.the("Deployment", "er-etcd-robustness");

    for (String name : List.of("metrics", "reports")) {
      JsonNode service = chart.the("Service", "er-etcd-robustness-" + name);
      JsonNode port = service.at("/spec/ports/0");
      assertThat(deployment.at("/spec/template/spec/containers/0/ports").valueStream())
          .anyMatch(p ->
              p.get("name").equals(port.get("targetPort"))
                  && p.get("containerPort").equals(port.get("port")));
      assertThat(service.at("/spec/selector"))
          .isEqualTo(deployment.at("/spec/selector/matchLabels"));
    }
  }

  @Test
  void theDashboardsComeAsConfigMapsThatGrafanasSidecarFinds() throws IOException {
    Chart chart =
        Chart.with("metrics: {dashboards: {enabled: true, namespace: grafana, labels: {a: b}}}");

    List<JsonNode> maps = chart.all("ConfigMap").stream().filter(ChartTest::isDashboard).toList();
    assertThat(maps.stream().map(map -> map.at("/metadata/name").asText()))
        .containsExactlyInAnyOrder(
            "er-etcd-robustness-dashboard-fleet",
            "er-etcd-robustness-dashboard-soak",
            "er-etcd-robustness-dashboard-etcd",
            "er-etcd-robustness-dashboard-matrix",
            "er-etcd-robustness-dashboard-operator");
    for (JsonNode map : maps) {
      assertThat(map.at("/metadata/namespace").asText()).isEqualTo("grafana");
      assertThat(map.at("/metadata/labels/grafana_dashboard").asText()).isEqualTo("1");
      assertThat(map.at("/metadata/labels/a").asText()).isEqualTo("b");
      assertThat(map.at("/metadata/annotations/grafana_folder").asText())
          .isEqualTo("etcd robustness");
      String name = map.at("/metadata/name").asText().replace("er-etcd-robustness-dashboard-", "");
      assertThat(Chart.YAML.readTree(map.get("data").elements().next().asText()))
          .as(name)
          .isEqualTo(Chart.YAML.readTree(Path.of("..", "dashboards", name + ".json").toFile()));
    }
    assertThat(Chart.with("{}").all("ConfigMap")).noneMatch(ChartTest::isDashboard);
  }

  private static boolean isDashboard(JsonNode map) {
    return map.at("/metadata/labels").has("grafana_dashboard");
  }

  @Test
  void theEtcdsUnderTestAreScrapedUnderTheNamesOfTheirTestAndMember() {
    JsonNode endpoint =
        Chart.with("metrics: {podMonitor: {enabled: true}}")
            .the("PodMonitor", "er-etcd-robustness-members")
            .at("/spec/podMetricsEndpoints/0");

    assertThat(endpoint.get("port").asText()).isEqualTo("metrics");
    assertThat(endpoint.path("honorLabels").asBoolean()).isFalse();
    assertThat(endpoint.get("relabelings").findValuesAsText("targetLabel"))
        .containsExactly("test", "member");
    assertThat(
            Chart.with("metrics: {podMonitor: {enabled: true, members: false}}").all("PodMonitor"))
        .hasSize(2);
  }

  @Test
  void theChartTestIsAMinutesTestThatTheCommandUnderstands() throws IOException, SpecException {
    Chart chart = Chart.with("watch: {namespaces: [a, b]}");

    String yaml = chart.the("ConfigMap", "er-etcd-robustness-check").at("/data/test.yaml").asText();
    TestDocument document = new SpecReader(Set.of()).read("test.yaml", yaml);
    JsonNode resource = chart.the("RobustnessTest", "er-etcd-robustness-check");

    assertThat(document.spec().duration()).isEqualTo("60s");
    JsonNode file = Chart.YAML.readTree(yaml);
    assertThat(file.get("spec")).isEqualTo(resource.get("spec"));
    assertThat(Stream.of(file, resource).map(m -> m.at("/metadata/namespace").asText()))
        .containsOnly("a");
    assertThat(chart.the("Pod", "er-etcd-robustness-check").at("/metadata/namespace").asText())
        .isEqualTo("a");
  }

  @Test
  void theHaltIsASwitchOfItsOwn() {
    assertThat(halt("{}")).isEqualTo("false");
    assertThat(halt("halt: true")).isEqualTo("true");
  }

  private static String halt(String values) {
    return Chart.with(values).the("ConfigMap", "etcd-robustness-switch").at("/data/halt").asText();
  }

  @Test
  void anUpgradeKeepsTheTokensAndAHaltThatSomebodySet() {
    Map<String, String> cluster =
        Map.of(
            "/api/v1/namespaces/ops/secrets/er-etcd-robustness-tokens",
            """
            {"kind": "Secret", "apiVersion": "v1", "metadata": {"name": "er-etcd-robustness-tokens"},
             "data": {"reader": "b2xk", "master": "b2xkZXI="}}\
            """,
            "/api/v1/namespaces/ops/configmaps/etcd-robustness-switch",
            """
            {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "etcd-robustness-switch"},
             "data": {"halt": "true"}}\
            """);

    Chart upgraded = Chart.with("{}", cluster);

    JsonNode tokens = upgraded.the("Secret", "er-etcd-robustness-tokens").get("data");
    assertThat(tokens.get("reader").asText()).isEqualTo("b2xk");
    assertThat(tokens.get("master").asText()).isEqualTo("b2xkZXI=");
    assertThat(upgraded.the("ConfigMap", "etcd-robustness-switch").at("/data/halt").asText())
        .isEqualTo("true");
  }

  @Test
  void aSecretOfOnesOwnTakesThePlaceOfTheDrawnTokens() {
    JsonNode drawn = Chart.with("{}").the("Secret", "er-etcd-robustness-tokens").get("data");
    Chart own = Chart.with("reports: {auth: {existingSecret: mine}}");

    assertThat(drawn.get("reader").asText()).hasSizeGreaterThan(40);
    assertThat(drawn.get("master").asText()).hasSizeGreaterThan(60);
    assertThat(own.all("Secret")).isEmpty();
    assertThat(
            own.the("Deployment", "er-etcd-robustness")
                .at("/spec/template/spec/volumes")
                .findValuesAsText("secretName"))
        .containsExactly("mine");
  }

  @Test
  void everySettingIsExplained() throws IOException {
    List<String> lines = Files.readAllLines(Chart.FOLDER.resolve("values.yaml"));
    JsonNode schema = Chart.YAML.readTree(Chart.FOLDER.resolve("values.schema.json").toFile());
    JsonNode values = Chart.YAML.readTree(Chart.FOLDER.resolve("values.yaml").toFile());

    assertThat(lines).hasSizeGreaterThan(100);
    assertThat(schema.get("properties").propertyStream().map(p -> p.getKey()))
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(values.propertyStream().map(p -> p.getKey()), Stream.of("global"))
                .toList());
    assertThat(Files.readString(Chart.FOLDER.resolve("README.md")))
        .contains(values.propertyStream().map(p -> "`" + p.getKey()).toList());
  }
}
