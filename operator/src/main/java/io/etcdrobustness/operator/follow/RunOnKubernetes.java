package io.etcdrobustness.operator.follow;

import io.etcdrobustness.checker.Catalogue;
import io.etcdrobustness.operator.model.ApiTrouble;
import io.etcdrobustness.resource.RobustnessTest;
import io.etcdrobustness.resource.Status;
import io.etcdrobustness.resource.Status.ConditionStatus;
import io.etcdrobustness.resource.Status.ConditionType;
import io.etcdrobustness.resource.TestStatus;
import io.etcdrobustness.spec.SpecException;
import io.etcdrobustness.spec.SpecReader;
import io.etcdrobustness.spec.Yaml;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Applies a test, follows it, and ends with its verdict's exit code. */
@Command(
    name = "run",
    description = "Hands the test in FILE to the operator and follows it to its verdict.",
    mixinStandardHelpOptions = true)
public final class RunOnKubernetes implements Callable<Integer> {

  private static final int ERROR = 3;
  private static final int USAGE = 64;
  private static final String MANAGER = "robustness";

  @Parameters(paramLabel = "FILE", description = "The YAML of a RobustnessTest.")
  private Path file = Path.of("");

  @Option(names = "--on", paramLabel = "SUBSTRATE", required = true, description = "kubernetes")
  private String substrate = "kubernetes";

  @Option(names = "--seed", description = "Seed of the plan; default: the spec's, else drawn.")
  private @Nullable Long seed;

  @Option(
      names = "--namespace",
      description = "Default: the one in FILE, else the one of the current context.")
  private @Nullable String namespace;

  private final PrintStream out;

  private RunOnKubernetes(PrintStream out) {
    this.out = out;
  }

  /** Whether a command line of {@code robustness} is for this class. */
  public static boolean isMeant(String... arguments) {
    List<String> line = List.of(arguments);
    int on = line.indexOf("--on");
    return !line.isEmpty()
        && line.getFirst().equals("run")
        && ((on > 0 && on + 1 < line.size() && line.get(on + 1).equals("kubernetes"))
            || line.contains("--on=kubernetes"));
  }

  /**
   * Runs {@code run …}.
   *
   * @return 0 to 3 as the verdict says, 3 too if the cluster cannot be talked to, 64 for a wrong
   *     command line or spec
   */
  public static int execute(PrintStream out, String... arguments) {
    return new CommandLine(new RunOnKubernetes(out))
        .setParameterExceptionHandler((wrong, _) -> {
          out.println("robustness run: " + wrong.getMessage());
          return USAGE;
        })
        .setExecutionExceptionHandler((failure, _, _) -> {
          out.println("robustness run: " + failure.getMessage());
          return failure instanceof SpecException ? USAGE : ERROR;
        })
        .execute(Arrays.copyOfRange(arguments, 1, arguments.length));
  }

  @Override
  public Integer call()
      throws IOException, SpecException, InterruptedException, ExecutionException {
    if (!substrate.equals("kubernetes")) {
      throw new IOException(
          "--on " + substrate + " is not for this command; write --on kubernetes");
    }
    String yaml = Files.readString(file);
    Set<String> properties = Set.copyOf(Catalogue.of(Catalogue.Options.DEFAULT).names());
    new SpecReader(properties).read(file.toString(), yaml);
    try (KubernetesClient client = new KubernetesClientBuilder().build()) {
      return follow(client, apply(client, yaml));
    } catch (KubernetesClientException refused) {
      throw new IOException(
          "the API server of the current context refuses: " + ApiTrouble.inWords(refused), refused);
    }
  }

  private HasMetadata apply(KubernetesClient client, String yaml) {
    GenericKubernetesResource test =
        client
            .getKubernetesSerialization()
            .convertValue(Yaml.fields(yaml), GenericKubernetesResource.class);
    if (namespace != null) {
      test.getMetadata().setNamespace(namespace);
    } else if (test.getMetadata().getNamespace() == null) {
      test.getMetadata().setNamespace(client.getNamespace());
    }
    if (seed != null) {
      @SuppressWarnings("unchecked") // The spec reader has accepted it: it is an object.
      Map<String, Object> spec =
          (Map<String, Object>)
              test.getAdditionalProperties()
                  .computeIfAbsent("spec", _ -> new java.util.LinkedHashMap<String, Object>());
      spec.put("seed", seed);
    }
    HasMetadata applied = client.resource(test).fieldManager(MANAGER).serverSideApply();
    out.println(
        "%s/%s is applied (generation %d)"
            .formatted(
                applied.getMetadata().getNamespace(),
                applied.getMetadata().getName(),
                applied.getMetadata().getGeneration()));
    return applied;
  }

  private int follow(KubernetesClient client, HasMetadata applied)
      throws InterruptedException, ExecutionException {
    Followed followed = new Followed(applied.getMetadata().getGeneration(), out);
    try (SharedIndexInformer<RobustnessTest> _ =
        client
            .resources(RobustnessTest.class)
            .inNamespace(applied.getMetadata().getNamespace())
            .withName(applied.getMetadata().getName())
            .inform(followed)) {
      return followed.exitCode.get();
    }
  }

  /** Prints what changes, until the test's generation is complete. */
  static final class Followed implements ResourceEventHandler<RobustnessTest> {

    final CompletableFuture<Integer> exitCode = new CompletableFuture<>();
    private final long generation;
    private final PrintStream out;
    private String last = "";

    Followed(long generation, PrintStream out) {
      this.generation = generation;
      this.out = out;
    }

    @Override
    public void onAdd(RobustnessTest test) {
      look(test);
    }

    @Override
    public void onUpdate(RobustnessTest before, RobustnessTest test) {
      look(test);
    }

    @Override
    public void onDelete(RobustnessTest test, boolean unknown) {
      out.println("the test was deleted before it came to a verdict");
      exitCode.complete(ERROR);
    }

    private synchronized void look(RobustnessTest test) {
      TestStatus status = test.getStatus();
      if (status == null
          || status.observedGeneration() == null
          || status.observedGeneration() < generation
          || exitCode.isDone()) {
        return;
      }
      tell(status);
      if (is(status, ConditionType.Stalled)) {
        exitCode.complete(USAGE);
      } else if (is(status, ConditionType.Complete) && status.verdict() != null) {
        status
            .violations()
            .forEach(violation ->
                out.println("  - %s: %s".formatted(violation.property(), violation.summary())));
        exitCode.complete(exitCode(status.verdict()));
      }
    }

    private void tell(TestStatus status) {
      String line =
          "%s%s: %s operations, faults %s%s"
              .formatted(
                  status.verdict() == null ? status.phase() : status.verdict(),
                  status.currentRun() == null ? "" : " (" + status.currentRun() + ")",
                  status.operations() == null ? "0" : status.operations(),
                  status.faultsConfirmed() == null ? "0" : status.faultsConfirmed(),
                  status.message() == null ? "" : "; " + status.message());
      if (!line.equals(last)) {
        out.println(line);
        last = line;
      }
    }

    private static boolean is(TestStatus status, ConditionType type) {
      return status.conditions().stream()
          .anyMatch(
              condition -> condition.type() == type && condition.status() == ConditionStatus.True);
    }

    private static int exitCode(Status.Verdict verdict) {
      return switch (verdict) {
        case Passed -> 0;
        case Failed -> 1;
        case Inconclusive -> 2;
        case Error -> ERROR;
      };
    }
  }
}
