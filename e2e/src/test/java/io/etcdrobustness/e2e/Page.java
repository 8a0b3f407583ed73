package io.etcdrobustness.e2e;

import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** What the project's pods answer to a GET, asked as from a node: the status and the text. */
record Page(int status, String body) {

  private static final String COMPONENT = "app.kubernetes.io/component";
  private static final int REPORTS = 8081;
  private static final int RUNNER_METRICS = 8080;

  /** A page of the operator's report service, for whoever has the read token. */
  static Page ofReports(RealCluster.Started cluster, String path)
      throws IOException, InterruptedException {
    String namespace = RealCluster.OPERATOR_NAMESPACE;
    String secret =
        cluster
            .client()
            .secrets()
            .inNamespace(namespace)
            .withName("etcd-robustness-tokens")
            .require()
            .getData()
            .get("reader");
    String token = new String(Base64.getDecoder().decode(secret), StandardCharsets.UTF_8);
    return get(cluster, pod(cluster, namespace, "operator"), REPORTS, path, token);
  }

  /** What Prometheus scrapes of the runner in {@code namespace}. */
  static Page ofRunnerMetrics(RealCluster.Started cluster, String namespace)
      throws IOException, InterruptedException {
    return get(cluster, pod(cluster, namespace, "runner"), RUNNER_METRICS, "/metrics", "none");
  }

  private static Pod pod(RealCluster.Started cluster, String namespace, String component) {
    return cluster
        .client()
        .pods()
        .inNamespace(namespace)
        .withLabel(COMPONENT, component)
        .list()
        .getItems()
        .getFirst();
  }

  private static Page get(RealCluster.Started cluster, Pod pod, int port, String path, String token)
      throws IOException, InterruptedException {
    String answer =
        cluster.inCluster(
            "curl",
            "--silent",
            "--show-error",
            "--max-time",
            "60",
            "--header",
            "Authorization: Bearer " + token,
            "--write-out",
            "\n%{http_code}",
            "http://%s:%d%s".formatted(pod.getStatus().getPodIP(), port, path));
    int end = answer.stripTrailing().lastIndexOf('\n');
    return new Page(
        Integer.parseInt(answer.substring(end + 1).strip()), answer.substring(0, Math.max(0, end)));
  }
}
