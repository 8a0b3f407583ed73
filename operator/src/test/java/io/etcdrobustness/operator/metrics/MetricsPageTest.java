package io.etcdrobustness.operator.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.operator.metrics.Metric.Side;
import io.etcdrobustness.resource.Status.PropertyKind;
import io.etcdrobustness.resource.Status.PropertyResult;
import io.etcdrobustness.resource.Status.PropertyStatus;
import io.etcdrobustness.resource.Status.Verdict;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is shown is what is documented, and the other way round. */
class MetricsPageTest {

  private static final long S = 1_000_000_000;

  @TempDir private Path directory;

  @Test
  void theDocumentationIsCurrent() throws IOException {
    Path page = Path.of("..", "docs", "metrics.md");
    Path fresh = Path.of("target", "metrics.md");
    Files.createDirectories(Path.of("target"));
    Files.writeString(fresh, MetricsPage.markdown());

    assertThat(page)
        .as("copy operator/target/metrics.md to docs/metrics.md")
        .hasContent(MetricsPage.markdown());
  }

  @ParameterizedTest
  @EnumSource
  void allThatIsShownIsDocumentedAndAllThatIsDocumentedIsShown(Side side) {
    Exposition exposition = Exposition.of(everything(side));
    Set<String> shown = new LinkedHashSet<>();
    for (String series : exposition.samples().keySet()) {
      String name = exposition.metric(series);
      if (name.startsWith("etcdrobust_")) {
        shown.add(name);
        Metric metric = metric(name);
        assertThat(metric.side()).as(name).isEqualTo(side);
        assertThat(Exposition.labels(series))
            .as(name)
            .containsExactlyInAnyOrderElementsOf(metric.labels());
        assertThat(exposition.types().get(name)).as(name).isEqualTo(metric.type().word());
      }
    }

    assertThat(shown)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(Metric.values())
                .filter(metric -> metric.side() == side)
                .map(Metric::prometheusName)
                .collect(Collectors.toSet()));
  }

  @ParameterizedTest
  @EnumSource
  void promtoolFindsNothingToSay(Side side) throws IOException, InterruptedException {
    Optional<Path> promtool = promtool();
    assumeTrue(promtool.isPresent(), "promtool is not installed");
    Path scrape = directory.resolve("scrape");
    // Only ours: Micrometer's names for the process are not ours to choose.
    Files.writeString(
        scrape,
        everything(side)
            .scrape()
            .lines()
            .filter(line -> line.contains("etcdrobust_"))
            .collect(Collectors.joining("\n", "", "\n")));
    Process check =
        new ProcessBuilder(promtool.get().toString(), "check", "metrics")
            .redirectInput(scrape.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("said").toFile())
            .start();

    assertThat(check.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(directory.resolve("said")).hasContent("");
    assertThat(check.exitValue()).isZero();
  }

  private static Optional<Path> promtool() {
    return Arrays.stream(
            Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator))
        .map(folder -> Path.of(folder, "promtool"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static Metric metric(String name) {
    return Arrays.stream(Metric.values())
        .filter(metric -> metric.prometheusName().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is not in the catalogue"));
  }

  private static PrometheusMeterRegistry everything(Side side) {
    PrometheusMeterRegistry registry = OperatorMetrics.registry();
    switch (side) {
      case OPERATOR -> {
        OperatorMetrics metrics = new OperatorMetrics(registry);
        metrics.queue(() -> 2);
        metrics.observe(
            OperatorMetricsTest.test(
                "soak",
                OperatorMetricsTest.judged(
                    List.of(
                        new PropertyResult(
                            "NoPanic", PropertyKind.Never, PropertyStatus.Holds, 3L, 0L)),
                    Verdict.Passed)));
        new SuiteMetrics(registry).observe(SuiteMetricsTest.suite("}"));
      }
      case RUNNER -> run(new RunMetrics(registry, "team-a", "soak", InstantSource.system()));
    }
    return registry;
  }

  private static void run(RunMetrics metrics) {
    metrics.record(new MemberEvent("m0", MemberEvent.Kind.VERSION, 0, 0, "v3.7.3", true, 0));
    metrics.record(new MemberEvent("m0", MemberEvent.Kind.LEADER, 1, 2, "", true, 0));
    Outcome unknown = new Outcome.Unknown(new Failure(Failure.Kind.OTHER, "UNAVAILABLE", ""));
    metrics.record(new Operation(1, 1, "", Request.Put.of("k", "v"), 0, S, unknown));
    metrics.record(
        new FaultWindow(
            "f1", "Kill", "Leader", List.of("m0"), "", 0, S, FaultWindow.Result.CONFIRMED, ""));
    Outcome ok = new Outcome.Ok(new Response.PutDone(Header.ofRevision(2), Optional.empty()));
    metrics.record(new Operation(2, 1, "", Request.Put.of("k", "w"), S, 2 * S, ok));
    metrics.record(new Phase(Phase.Name.END, 3 * S));
    metrics.windows(Duration.ofSeconds(61), Duration.ofSeconds(60));
    metrics.windowJudged("Passed", Duration.ofSeconds(1), Duration.ofMillis(300));
    metrics.judged(
        new Finding("NoPanic", Property.Kind.NEVER, Finding.Status.HOLDS, 3, List.of(), 0, ""));
  }
}
