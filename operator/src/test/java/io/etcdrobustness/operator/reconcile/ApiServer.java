package io.etcdrobustness.operator.reconcile;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A real API server with our definitions, and nothing behind it: no controller, no node. One for
 * all tests of a JVM, started by {@code hack/cluster/up api}; each test has namespaces of its own.
 *
 * <p>{@code ROBUSTNESS_TEST_KUBECONFIG} names one that runs already.
 */
final class ApiServer {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final AtomicInteger NAMESPACES = new AtomicInteger();
  private static final int PORT = freePort();
  private static Optional<KubernetesClient> client = Optional.empty();

  private ApiServer() {}

  /** A client that may do everything. */
  static synchronized KubernetesClient client() {
    if (client.isEmpty()) {
      client = Optional.of(start());
    }
    return client.get();
  }

  /** A new namespace. */
  static String namespace(String purpose, Map<String, String> labels) {
    String name =
        "%s-%d-%d".formatted(purpose, ProcessHandle.current().pid(), NAMESPACES.incrementAndGet());
    client()
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(name)
                .withLabels(labels)
                .endMetadata()
                .build())
        .create();
    return name;
  }

  private static KubernetesClient start() {
    try {
      KubernetesClient client =
          new KubernetesClientBuilder().withConfig(Config.fromKubeconfig(kubeconfig())).build();
      for (String plural : new String[] {"robustnesstests", "robustnessruns", "robustnesssuites"}) {
        File file = ROOT.resolve("crds/" + plural + ".etcdrobustness.io-v1.yml").toFile();
        client.apiextensions().v1().customResourceDefinitions().load(file).serverSideApply();
        client
            .apiextensions()
            .v1()
            .customResourceDefinitions()
            .load(file)
            .waitUntilCondition(ApiServer::isEstablished, 30, TimeUnit.SECONDS);
      }
      return client;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static boolean isEstablished(CustomResourceDefinition definition) {
    return definition != null
        && definition.getStatus() != null
        // A status that was only just begun has none.
        && definition.getStatus().getConditions() != null
        && definition.getStatus().getConditions().stream()
            .anyMatch(condition ->
                condition.getType().equals("Established") && condition.getStatus().equals("True"));
  }

  private static File kubeconfig() throws IOException {
    String given = System.getenv("ROBUSTNESS_TEST_KUBECONFIG");
    if (given != null) {
      return new File(given);
    }
    Path state = Files.createTempDirectory("api");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(state)));
    return new File(cluster("up", state));
  }

  private static void end(Path state) {
    cluster("down", state);
    try {
      Files.deleteIfExists(state);
    } catch (IOException left) {
      throw new UncheckedIOException(left);
    }
  }

  private static String cluster(String command, Path state) {
    try {
      ProcessBuilder builder =
          new ProcessBuilder(ROOT.resolve("hack/cluster/" + command).toString(), "api")
              .redirectError(ProcessBuilder.Redirect.INHERIT);
      builder.environment().put("CLUSTER_STATE", state.resolve("s").toString());
      builder.environment().put("API_ONLY_PORT", String.valueOf(PORT));
      Process process = builder.start();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (process.waitFor() != 0) {
        throw new IllegalStateException("hack/cluster/" + command + " api failed; see above");
      }
      return output;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  /**
   * The API server takes this port and its etcd the two behind it: all below those that connections
   * get.
   */
  private static int freePort() {
    int first = 20_000 + (int) (ProcessHandle.current().pid() % 4_000) * 3;
    for (int port = first; port < 32_700; port += 3) {
      if (isFree(port) && isFree(port + 1) && isFree(port + 2)) {
        return port;
      }
    }
    throw new IllegalStateException("no three free ports in a row from " + first + " to 32700");
  }

  private static boolean isFree(int port) {
    try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return true;
    } catch (IOException taken) {
      return false;
    }
  }
}
