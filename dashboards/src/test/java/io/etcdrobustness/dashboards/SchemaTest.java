package io.etcdrobustness.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.dashboards.Tool.Said;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each dashboard is what Grafana's own types (npm {@code @grafana/schema}) say that one is. */
class SchemaTest {

  private static final Path SOURCE = Path.of("schema");
  private static final Path FOLDER = Path.of("target", "schema").toAbsolutePath();

  @BeforeAll
  static void install() throws IOException, InterruptedException {
    Tool npm = Tool.any("npm");
    Files.createDirectories(FOLDER);
    try (Stream<Path> old = Files.list(FOLDER)) {
      for (Path file : old.filter(Files::isRegularFile).toList()) {
        Files.delete(file);
      }
    }
    Path lock = SOURCE.resolve("package-lock.json");
    Path installed = FOLDER.resolve("node_modules").resolve("installed");
    boolean current = Files.exists(installed) && Files.mismatch(lock, installed) < 0;
    try (Stream<Path> files = Files.list(SOURCE)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, FOLDER.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    if (!current) {
      Said said = npm.run(FOLDER, "ci", "--ignore-scripts");
      assertThat(said.exit()).as(said.text()).isZero();
      Files.copy(lock, installed);
    }
  }

  private static Said check(String name, String dashboard)
      throws IOException, InterruptedException {
    Path file = FOLDER.resolve(name + ".ts");
    // Only a literal is checked for fields too many.
    Files.writeString(
        file,
        "import type { Dashboard } from './grafana.js';\nexport const dashboard: Dashboard =\n"
            + dashboard);
    try {
      return new Tool(FOLDER.resolve("node_modules/.bin/tsc")).run(FOLDER, "--pretty", "false");
    } finally {
      Files.delete(file);
    }
  }

  @Test
  void everyDashboardIsOneToGrafana() throws IOException, InterruptedException {
    for (Map.Entry<String, String> file : Catalogue.files().entrySet()) {
      Said said = check("every", file.getValue());
      assertThat(said.exit()).as("%s: %s", file.getKey(), said.text()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      textBlock =
          """
          "cellHeight",                 "cellHigh"
          "drawStyle" : "line",         "drawStyle" : "lines"
          "graphTooltip" : 1,           "graphTooltip" : 7
          "schemaVersion",              "schema"
          "uid" : "${datasource}",      "uid" : "PBFA97CFB590B2093"
          "titleFormat",                "title"
          "type" : "color-background",  "type" : "colour-background"
          "fillOpacity",                "opacity"
          "legendFormat",               "legend"
          "type" : "stat",              "type" : "singlestat"
          "id" : "organize",            "id" : "organise"
          """)
  void whatGrafanaDoesNotKnowIsNoticed(String right, String wrong)
      throws IOException, InterruptedException {
    String good = Catalogue.files().getOrDefault("fleet.json", "");
    assertThat(good).contains(right);

    Said said = check("wrong", good.replace(right, wrong));

    assertThat(said.exit()).isNotZero();
    assertThat(said.text()).contains("wrong.ts");
  }
}
