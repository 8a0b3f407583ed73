package io.etcdrobustness.operator.runner;

import io.etcdrobustness.operator.status.Happening;
import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.RunStatus;
import io.etcdrobustness.runs.Cancellation;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A runner's own RobustnessRun, as the API server keeps it. */
final class RunApi {

  /** Asks a run to heal all faults and to end; set by people and by the operator's switch. */
  static final String HALT = "etcdrobustness.io/halt";

  private static final String RUNNER = "etcd-robustness-runner";

  private final KubernetesClient client;
  private final String namespace;
  private final String name;

  RunApi(KubernetesClient client, String namespace, String name) {
    this.client = client;
    this.namespace = namespace;
    this.name = name;
  }

  /**
   * The run.
   *
   * @throws IOException if there is none
   */
  RobustnessRun get() throws IOException {
    RobustnessRun run = resource().get();
    if (run == null) {
      throw new IOException("there is no RobustnessRun %s/%s".formatted(namespace, name));
    }
    return run;
  }

  /** Writes what the status says; lists as a whole, absent fields stay as they are. */
  void writeStatus(RunStatus status) {
    resource()
        .subresource("status")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            client.getKubernetesSerialization().asJson(Map.of("status", status)));
  }

  /** Tells people what happened. */
  void tell(Happening happening, Instant now) {
    client.resource(happening.event(now, RUNNER, name)).create();
  }

  /** Cancels the run when it is asked to halt, or is being deleted. */
  RunnerMain.Halt watchForHalt(Cancellation cancellation) {
    CompletableFuture<String> reason = new CompletableFuture<>();
    SharedIndexInformer<RobustnessRun> informer =
        resource()
            .inform(
                new ResourceEventHandler<>() {
                  @Override
                  public void onAdd(RobustnessRun run) {
                    look(run);
                  }

                  @Override
                  public void onUpdate(RobustnessRun before, RobustnessRun run) {
                    look(run);
                  }

                  @Override
                  public void onDelete(RobustnessRun run, boolean unknown) {
                    halt("the run was deleted");
                  }

                  private void look(RobustnessRun run) {
                    Map<String, String> annotations = run.getMetadata().getAnnotations();
                    if (run.getMetadata().getDeletionTimestamp() != null) {
                      halt("the run is being deleted");
                    } else if (annotations != null && "true".equals(annotations.get(HALT))) {
                      halt("halted by the annotation " + HALT);
                    }
                  }

                  private void halt(String why) {
                    reason.complete(why);
                    cancellation.cancel(why);
                  }
                });
    return new RunnerMain.Halt() {
      @Override
      public Optional<String> reason() {
        return Optional.ofNullable(reason.getNow(null));
      }

      @Override
      public void close() {
        informer.close();
      }
    };
  }

  private Resource<RobustnessRun> resource() {
    return client.resources(RobustnessRun.class).inNamespace(namespace).withName(name);
  }
}
