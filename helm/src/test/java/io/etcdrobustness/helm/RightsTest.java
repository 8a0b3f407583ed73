package io.etcdrobustness.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RightsTest {

  private static final String NAMESPACED = "watch: {namespaces: [a, b]}";

  /** What a runner's Role has; the API server lets only those grant it who hold it. */
  private static final Map<String, List<String>> RUNNER =
      Map.of(
          "robustnessruns", List.of("get", "list", "watch"),
          "robustnessruns/status", List.of("patch"),
          "pods", List.of("get", "delete", "patch"),
          "pods/eviction", List.of("create"),
          "statefulsets", List.of("get", "patch"),
          "persistentvolumeclaims", List.of("get", "delete"),
          "events", List.of("create", "patch"));

  @Test
  void theOperatorHoldsWhatItGrantsToRunnersInBothModes() {
    for (JsonNode role :
        List.of(
            Chart.with("{}").the("ClusterRole", "er-etcd-robustness-ops"),
            Chart.with(NAMESPACED).all("Role").stream()
                .filter(r -> r.at("/metadata/namespace").asText().equals("b"))
                .findFirst()
                .orElseThrow())) {
      SortedMap<String, String> held = verbs(role);
      RUNNER.forEach((resource, verbs) ->
          assertThat(held.getOrDefault(resource, "").split(", ")).as(resource).containsAll(verbs));
    }
  }

  @Test
  void namesOfNamespacesKeepTheOperatorOutOfAllOthers() {
    Chart chart = Chart.with(NAMESPACED + "\nrbac: {aggregate: false}");

    assertThat(chart.all("ClusterRole")).isEmpty();
    assertThat(chart.all("ClusterRoleBinding")).isEmpty();
    assertThat(
            chart.all("RoleBinding").stream()
                .filter(b -> b.at("/subjects/0/name").asText().equals("er-etcd-robustness"))
                .map(b -> b.at("/metadata/namespace").asText()))
        .containsExactlyInAnyOrder("ops", "a", "b");
  }

  @Test
  void bothModesGiveTheSameRightsButForTheLabelsOfNamespaces() {
    SortedMap<String, String> everywhere =
        verbs(Chart.with("{}").the("ClusterRole", "er-etcd-robustness-ops"));
    SortedMap<String, String> here =
        verbs(Chart.with("watch: {namespaces: [a]}").the("Role", "er-etcd-robustness-tests"));

    assertThat(everywhere.remove("namespaces")).isEqualTo("get, list, watch");
    assertThat(here).isEqualTo(everywhere);
  }

  @Test
  void noRightIsWiderThanItsPurpose() {
    SortedMap<String, String> held =
        verbs(Chart.with("{}").the("ClusterRole", "er-etcd-robustness-ops"));

    assertThat(held.keySet()).noneMatch(r -> r.contains("*") || r.startsWith("nodes"));
    assertThat(held).doesNotContainKeys("pods/exec", "pods/ephemeralcontainers", "pods/attach");
    assertThat(held.values())
        .noneMatch(v -> v.matches(".*(\\*|escalate|bind|impersonate|deletecollection).*"));
    assertThat(held.get("secrets")).doesNotContain("list").doesNotContain("watch");
  }

  @Test
  void rightsOverNodesAreOnlyGivenWhenDrainsAreAllowed() {
    for (String mode : List.of("", NAMESPACED)) {
      Chart chart = Chart.with(mode + "\nnodeDrain: {enabled: true}");
      assertThat(verbs(chart.the("ClusterRole", "er-etcd-robustness-ops-nodes")))
          .containsExactly(Map.entry("nodes", "get, list, patch"));
      assertThat(
              chart
                  .the("ClusterRoleBinding", "er-etcd-robustness-ops-nodes")
                  .at("/subjects/0/name")
                  .asText())
          .isEqualTo("er-etcd-robustness");
    }
  }

  @Test
  void thePageTellsTheseRightsAndWhatEachIsFor() throws IOException {
    SortedMap<String, String> held =
        verbs(Chart.with("{}").the("ClusterRole", "er-etcd-robustness-ops"));
    SortedMap<String, String> own = verbs(Chart.with("{}").the("Role", "er-etcd-robustness"));
    SortedMap<String, String> told = new TreeMap<>();
    Pattern row = Pattern.compile("\\| (`[a-z/`, ]+`) \\| ([a-z, ]+) \\| (\\S.*) \\|");
    for (String line : Files.readAllLines(Path.of("../docs/kubernetes.md"))) {
      Matcher matcher = row.matcher(line);
      if (matcher.matches()) {
        for (String resource : matcher.group(1).replace("`", "").split(", ")) {
          assertThat(told.put(resource, sorted(List.of(matcher.group(2).split(", ")))))
              .as(resource)
              .isNull();
        }
      }
    }

    held.putAll(own);
    held.putAll(
        verbs(
            Chart.with("nodeDrain: {enabled: true}")
                .the("ClusterRole", "er-etcd-robustness-ops-nodes")));
    assertThat(told).isEqualTo(held);
  }

  @Test
  void everyRuleOfTheChartSaysWhatItIsFor() throws IOException {
    List<String> lines = Files.readAllLines(Chart.FOLDER.resolve("templates/rbac.yaml"));

    for (int i = 1; i < lines.size(); i++) {
      if (lines.get(i).strip().startsWith("- apiGroups:")) {
        assertThat(lines.get(i - 1).strip()).as("line %d", i).startsWith("# ");
      }
    }
  }

  private static SortedMap<String, String> verbs(JsonNode role) {
    SortedMap<String, String> verbs = new TreeMap<>();
    for (JsonNode rule : role.get("rules")) {
      for (String resource : Chart.texts(rule.get("resources")).toList()) {
        assertThat(verbs.put(resource, sorted(Chart.texts(rule.get("verbs")).toList())))
            .as("one rule for %s", resource)
            .isNull();
      }
    }
    return verbs;
  }

  private static String sorted(List<String> verbs) {
    return new TreeSet<>(verbs).stream().collect(Collectors.joining(", "));
  }
}
