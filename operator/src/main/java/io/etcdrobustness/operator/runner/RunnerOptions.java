package io.etcdrobustness.operator.runner;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line of a runner; the operator writes it. */
@Command(
    name = "runner",
    description = "Carries out one RobustnessRun; started by the operator, as a Job.",
    mixinStandardHelpOptions = true)
final class RunnerOptions {

  @Option(names = "--namespace", required = true, description = "Namespace of the run.")
  String namespace = "";

  @Option(names = "--run", required = true, description = "Name of the RobustnessRun.")
  String run = "";

  @Option(
      names = "--reports",
      paramLabel = "URL",
      description = "The operator's report service. Absent: the report stays in the pod.")
  @Nullable URI reports;

  @Option(names = "--work", description = "Where the report is written; default: ${DEFAULT-VALUE}.")
  Path work = Path.of("/work");

  @Option(
      names = "--tls",
      description = "Folder with ca.crt, client.crt, client.key; default: ${DEFAULT-VALUE}.")
  Path tls = Path.of("/var/run/etcd-robustness/tls");

  @Option(
      names = "--token",
      description = "Folder with the tokens agent and upload; default: ${DEFAULT-VALUE}.")
  Path token = Path.of("/var/run/etcd-robustness/token");

  @Option(
      names = "--etcd-image-repository",
      description = "Of etcd's images, tagged by release; default: ${DEFAULT-VALUE}.")
  String etcdImages = "gcr.io/etcd-development/etcd";

  @Option(names = "--node-drain", description = "The operator keeps pods off nodes when asked.")
  boolean nodeDrain;

  @Option(names = "--metrics-port", description = "Default: ${DEFAULT-VALUE}.")
  int metricsPort = 8080;
}
