package io.etcdrobustness.e2e;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * One cluster with the operator installed, for all classes of a test run; it is ended with the test
 * run if it was begun by it.
 */
final class RealCluster implements BeforeAllCallback, ParameterResolver {

  /** What a cluster of one's own must hold. */
  static final List<String> IMAGES =
      List.of(
          "localhost/etcd-robustness:dev",
          "localhost/etcd:v3.7.3",
          "localhost/etcd:v3.6.16",
          "localhost/etcd:v3.5.7");

  static final String OPERATOR_NAMESPACE = "etcd-robustness";

  /** The lock of stories that the operator must not, or must, be away in. */
  static final String OPERATOR = "operator";

  private static final Path ROOT = Path.of("").toAbsolutePath().resolveSibling(".").normalize();

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    started(context);
  }

  private static Started started(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(Namespace.create(RealCluster.class))
        .computeIfAbsent(Started.class, _ -> Started.up(), Started.class);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Started.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return started(context);
  }

  /** The cluster with the operator in it. */
  static final class Started implements AutoCloseable {

    private final Path kubeconfig;
    private final KubernetesClient client;
    private final boolean ours;

    private Started(Path kubeconfig, KubernetesClient client, boolean ours) {
      this.kubeconfig = kubeconfig;
      this.client = client;
      this.ours = ours;
    }

    static Started up() {
      Optional<String> given = Optional.ofNullable(System.getenv("E2E_KUBECONFIG"));
      Assumptions.assumeTrue(
          given.isPresent() || "root".equals(System.getProperty("user.name")),
          "hack/cluster needs root; or set E2E_KUBECONFIG to a cluster that holds " + IMAGES);
      try {
        Path kubeconfig;
        if (given.isPresent()) {
          kubeconfig = Path.of(given.get());
        } else {
          kubeconfig = Path.of(Shell.run(ROOT, Duration.ofMinutes(30), "hack/cluster/up").strip());
          loadImages();
        }
        Config config =
            new ConfigBuilder(Config.fromKubeconfig(kubeconfig.toFile()))
                .withRequestTimeout(60_000)
                .build();
        Started started =
            new Started(
                kubeconfig,
                new KubernetesClientBuilder().withConfig(config).build(),
                given.isEmpty());
        started.install();
        return started;
      } catch (IOException | InterruptedException failure) {
        throw new IllegalStateException("no cluster to test on: " + failure.getMessage(), failure);
      }
    }

    private static void loadImages() throws IOException, InterruptedException {
      load(Shell.run(ROOT, Duration.ofMinutes(10), "hack/image", "--no-build").strip());
      for (String image : IMAGES) {
        if (image.startsWith("localhost/etcd:")) {
          String version = image.substring(image.lastIndexOf(':') + 1);
          load(Shell.run(ROOT, Duration.ofMinutes(10), "hack/cluster/etcd-image", version).strip());
        }
      }
    }

    private static void load(String archive) throws IOException, InterruptedException {
      Shell.run(ROOT, Duration.ofMinutes(5), "hack/cluster/load-image", archive);
    }

    private void install() throws IOException, InterruptedException {
      helm(
          "upgrade",
          "--install",
          "etcd-robustness",
          ROOT.resolve("helm/etcd-robustness").toString(),
          "--namespace",
          OPERATOR_NAMESPACE,
          "--create-namespace",
          "--set",
          "image.tag=dev",
          "--set",
          "etcdImageRepository=localhost/etcd,maxParallel=3,nodeDrain.enabled=true",
          "--wait",
          "--timeout",
          "10m");
    }

    /** Runs helm as on the cluster's node, whose network reaches pods. */
    String helm(String... arguments) throws IOException, InterruptedException {
      return inCluster("helm", arguments);
    }

    /** Runs kubectl, as a user does. */
    String kubectl(String... arguments) throws IOException, InterruptedException {
      return inCluster("kubectl", arguments);
    }

    /** Runs a program of this machine as on the cluster's node; returns what it printed. */
    String inCluster(String program, String... arguments) throws IOException, InterruptedException {
      String[] line = new String[arguments.length + (ours ? 2 : 1)];
      int at = 0;
      if (ours) {
        line[at++] = "hack/cluster/in";
      }
      line[at++] = program;
      System.arraycopy(arguments, 0, line, at, arguments.length);
      return Shell.run(ROOT, Duration.ofMinutes(40), "KUBECONFIG=" + kubeconfig, line);
    }

    KubernetesClient client() {
      return client;
    }

    /** Whether the cluster may be hurt: its API server killed, say. */
    boolean ours() {
      return ours;
    }

    /** The project's folder. */
    Path root() {
      return ROOT;
    }

    /** A namespace that has opted in; it is deleted when it is closed. */
    Room room(String name) {
      return Room.open(this, name);
    }

    @Override
    public void close() throws IOException, InterruptedException {
      client.close();
      if (ours && Files.exists(ROOT.resolve("hack/cluster/down"))) {
        Shell.run(ROOT, Duration.ofMinutes(10), "hack/cluster/down");
      }
    }
  }
}
