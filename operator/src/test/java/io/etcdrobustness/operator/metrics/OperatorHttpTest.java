package io.etcdrobustness.operator.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.operator.metrics.OperatorHttp.Health;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What Kubernetes and Prometheus are answered. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields.
class OperatorHttpTest {

  private volatile Optional<String> trouble = Optional.of("the caches are not filled yet");
  private final PrometheusMeterRegistry registry = OperatorMetrics.registry();
  private final HttpClient http = HttpClient.newHttpClient();
  private OperatorHttp server;

  @BeforeEach
  void begin() throws IOException {
    server =
        new OperatorHttp(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            registry,
            Health.ALWAYS,
            () -> trouble);
  }

  @AfterEach
  void end() {
    server.close();
    http.close();
  }

  private HttpResponse<String> get(String path, String accept)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.address().getPort() + path))
            .header("Accept", accept)
            .build(),
        BodyHandlers.ofString());
  }

  @Test
  void healthAndReadinessAreTwoThings() throws IOException, InterruptedException {
    assertThat(get("/healthz", "*/*").statusCode()).isEqualTo(200);
    assertThat(get("/readyz", "*/*").statusCode()).isEqualTo(503);
    assertThat(get("/readyz", "*/*").body()).isEqualTo("the caches are not filled yet\n");

    trouble = Optional.empty();

    assertThat(get("/readyz", "*/*").statusCode()).isEqualTo(200);
    assertThat(get("/", "*/*").statusCode()).isEqualTo(404);
  }

  @Test
  void metricsComeInTheFormatThatIsAskedFor() throws IOException, InterruptedException {
    new RunMetrics(registry, "team-a", "soak", InstantSource.system());

    HttpResponse<String> text = get("/metrics", "*/*");
    assertThat(text.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("text/plain; version=0.0.4");
    assertThat(Exposition.of(text.body()).isThere("etcdrobust_leader_changes_total")).isTrue();

    HttpResponse<String> open =
        get("/metrics", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5");
    assertThat(open.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("application/openmetrics-text");
    assertThat(open.body()).endsWith("# EOF\n");

    HttpResponse<String> notBinary =
        get(
            "/metrics",
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;"
                + "encoding=delimited,text/plain;q=0.5");
    assertThat(notBinary.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("text/plain; version=0.0.4");
  }
}
