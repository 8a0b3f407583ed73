package io.etcdrobustness.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.etcdrobustness.dashboards.Grafana.Ask;
import io.etcdrobustness.operator.metrics.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The files are what the code says, and keep to what Grafana and Kubernetes can take. */
class FilesTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** A ConfigMap holds no more, and a client that applies one writes it down twice. */
  private static final int MOST_BYTES = 256 << 10;

  private static final Pattern OURS = Pattern.compile("etcdrobust_[a-z_]+");

  private static List<JsonNode> dashboards() {
    List<JsonNode> all = new ArrayList<>();
    Catalogue.all().forEach(dashboard -> all.add(JSON.valueToTree(dashboard.json())));
    return all;
  }

  @Test
  void theFilesAreCurrentHereAndInTheChart() throws IOException {
    Path fresh = Path.of("target", "dashboards");
    Files.createDirectories(fresh);
    Map<String, String> files = Catalogue.files();
    for (Map.Entry<String, String> file : files.entrySet()) {
      Files.writeString(fresh.resolve(file.getKey()), file.getValue());
    }
    for (Path folder :
        List.of(Path.of(""), Path.of("..", "helm", "etcd-robustness", "files", "dashboards"))) {
      try (Stream<Path> there = Files.list(folder.toAbsolutePath())) {
        assertThat(
                there.map(file -> file.getFileName().toString()).filter(n -> n.endsWith(".json")))
            .as("dashboards in %s", folder)
            .containsExactlyInAnyOrderElementsOf(files.keySet());
      }
      for (Map.Entry<String, String> file : files.entrySet()) {
        assertThat(folder.resolve(file.getKey()))
            .as(
                "cp dashboards/target/dashboards/*.json dashboards/ && cp dashboards/*.json"
                    + " helm/etcd-robustness/files/dashboards/")
            .hasContent(file.getValue());
        assertThat(file.getValue().length()).isLessThan(MOST_BYTES);
      }
    }
  }

  @Test
  void everyMetricOfOursThatIsAskedForIsInTheCatalogue() {
    Set<String> known =
        Arrays.stream(Metric.values())
            .flatMap(metric ->
                metric.type() == Metric.Type.HISTOGRAM
                    ? Stream.of("_bucket", "_sum", "_count")
                        .map(suffix -> metric.prometheusName() + suffix)
                    : Stream.of(metric.prometheusName()))
            .collect(Collectors.toSet());
    for (JsonNode dashboard : dashboards()) {
      assertThat(OURS.matcher(dashboard.toString()).results().map(MatchResult::group))
          .as(dashboard.get("title").asText())
          .isSubsetOf(known);
    }
  }

  /** Nothing that is measured is of use to nobody. */
  @Test
  void everyMetricOfOursIsOnADashboard() {
    Set<String> asked = new LinkedHashSet<>();
    for (JsonNode dashboard : dashboards()) {
      for (Ask ask : Grafana.asks(dashboard)) {
        OURS.matcher(ask.expression())
            .results()
            .map(MatchResult::group)
            .map(name -> name.replaceAll("_(bucket|sum|count)$", ""))
            .forEach(asked::add);
      }
    }
    // These two are seen by nobody but a scrape within the moments before a runner ends.
    asked.add(Metric.PROPERTY_HITS.prometheusName());
    asked.add(Metric.PROPERTY_VIOLATIONS.prometheusName());

    assertThat(asked)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(Metric.values()).map(Metric::prometheusName).toList());
  }

  @Test
  void everyDataSourceIsTheOneThatTheReaderChooses() {
    for (JsonNode dashboard : dashboards()) {
      List<JsonNode> sources = dashboard.findValues("datasource");
      assertThat(sources)
          .isNotEmpty()
          .allMatch(source -> source.at("/uid").asText().equals("${datasource}"));
      assertThat(dashboard.has("id")).isFalse();
      assertThat(dashboard.has("__inputs")).isFalse();
      assertThat(dashboard.at("/templating/list/0/type").asText()).isEqualTo("datasource");
    }
  }

  @Test
  void everyPanelExplainsItselfAndNoneCoversAnother() {
    for (JsonNode dashboard : dashboards()) {
      Set<String> taken = new HashSet<>();
      Set<Integer> ids = new HashSet<>();
      for (JsonNode panel : dashboard.get("panels")) {
        assertThat(ids.add(panel.get("id").asInt())).as("%s", panel.get("id")).isTrue();
        if (!panel.get("type").asText().equals("row")) {
          assertThat(panel.get("description").asText()).as("%s", panel).isNotBlank();
        }
        JsonNode place = panel.get("gridPos");
        for (int x = 0; x < place.get("w").asInt(); x++) {
          for (int y = 0; y < place.get("h").asInt(); y++) {
            int column = place.get("x").asInt() + x;
            assertThat(column).isLessThan(Panel.FULL);
            assertThat(taken.add(column + "," + (place.get("y").asInt() + y)))
                .as("%s", panel.get("title"))
                .isTrue();
          }
        }
      }
    }
  }

  @Test
  void dashboardsLeadToOthersThatAreThere() {
    Set<String> uids =
        dashboards().stream().map(d -> d.get("uid").asText()).collect(Collectors.toSet());
    Pattern link = Pattern.compile("/d/([a-z-]+)");
    for (JsonNode dashboard : dashboards()) {
      assertThat(link.matcher(dashboard.toString()).results().map(found -> found.group(1)))
          .isSubsetOf(uids);
    }
  }
}
