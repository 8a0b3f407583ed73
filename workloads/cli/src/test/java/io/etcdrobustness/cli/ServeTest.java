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
  void whatIsNoFolderIsRefused() {
    Robustness.Ended ended =
        InProcess.robustness("report", "serve", directory.resolve("none").toString());

    assertThat(ended.exitCode()).isEqualTo(64);
    assertThat(ended.err()).contains("is not a folder");
  }
}
