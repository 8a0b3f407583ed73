package io.etcdrobustness.operator;

import io.etcdrobustness.operator.model.Installation;
import io.etcdrobustness.spec.Quantities;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * How an operator is set up: flags, or environment variables of the same names; the Helm chart
 * writes the flags.
 */
@Command(
    name = "operator",
    description =
        "Makes runs of the RobustnessTests in a Kubernetes, and tells what became of them.",
    mixinStandardHelpOptions = true)
public final class Settings {

  @Option(
      names = "--namespace",
      paramLabel = "NAME",
      required = true,
      defaultValue = "${env:ETCD_ROBUSTNESS_NAMESPACE}",
      description = "The operator's own namespace: of its lease and of the switch.")
  private String namespace = "";

  @Option(
      names = "--image",
      required = true,
      defaultValue = "${env:ETCD_ROBUSTNESS_IMAGE}",
      description = "The operator's own image, of which it makes runners and agents.")
  private String image = "";

  @Option(
      names = "--etcd-image-repository",
      defaultValue = "${env:ETCD_ROBUSTNESS_ETCD_IMAGE_REPOSITORY:-gcr.io/etcd-development/etcd}",
      description = "Where etcd's images are; a release is the tag. Default: ${DEFAULT-VALUE}.")
  private String etcdImageRepository = "";

  @Option(
      names = "--image-pull-secrets",
      split = ",",
      paramLabel = "NAME",
      defaultValue = "${env:ETCD_ROBUSTNESS_IMAGE_PULL_SECRETS}",
      description =
          "Secrets with registry credentials, which must be in each namespace where tests run.")
  private List<String> imagePullSecrets = List.of();

  @Option(
      names = "--node-drain",
      defaultValue = "${env:ETCD_ROBUSTNESS_NODE_DRAIN:-false}",
      fallbackValue = "true",
      arity = "0..1",
      description =
          "Tests may keep new pods off a node for as long as a fault takes; needs rights over nodes.")
  private boolean nodeDrain;

  @Option(
      names = "--max-parallel",
      paramLabel = "N",
      defaultValue = "${env:ETCD_ROBUSTNESS_MAX_PARALLEL:-4}",
      description =
          "Runs at the same time; more wait, the oldest first. Default: ${DEFAULT-VALUE}.")
  private int maxParallel = 4;

  @Option(
      names = "--watch-namespaces",
      split = ",",
      paramLabel = "NAME",
      defaultValue = "${env:ETCD_ROBUSTNESS_WATCH_NAMESPACES}",
      description =
          "Namespaces whose tests are run. None: all that carry the label"
              + " etcdrobustness.io/enabled=true.")
  private List<String> watchNamespaces = List.of();

  @Option(
      names = "--reports-dir",
      paramLabel = "DIR",
      defaultValue = "${env:ETCD_ROBUSTNESS_REPORTS_DIR}",
      description = "Where reports are kept. Absent: there is no report service.")
  private @Nullable Path reportsDir;

  @Option(
      names = "--reports-size",
      paramLabel = "BYTES",
      defaultValue = "${env:ETCD_ROBUSTNESS_REPORTS_SIZE:-4Gi}",
      description = "What reports may take together. Default: ${DEFAULT-VALUE}.")
  private String reportsSize = "4Gi";

  @Option(
      names = "--reports-url",
      paramLabel = "URL",
      defaultValue = "${env:ETCD_ROBUSTNESS_REPORTS_URL}",
      description = "The report service as runners reach it.")
  private @Nullable String reportsUrl;

  @Option(
      names = "--reports-tokens",
      paramLabel = "DIR",
      defaultValue = "${env:ETCD_ROBUSTNESS_REPORTS_TOKENS:-/var/run/etcd-robustness/tokens}",
      description =
          "Holds the files master, of which upload tokens are made, and reader, the token of people."
              + " Default: ${DEFAULT-VALUE}.")
  private Path reportsTokens = Path.of("/var/run/etcd-robustness/tokens");

  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      defaultValue = "${env:ETCD_ROBUSTNESS_HTTP_PORT:-8080}",
      description = "Of /metrics, /healthz and /readyz. Default: ${DEFAULT-VALUE}.")
  private int httpPort = 8080;

  @Option(
      names = "--reports-port",
      paramLabel = "PORT",
      defaultValue = "${env:ETCD_ROBUSTNESS_REPORTS_PORT:-8081}",
      description = "Of the report service. Default: ${DEFAULT-VALUE}.")
  private int reportsPort = 8081;

  @Option(
      names = "--leader-election",
      defaultValue = "${env:ETCD_ROBUSTNESS_LEADER_ELECTION:-false}",
      fallbackValue = "true",
      arity = "0..1",
      description = "With more than one replica: only one of them acts.")
  private boolean leaderElection;

  @Option(
      names = "--identity",
      paramLabel = "NAME",
      defaultValue = "${env:POD_NAME}",
      description = "What this replica is called when a leader is elected; the pod's name.")
  private @Nullable String identity;

  /** The operator's own namespace. */
  public String namespace() {
    return namespace;
  }

  /** What runs need to know. */
  public Installation installation() {
    return new Installation(
        image, etcdImageRepository, imagePullSecrets, Optional.ofNullable(reportsUrl), nodeDrain);
  }

  /** Runs at the same time; at least one. */
  public int maxParallel() {
    return maxParallel;
  }

  /** Namespaces whose tests are run; empty: all that opted in by their label. */
  public Set<String> watchNamespaces() {
    return Set.copyOf(watchNamespaces);
  }

  /** Where reports are kept; empty: there is no report service. */
  public Optional<Path> reportsDir() {
    return Optional.ofNullable(reportsDir);
  }

  /** What reports may take together, in bytes. */
  public long reportsBytes() {
    return Quantities.bytes(reportsSize);
  }

  /** Holds the files {@code master} and {@code reader}. */
  public Path reportsTokens() {
    return reportsTokens;
  }

  /** Of metrics and health. */
  public int httpPort() {
    return httpPort;
  }

  /** Of the report service. */
  public int reportsPort() {
    return reportsPort;
  }

  /** Whether one of several replicas is elected to act. */
  public boolean leaderElection() {
    return leaderElection;
  }

  /** What this replica is called; empty: it has no name. */
  public Optional<String> identity() {
    return Optional.ofNullable(identity);
  }

  /**
   * Settings that parse one by one and make no sense.
   *
   * @return sentences; empty if all is well
   */
  List<String> problems() {
    List<String> problems = new java.util.ArrayList<>();
    if (maxParallel < 1) {
      problems.add("--max-parallel " + maxParallel + " lets no run begin; write 1 or more");
    }
    if (leaderElection && identity == null) {
      problems.add("--leader-election needs --identity (or POD_NAME), a name for this replica");
    }
    try {
      var _ = reportsBytes();
    } catch (IllegalArgumentException wrong) {
      problems.add("--reports-size: " + wrong.getMessage());
    }
    return problems;
  }
}
