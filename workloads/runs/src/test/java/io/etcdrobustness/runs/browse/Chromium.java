package io.etcdrobustness.runs.browse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A real Chromium without a window, driven by the protocol of its developer tools. */
final class Chromium implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long PATIENCE = 120;

  private final Process process;
  private final HttpClient http = HttpClient.newHttpClient();
  private final WebSocket socket;
  private final Map<Integer, CompletableFuture<JsonNode>> asked = new ConcurrentHashMap<>();
  private final List<String> complaints = new CopyOnWriteArrayList<>();
  private volatile CompletableFuture<Void> loaded = new CompletableFuture<>();
  private int asks;

  /** Starts one, with a profile of its own in {@code directory}. */
  static Chromium start(Path directory) throws IOException, InterruptedException {
    Path chromium =
        List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome").stream()
            .map(Path::of)
            .filter(Files::isExecutable)
            .findFirst()
            .orElseThrow(() ->
                new IllegalStateException("this test wants a Chromium: apt-get install chromium"));
    Process process =
        new ProcessBuilder(
                chromium.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--hide-scrollbars",
                "--user-data-dir=" + directory.resolve("chromium"),
                "--remote-debugging-port=0",
                "about:blank")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      return new Chromium(process, port(process.errorReader(StandardCharsets.UTF_8)));
    } catch (IOException | RuntimeException failed) {
      process.destroyForcibly();
      throw failed;
    }
  }

  private static int port(BufferedReader says) throws IOException {
    for (String line = says.readLine(); line != null; line = says.readLine()) {
      if (line.startsWith("DevTools listening on ")) {
        Thread.ofVirtual().start(() -> says.lines().forEach(_ -> {}));
        return URI.create(line.substring("DevTools listening on ".length())).getPort();
      }
    }
    throw new IOException("Chromium ended before it listened");
  }

  private Chromium(Process process, int port) throws IOException, InterruptedException {
    this.process = process;
    JsonNode page =
        JSON.readTree(
            http.send(
                    HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:%d/json/new?about:blank".formatted(port)))
                        .PUT(BodyPublishers.noBody())
                        .build(),
                    BodyHandlers.ofString())
                .body());
    this.socket =
        http.newWebSocketBuilder()
            .buildAsync(URI.create(page.get("webSocketDebuggerUrl").asText()), new Ears())
            .join();
    for (String part : List.of("Page", "Runtime", "Log", "Network")) {
      ask(part + ".enable", Map.of());
    }
  }

  private final class Ears implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        try {
          heard(JSON.readTree(text.toString()));
        } catch (IOException broken) {
          complaints.add("not understood: " + broken);
        }
        text.setLength(0);
      }
      return WebSocket.Listener.super.onText(from, data, last);
    }
  }

  private void heard(JsonNode message) {
    if (message.has("id")) {
      CompletableFuture<JsonNode> answer =
          Objects.requireNonNull(asked.remove(message.get("id").asInt()));
      if (message.has("error")) {
        answer.completeExceptionally(new IllegalStateException(message.get("error").toString()));
      } else {
        answer.complete(message.get("result"));
      }
      return;
    }
    switch (message.get("method").asText()) {
      case "Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown" ->
          complaints.add(message.get("params").toString());
      case "Page.loadEventFired" -> loaded.complete(null);
      default -> {}
    }
  }

  private JsonNode ask(String method, Map<String, ?> parameters) {
    int id = ++asks;
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    asked.put(id, answer);
    ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
    message.set("params", JSON.valueToTree(parameters));
    socket.sendText(message.toString(), true).join();
    return within(answer, method);
  }

  private static <T> T within(CompletableFuture<T> future, String what) {
    try {
      return future.get(PATIENCE, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException failed) {
      throw new AssertionError("Chromium: " + what + ": " + failed, failed);
    }
  }

  /** A window of this size; a phone's if it is narrow. */
  void size(int width, int height) {
    ask(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 500));
  }

  void dark(boolean dark) {
    ask(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
  }

  void scripts(boolean run) {
    ask("Emulation.setScriptExecutionDisabled", Map.of("value", !run));
  }

  /** Opens the page, and returns when it is loaded; what was complained of before is forgotten. */
  void open(URI page) {
    complaints.clear();
    loads(() -> ask("Page.navigate", Map.of("url", page.toString())));
  }

  /** Does something that loads a page, and returns when it is loaded. */
  void loads(Runnable what) {
    CompletableFuture<Void> next = new CompletableFuture<>();
    loaded = next;
    what.run();
    within(next, "load");
  }

  /** The value of an expression; of a promise, what it comes to. */
  JsonNode evaluate(String expression) {
    JsonNode answer =
        ask(
            "Runtime.evaluate",
            Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
    if (answer.has("exceptionDetails")) {
      throw new AssertionError(answer.get("exceptionDetails").toString());
    }
    return answer.get("result").path("value");
  }

  /** Presses a key and lets it go. */
  void press(String key, int code) {
    for (String type : List.of("rawKeyDown", "keyUp")) {
      ask(
          "Input.dispatchKeyEvent",
          Map.of("type", type, "key", key, "code", key, "windowsVirtualKeyCode", code));
    }
  }

  /** What pages wrote to the console, or broke. */
  List<String> complaints() {
    return List.copyOf(complaints);
  }

  /** A picture of the page, at most {@code most} pixels of its height. */
  void picture(Path file, int width, int most) throws IOException {
    int height = Math.min(most, evaluate("document.documentElement.scrollHeight").asInt());
    JsonNode picture =
        ask(
            "Page.captureScreenshot",
            Map.of(
                "format",
                "png",
                "captureBeyondViewport",
                true,
                "clip",
                Map.of("x", 0, "y", 0, "width", width, "height", height, "scale", 1)));
    Files.createDirectories(file.getParent());
    Files.write(file, Base64.getDecoder().decode(picture.get("data").asText()));
  }

  @Override
  public void close() {
    try {
      ask("Browser.close", Map.of());
      process.onExit().get(PATIENCE, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException hangs) {
      throw new AssertionError("Chromium does not end", hangs);
    } finally {
      end();
    }
  }

  private void end() {
    socket.abort();
    http.close();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
