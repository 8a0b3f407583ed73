package io.etcdrobustness.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.etcdrobustness.dashboards.Grafana.Ask;
import io.etcdrobustness.spec.SpecException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every query of every panel, annotation and variable, put to a real Prometheus that has scraped an
 * operator, a real run and its real etcds: each must return data. And the pictures of docs/, drawn
 * from the answers.
 *
 * <p>For pictures of a longer run: {@code -Ddashboards.length=PT5M}.
 */
@Tag("etcd")
@SuppressWarnings("NullAway.Init") // JUnit sets the fields.
class QueriesTest {

  private static final Duration LENGTH =
      Duration.parse(System.getProperty("dashboards.length", "PT80S"));

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path folder;
  private static Optional<Scene> played = Optional.empty();

  @BeforeAll
  static void play() throws IOException, InterruptedException, SpecException {
    played = Optional.of(Scene.play(folder, LENGTH));
  }

  @AfterAll
  static void end() {
    played.ifPresent(Scene::close);
  }

  private static Scene scene() {
    return played.orElseThrow();
  }

  private static Grafana reader(Dashboard dashboard) {
    return switch (dashboard.name()) {
      case "soak", "etcd" -> scene().of(RealRun.NAME);
      case "operator" -> scene().all().choosing("job", Scene.OPERATOR);
      default -> scene().all();
    };
  }

  private static JsonNode json(Dashboard dashboard) {
    return JSON.valueToTree(dashboard.json());
  }

  @TestFactory
  List<DynamicTest> everyQueryReturnsData() {
    return Catalogue.all().stream()
        .flatMap(dashboard ->
            Grafana.asks(json(dashboard)).stream()
                .map(ask ->
                    DynamicTest.dynamicTest(
                        ask.where(), () -> assertReturnsData(reader(dashboard), ask))))
        .toList();
  }

  private static void assertReturnsData(Grafana reader, Ask ask)
      throws IOException, InterruptedException {
    JsonNode answer = reader.ask(ask);
    if (answer.isEmpty() && ask.expression().contains("PodDelete")) {
      // Processes have no pods to fault; another run has.
      answer = scene().of("pods-3-7").ask(ask);
    }
    assertThat(numbers(answer)).as("%s", ask).isPositive();
  }

  /** How many numbers it holds; NaN is what a quantile of nothing is. */
  private static long numbers(JsonNode answer) {
    return answer.findValues("values").stream()
            .flatMap(JsonNode::valueStream)
            .filter(QueriesTest::isNumber)
            .count()
        + answer.findValues("value").stream().filter(QueriesTest::isNumber).count();
  }

  private static boolean isNumber(JsonNode sample) {
    return !sample.get(1).asText().equals("NaN");
  }

  @TestFactory
  List<DynamicTest> everyVariableOffersValues() {
    return Catalogue.all().stream()
        .flatMap(dashboard ->
            json(dashboard)
                .at("/templating/list")
                .valueStream()
                .filter(variable -> variable.get("type").asText().equals("query"))
                .map(variable ->
                    DynamicTest.dynamicTest(
                        dashboard.name() + " " + variable.get("name").asText(),
                        () -> assertThat(reader(dashboard).values(variable)).isNotEmpty())))
        .toList();
  }

  /** The pictures of docs/dashboards/; copied there by hand, since they differ with each run. */
  @Test
  void everyPanelIsDrawn() throws IOException, InterruptedException {
    Path pictures = Files.createDirectories(Path.of("target", "pictures"));
    for (Dashboard dashboard : Catalogue.all()) {
      Path picture = pictures.resolve(dashboard.name() + ".png");
      assertThat(
              Picture.draw(
                  json(dashboard), reader(dashboard).until(scene().trafficEnds()), picture, folder))
          .as("panels of %s without data", dashboard.name())
          .isEmpty();
    }
  }

  @Test
  void aQueryOfAMetricThatDoesNotExistIsNoticed() throws IOException, InterruptedException {
    Ask ask = new Ask("", "sum(etcdrobust_verdicts)", true, 1);

    assertThat(numbers(scene().all().ask(ask))).isZero();
  }
}
