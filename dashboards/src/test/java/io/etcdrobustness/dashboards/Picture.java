package io.etcdrobustness.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.etcdrobustness.dashboards.Grafana.Ask;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Draws a dashboard from what Prometheus answers, in a real Chromium; says so in the picture. */
final class Picture {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern DRAWN =
      Pattern.compile("data-empty=\"([^\"]*)\" data-height=\"(\\d+)\"");
  private static final int WIDTH = 1600;

  private Picture() {}

  /** A stretch of the time line that is marked. */
  private record Marked(String colour, double start, double end) {}

  /** Draws into {@code file}, and returns the titles of panels that have nothing to show. */
  static String draw(JsonNode dashboard, Grafana reader, Path file, Path folder)
      throws IOException, InterruptedException {
    Path page = file.resolveSibling(file.getFileName() + ".html");
    Files.writeString(page, template().replace("@DATA@", data(dashboard, reader)));
    Tool chromium = Tool.any("chromium", "chromium-browser", "google-chrome");
    Matcher drawn =
        DRAWN.matcher(chromium.run(folder, arguments(folder, page, "--dump-dom")).text());
    assertThat(drawn.find()).as("%s was drawn", page).isTrue();
    String size = "--window-size=%d,%s".formatted(WIDTH, drawn.group(2));
    Files.deleteIfExists(file);
    chromium.run(folder, arguments(folder, page, size, "--screenshot=" + file.toAbsolutePath()));
    assertThat(file).isNotEmptyFile();
    return drawn.group(1);
  }

  private static String[] arguments(Path folder, Path page, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--hide-scrollbars",
                "--user-data-dir=" + folder.resolve("chromium"),
                "--virtual-time-budget=5000"));
    arguments.addAll(List.of(more));
    arguments.add(page.toUri().toString());
    return arguments.toArray(String[]::new);
  }

  private static String template() throws IOException {
    try (InputStream template =
        Objects.requireNonNull(Picture.class.getResourceAsStream("picture.html"))) {
      return new String(template.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String data(JsonNode dashboard, Grafana reader)
      throws IOException, InterruptedException {
    Map<String, Object> answers = new LinkedHashMap<>();
    for (JsonNode panel : dashboard.get("panels")) {
      for (JsonNode target : panel.path("targets")) {
        Ask ask =
            new Ask(
                "",
                target.get("expr").asText(),
                target.get("instant").asBoolean(),
                Grafana.scaled(panel.path("interval").asText("15s")));
        List<Map<String, Object>> series = new ArrayList<>();
        for (JsonNode each : reader.ask(ask)) {
          Map<String, Object> one = new LinkedHashMap<>();
          each.propertyStream().forEach(field -> one.put(field.getKey(), field.getValue()));
          one.put("step", reader.step(ask));
          series.add(one);
        }
        answers.put(panel.get("id").asText() + target.get("refId").asText(), series);
      }
    }
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("dashboard", dashboard);
    data.put("answers", answers);
    data.put("marks", marks(dashboard, reader));
    data.put("from", reader.from());
    data.put("to", reader.to());
    data.put("chosen", reader.chosen());
    return JSON.writeValueAsString(data).replace("</", "<\\/");
  }

  /** As Grafana does: samples that are not 0 and no more than a step apart are one stretch. */
  private static List<Marked> marks(JsonNode dashboard, Grafana reader)
      throws IOException, InterruptedException {
    List<Marked> marks = new ArrayList<>();
    for (JsonNode annotation : dashboard.at("/annotations/list")) {
      if (!annotation.get("enable").asBoolean()) {
        continue;
      }
      Ask ask =
          new Ask(
              "",
              annotation.at("/target/expr").asText(),
              false,
              Grafana.scaled(annotation.at("/target/interval").asText()));
      for (JsonNode series : reader.ask(ask)) {
        double start = 0;
        double end = 0;
        for (JsonNode sample : series.get("values")) {
          if (sample.get(1).asDouble() == 0) {
            continue;
          }
          double time = sample.get(0).asDouble();
          if (time > end + reader.step(ask)) {
            if (end > 0) {
              marks.add(new Marked(annotation.get("iconColor").asText(), start, end));
            }
            start = time;
          }
          end = time;
        }
        if (end > 0) {
          marks.add(new Marked(annotation.get("iconColor").asText(), start, end));
        }
      }
    }
    return marks;
  }
}
