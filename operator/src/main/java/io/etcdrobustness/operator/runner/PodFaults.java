package io.etcdrobustness.operator.runner;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.faults.Agent;
import io.etcdrobustness.faults.Agent.PodCommand;
import io.etcdrobustness.faults.Agent.Proof;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Faults that hit a member's pod as a whole. Each takes the pod away at its beginning; its
 * StatefulSet makes another one at once, so what ends such a fault is that the member is back:
 *
 * <ol>
 *   <li>the pod has another uid than before, and its agent answers;
 *   <li>a member that kept its data has been started by its agent; one that lost it is removed from
 *       the cluster, added again and started as a new one (never as the old one with an empty disk,
 *       which would break etcd's promises by our own hand);
 *   <li>it serves.
 * </ol>
 *
 * <p>Its proof are the two uids and the time between.
 */
final class PodFaults {

  /** From a deleted pod to a member that serves: scheduling, two containers, a snapshot. */
  private static final Duration BACK = Duration.ofSeconds(90);

  private static final Duration GRACE = Duration.ofSeconds(10);

  private final Pods pods;
  private final MemberReturn members;
  private final Scheduler scheduler;
  private final Map<String, Taken> taken = new HashMap<>();

  /** Brings a member back whose pod is another one now. */
  interface MemberReturn {
    /** The pod that it ran in is no more; on the loop. */
    void gone(MemberPod pod);

    /** Its agent answers, it has data or was replaced, it serves. */
    CompletionStage<Void> bringBack(MemberPod pod);
  }

  private record Taken(MemberPod pod, String uid, long at) {}

  PodFaults(Pods pods, MemberReturn members, Scheduler scheduler) {
    this.pods = pods;
    this.members = members;
    this.scheduler = scheduler;
  }

  /** Whether this fault is one of ours. */
  boolean knows(String id) {
    return taken.containsKey(id);
  }

  /** Takes the pod away; on the loop. */
  CompletionStage<Void> begin(String id, PodCommand command, MemberPod pod) {
    return onLoop(pods.state(pod))
        .thenCompose(state -> {
          Pods.State before =
              state.orElseThrow(() -> new IllegalStateException("there is no pod " + pod.pod()));
          taken.put(id, new Taken(pod, before.uid(), scheduler.now()));
          return take(command, pod);
        });
  }

  private CompletionStage<Void> take(PodCommand command, MemberPod pod) {
    return switch (command) {
      case Agent.DeletePod delete -> pods.delete(pod, delete.graceful() ? GRACE : Duration.ZERO);
      case Agent.EvictPod _ -> pods.evict(pod);
      case Agent.DrainNode _ ->
          CompletableFuture.failedFuture(
              new IllegalStateException("a runner has no say over nodes"));
      case Agent.LoseVolume _ ->
          pods.deleteClaim(pod).thenCompose(_ -> pods.delete(pod, Duration.ZERO));
    };
  }

  /** Waits until the member is back; on the loop. */
  CompletionStage<Proof> end(String id) {
    Taken fault = taken.get(id);
    if (fault == null) {
      return CompletableFuture.completedFuture(new Proof(false, "no pod was taken away"));
    }
    return Poll.until(
            scheduler,
            BACK,
            "another pod " + fault.pod.pod(),
            () ->
                pods.state(fault.pod)
                    .thenApply(
                        state -> state.map(Pods.State::uid).filter(uid -> !uid.equals(fault.uid))))
        .thenCompose(uid -> {
          members.gone(fault.pod);
          return onLoop(members.bringBack(fault.pod)).thenApply(_ -> proof(fault, uid));
        })
        .whenComplete((_, _) -> taken.remove(id));
  }

  private Proof proof(Taken fault, String uid) {
    return new Proof(
        true,
        "pod %s went (uid %s), another came (uid %s) and served after %.1f s"
            .formatted(
                fault.pod.pod(), brief(fault.uid), brief(uid), (scheduler.now() - fault.at) / 1e9));
  }

  private static String brief(String uid) {
    return uid.substring(0, Math.min(8, uid.length()));
  }

  private <T> CompletableFuture<T> onLoop(CompletionStage<T> stage) {
    return stage.toCompletableFuture().thenApplyAsync(value -> value, scheduler::execute);
  }

  /** The ids of faults that have taken a pod away and not brought it back. */
  Optional<String> any() {
    return taken.keySet().stream().findFirst();
  }
}
