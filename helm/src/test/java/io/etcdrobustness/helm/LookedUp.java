package io.etcdrobustness.helm;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** As much of an API server as a template's `lookup` asks: objects by their address. */
final class LookedUp implements AutoCloseable {

  private static final Path KUBECONFIG = Path.of(System.getenv("KUBECONFIG"));

  private static final Map<String, String> DISCOVERY =
      Map.of(
          "/api",
          """
          {"kind": "APIVersions", "versions": ["v1"]}\
          """,
          "/apis",
          """
          {"kind": "APIGroupList", "apiVersion": "v1", "groups": []}\
          """,
          "/api/v1",
          """
          {"kind": "APIResourceList", "groupVersion": "v1", "resources": [
            {"name": "secrets", "kind": "Secret", "namespaced": true, "verbs": ["get"]},
            {"name": "configmaps", "kind": "ConfigMap", "namespaced": true, "verbs": ["get"]}]}\
          """);

  private final HttpServer server;
  private final Map<String, String> objects;

  /**
   * A cluster of these objects.
   *
   * @param objects JSON by address, such as {@code /api/v1/namespaces/ops/configmaps/a}
   */
  LookedUp(Map<String, String> objects) {
    this.objects = objects;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext("/", this::answer);
      server.start();
      Files.createDirectories(KUBECONFIG.getParent());
      Files.writeString(
          KUBECONFIG,
          """
          apiVersion: v1
          kind: Config
          clusters: [{name: a, cluster: {server: "http://127.0.0.1:%d"}}]
          users: [{name: a}]
          contexts: [{name: a, context: {cluster: a, user: a}}]
          current-context: a
          """
              .formatted(server.getAddress().getPort()));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String found = objects.getOrDefault(path, DISCOVERY.get(path));
    byte[] body =
        (found == null
                ? "{\"kind\": \"Status\", \"apiVersion\": \"v1\", \"status\": \"Failure\","
                    + " \"reason\": \"NotFound\", \"code\": 404}"
                : found)
            .getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(found == null ? 404 : 200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
