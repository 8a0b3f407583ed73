package io.etcdrobustness.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.etcdrobustness.dashboards.Tool;
import io.etcdrobustness.dashboards.Tool.Said;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The configuration that docs/ offers, in a real Alertmanager. */
class InhibitionTest {

  private static final Path CONFIGURATION =
      Path.of("..", "docs", "runbooks", "alertmanager.yml").toAbsolutePath().normalize();
  private static final Path TEMPLATES = Path.of("/usr/share/prometheus/alertmanager/default.tmpl");
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;
  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void amtoolFindsNothingToSay() throws IOException, InterruptedException {
    Said said = Tool.any("amtool").run(folder, "check-config", CONFIGURATION.toString());

    assertThat(said.exit()).as(said.text()).isZero();
  }

  @Test
  void theGuideShowsTheSameRule() throws IOException {
    assertThat(Files.readString(Path.of("..", "docs", "kubernetes.md")))
        .contains(
            """
              - source_matchers: [alertname="EtcdRobustnessFaultActive"]
                target_matchers: [alertname=~"etcd.+"]
                equal: [namespace, test]
            """);
    assertThat(Files.readString(CONFIGURATION))
        .contains(
            """
              - source_matchers: [alertname="EtcdRobustnessFaultActive"]
                target_matchers: [alertname=~"etcd.+"]
                equal: [namespace, test]
            """);
  }

  @Test
  void aFaultSilencesTheAlertsOfItsOwnEtcdAndOfNoOther() throws IOException, InterruptedException {
    Tool alertmanager = Tool.any("alertmanager", "prometheus-alertmanager");
    assumeTrue(
        !alertmanager.program().endsWith("prometheus-alertmanager") || Files.exists(TEMPLATES),
        "Debian's Alertmanager finds no templates at " + TEMPLATES + "; .ci/run puts them there");
    String address;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      address = "127.0.0.1:" + free.getLocalPort();
    }
    Process process =
        alertmanager.start(
            folder,
            folder.resolve("alertmanager.log"),
            "--config.file=" + CONFIGURATION,
            "--storage.path=" + folder.resolve("data"),
            "--web.listen-address=" + address,
            "--cluster.listen-address=");
    try {
      URI alerts = URI.create("http://" + address + "/api/v2/alerts");
      awaitReady(process, URI.create("http://" + address + "/-/ready"));
      String sent =
          """
          [{"labels": {"alertname": "EtcdRobustnessFaultActive", "namespace": "a", "test": "t", "severity": "none",
                       "fault": "Kill", "member": "m1"}},
           {"labels": {"alertname": "etcdNoLeader", "namespace": "a", "test": "t", "severity": "critical"}},
           {"labels": {"alertname": "etcdMembersDown", "namespace": "a", "test": "other", "severity": "critical"}},
           {"labels": {"alertname": "etcdNoLeader", "namespace": "kube-system", "severity": "critical"}},
           {"labels": {"alertname": "etcdNoLeader", "namespace": "a", "severity": "critical"}},
           {"labels": {"alertname": "EtcdRobustnessViolation", "namespace": "a", "test": "t", "severity": "critical"}}]
          """;
      HttpResponse<String> taken =
          http.send(
              HttpRequest.newBuilder(alerts)
                  .header("Content-Type", "application/json")
                  .POST(BodyPublishers.ofString(sent))
                  .build(),
              BodyHandlers.ofString());
      assertThat(taken.statusCode()).as(taken.body()).isEqualTo(200);

      Map<String, String> states = states(alerts);

      assertThat(states)
          .containsEntry("etcdNoLeader a/t", "suppressed")
          .containsEntry("etcdMembersDown a/other", "active")
          .containsEntry("etcdNoLeader kube-system/", "active")
          .containsEntry("etcdNoLeader a/", "active")
          .containsEntry("EtcdRobustnessViolation a/t", "active")
          .hasSize(6);
    } finally {
      process.destroy();
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
  }

  private void awaitReady(Process process, URI ready) throws IOException, InterruptedException {
    for (int i = 0; i < 300 && process.isAlive(); i++) {
      try {
        if (http.send(HttpRequest.newBuilder(ready).build(), BodyHandlers.discarding()).statusCode()
            == 200) {
          return;
        }
      } catch (ConnectException notYet) {
        // It has just been started.
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    throw new IllegalStateException(Files.readString(folder.resolve("alertmanager.log")));
  }

  /** Each alert's state, once Alertmanager has made up its mind about all of them. */
  private Map<String, String> states(URI alerts) throws IOException, InterruptedException {
    Map<String, String> states = new HashMap<>();
    for (int i = 0; i < 100; i++) {
      states.clear();
      for (JsonNode alert :
          JSON.readTree(
              http.send(HttpRequest.newBuilder(alerts).build(), BodyHandlers.ofString()).body())) {
        states.put(
            "%s %s/%s"
                .formatted(
                    alert.at("/labels/alertname").asText(),
                    alert.at("/labels/namespace").asText(),
                    alert.at("/labels/test").asText()),
            alert.at("/status/state").asText());
      }
      if (!states.isEmpty() && !states.containsValue("unprocessed")) {
        break;
      }
      TimeUnit.MILLISECONDS.sleep(200);
    }
    return states;
  }
}
