package io.etcdrobustness.operator.runner;

import io.etcdrobustness.operator.status.CordonAnswer;
import io.etcdrobustness.operator.status.CordonRequest;
import io.etcdrobustness.operator.status.MergePatch;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Members' pods through the API server. */
final class ApiPods implements Pods {

  private static final String ETCD = "etcd";

  /** Reasons to wait that pass by themselves in the ordinary course of a start. */
  private static final Set<String> ORDINARY = Set.of("PodInitializing", "ContainerCreating");

  private final KubernetesClient client;
  private final Executor edge;

  /**
   * Pods as this client sees them.
   *
   * @param edge runs the calls, which block
   */
  ApiPods(KubernetesClient client, Executor edge) {
    this.client = client;
    this.edge = edge;
  }

  @Override
  public CompletionStage<Optional<State>> state(MemberPod pod) {
    return call(() -> Optional.ofNullable(resource(pod).get()).map(ApiPods::state));
  }

  @Override
  public CompletionStage<Void> delete(MemberPod pod, Duration grace) {
    return run(() -> resource(pod).withGracePeriod(grace.toSeconds()).delete());
  }

  @Override
  public CompletionStage<Void> evict(MemberPod pod) {
    return run(() -> {
      if (!resource(pod).evict()) {
        throw new IllegalStateException(
            "the API server refused to evict %s: a disruption budget does not allow it"
                .formatted(pod.pod()));
      }
    });
  }

  @Override
  public CompletionStage<Void> deleteClaim(MemberPod pod) {
    return run(() ->
        client
            .persistentVolumeClaims()
            .inNamespace(pod.namespace())
            .withName(pod.claim())
            .withTimeoutInMillis(0)
            .delete());
  }

  @Override
  public CompletionStage<Void> setImage(MemberPod pod, String image) {
    String containers =
        "{\"containers\":[{\"name\":\"%s\",\"image\":\"%s\"}]}".formatted(ETCD, image);
    PatchContext merge = PatchContext.of(PatchType.STRATEGIC_MERGE);
    return run(() -> {
      set(pod).patch(merge, "{\"spec\":{\"template\":{\"spec\":%s}}}".formatted(containers));
      resource(pod).patch(merge, "{\"spec\":%s}".formatted(containers));
    });
  }

  @Override
  public CompletionStage<Void> ask(MemberPod pod, CordonRequest request) {
    return run(() ->
        set(pod)
            .patch(
                PatchContext.of(PatchType.JSON_MERGE),
                MergePatch.ofAnnotations(Map.of(CordonRequest.ANNOTATION, request.text()))));
  }

  @Override
  public CompletionStage<Optional<CordonAnswer>> answer(MemberPod pod) {
    return call(() ->
        Optional.ofNullable(set(pod).get())
            .map(there -> there.getMetadata().getAnnotations())
            .flatMap(all -> CordonAnswer.parse(all.get(CordonAnswer.ANNOTATION))));
  }

  private Resource<StatefulSet> set(MemberPod pod) {
    return client.apps().statefulSets().inNamespace(pod.namespace()).withName(pod.statefulSet());
  }

  private PodResource resource(MemberPod pod) {
    return client.pods().inNamespace(pod.namespace()).withName(pod.pod());
  }

  private CompletionStage<Void> run(Runnable call) {
    return CompletableFuture.runAsync(call, edge);
  }

  private <T> CompletionStage<T> call(Supplier<T> call) {
    return CompletableFuture.supplyAsync(call, edge);
  }

  private static State state(Pod pod) {
    List<ContainerStatus> containers = pod.getStatus().getContainerStatuses();
    List<ContainerStatus> inits = pod.getStatus().getInitContainerStatuses();
    return new State(
        pod.getMetadata().getUid(),
        containers.stream()
            .filter(container -> container.getName().equals(ETCD))
            .filter(container -> container.getState().getRunning() != null)
            .map(ContainerStatus::getContainerID)
            .findFirst(),
        Optional.ofNullable(pod.getSpec().getNodeName()),
        Stream.concat(
                unschedulable(pod).stream(),
                Stream.concat(containers.stream(), inits.stream())
                    .flatMap(container -> waiting(container).stream()))
            .findFirst(),
        pod.getMetadata().getDeletionTimestamp() != null);
  }

  private static Optional<String> waiting(ContainerStatus container) {
    ContainerStateWaiting waiting = container.getState().getWaiting();
    return waiting == null || ORDINARY.contains(waiting.getReason())
        ? Optional.empty()
        : Optional.of(
            "container %s: %s: %s"
                .formatted(container.getName(), waiting.getReason(), waiting.getMessage()));
  }

  private static Optional<String> unschedulable(Pod pod) {
    return pod.getStatus().getConditions().stream()
        .filter(condition -> condition.getType().equals("PodScheduled"))
        .filter(condition -> condition.getStatus().equals("False"))
        .map(PodCondition::getMessage)
        .findFirst();
  }
}
