package io.etcdrobustness.dashboards;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A real Prometheus that scrapes each second, on loopback, with its data in a folder of the test.
 */
final class Prometheus implements AutoCloseable {

  static final int SCRAPE_SECONDS = 1;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;
  private final Path targets;
  private final URI address;
  private final Process process;
  private final HttpClient http = HttpClient.newHttpClient();

  /** An address that is scraped, with the labels that the chart's monitors give it. */
  record Target(String address, Map<String, String> labels) {}

  private Prometheus(Path folder, Path targets, URI address, Process process) {
    this.folder = folder;
    this.targets = targets;
    this.address = address;
    this.process = process;
  }

  /** Starts one that scrapes nothing yet. */
  static Prometheus start(Path folder) throws IOException, InterruptedException {
    Tool tool = Tool.any("prometheus");
    Path targets = folder.resolve("targets.json");
    Files.writeString(targets, "[]");
    Files.writeString(
        folder.resolve("prometheus.yml"),
        """
        global: {scrape_interval: %1$ds, scrape_timeout: %1$ds}
        scrape_configs:
          - job_name: everything
            honor_labels: true
            file_sd_configs: [{files: [targets.json], refresh_interval: 1s}]
        """
            .formatted(SCRAPE_SECONDS));
    String listen = "127.0.0.1:" + freePort();
    Process process =
        tool.start(
            folder,
            folder.resolve("prometheus.log"),
            "--config.file=prometheus.yml",
            "--storage.tsdb.path=data",
            "--web.listen-address=" + listen);
    // Also when the tests are ended from outside.
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
    Prometheus prometheus =
        new Prometheus(folder, targets, URI.create("http://" + listen), process);
    prometheus.awaitReady();
    return prometheus;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitReady() throws IOException, InterruptedException {
    for (int i = 0; i < 300; i++) {
      if (!process.isAlive()) {
        throw new IllegalStateException(
            "Prometheus ended: " + Files.readString(folder.resolve("prometheus.log")));
      }
      try {
        HttpRequest ready = HttpRequest.newBuilder(address.resolve("/-/ready")).build();
        if (http.send(ready, BodyHandlers.discarding()).statusCode() == 200) {
          return;
        }
      } catch (java.net.ConnectException notYet) {
        // It has just been started.
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    throw new IllegalStateException("Prometheus is not ready after 30 s");
  }

  /** From now on scrapes these, and no others. */
  void scrape(List<Target> all) {
    try {
      Path fresh = folder.resolve("targets.fresh");
      Files.writeString(
          fresh,
          JSON.writeValueAsString(
              all.stream()
                  .map(
                      target -> Map.of("targets", List.of(target.address), "labels", target.labels))
                  .toList()));
      Files.move(fresh, targets, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  /** Seconds since 1970, as Prometheus's machine knows them. */
  double now() throws IOException, InterruptedException {
    return get("query", Map.of("query", "time()")).get("result").get(1).asDouble();
  }

  /** The answer of its API, or the error that it tells. */
  JsonNode get(String what, Map<String, String> parameters)
      throws IOException, InterruptedException {
    List<String> pairs = new ArrayList<>();
    parameters.forEach(
        (name, value) -> pairs.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8)));
    boolean asks = what.startsWith("query");
    String query = String.join("&", pairs);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address.resolve("/api/v1/" + what + (asks ? "" : "?" + query)));
    if (asks) {
      request
          .header("Content-Type", "application/x-www-form-urlencoded")
          .POST(BodyPublishers.ofString(query));
    }
    JsonNode answer = JSON.readTree(http.send(request.build(), BodyHandlers.ofString()).body());
    if (!answer.path("status").asText().equals("success")) {
      throw new AssertionError(answer.path("error").asText() + " in " + parameters);
    }
    return answer.get("data");
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException interrupted) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    http.close();
  }
}
