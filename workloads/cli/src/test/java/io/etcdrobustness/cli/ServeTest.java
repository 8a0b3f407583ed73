package io.etcdrobustness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code robustness report serve}. */
class ServeTest {

  @TempDir private Path directory;

  @Test
  void reportsAreServedOnLoopbackUntilInterrupted() throws IOException, InterruptedException {
    Files.writeString(directory.resolve("index.html"), "<p>a report</p>");
    try (Robustness serve =
            Robustness.start(directory, "report", "serve", directory.toString(), "--port", "0");
        HttpClient client = HttpClient.newHttpClient()) {
      String address = serve.awaitLine("http://127.0.0.1:").split(" ")[0];

      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(URI.create(address)).build(),
              HttpResponse.BodyHandlers.ofString());

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).contains("a report");
      serve.signal("INT");
      assertThat(serve.end().err()).isEmpty();
    }
  }

  @Test
  void aFolderOfReportsIsListedAndNothingOutsideIsShown() throws IOException, InterruptedException {
    Path reports = Files.createDirectories(directory.resolve("reports"));
    Path report = Files.createDirectories(reports.resolve("monday night/members/m0"));
    Files.writeString(report.resolve("etcd.log"), "a line");
    Files.writeString(
        reports.resolve("monday night/run.json"),
        """
        {"name": "quickstart", "verdict": "Failed", "startedAt": "2026-11-22T02:00:00Z",
         "seed": 42, "etcd": {"m0": "3.7.3"}}
        """);
    Files.createDirectories(reports.resolve("something else"));
    Files.writeString(directory.resolve("secret"), "secret");
    Files.createSymbolicLink(reports.resolve("link"), directory.resolve("secret"));
    try (Robustness serve =
            Robustness.start(directory, "report", "serve", reports.toString(), "--port", "0");
        HttpClient client = HttpClient.newHttpClient()) {
      String address = serve.awaitLine("http://127.0.0.1:").split("/ ")[0];

      HttpResponse<String> list = get(client, address + "/");
      assertThat(list.body())
          .contains("quickstart", "class=\"Failed\">Failed", "href=\"./monday%20night/\"")
          .doesNotContain("something else");
      assertThat(get(client, address + "/-/tests/quickstart/").body())
          .contains("href=\"../../../monday%20night/\">monday night</a>", ">42</td>");
      assertThat(get(client, address + "/monday%20night/?json").body())
          .contains("\"verdict\" : \"Failed\"", "\"seed\" : \"42\"");
      HttpResponse<String> log = get(client, address + "/monday%20night/members/m0/etcd.log");
      assertThat(log.body()).isEqualTo("a line");
      assertThat(log.headers().firstValue("Content-Type")).contains("text/plain; charset=utf-8");
      assertThat(get(client, address + "/monday%20night/members/").body()).contains("m0/");
      assertThat(get(client, address + "/link").statusCode()).isEqualTo(404);
      assertThat(get(client, address + "/%2e%2e/secret").statusCode()).isEqualTo(404);
    }
  }

  private static HttpResponse<String> get(HttpClient client, String address)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void whatIsNoFolderIsRefused() {
    Robustness.Ended ended =
        InProcess.robustness("report", "serve", directory.resolve("none").toString());

    assertThat(ended.exitCode()).isEqualTo(64);
    assertThat(ended.err()).contains("is not a folder");
  }
}
