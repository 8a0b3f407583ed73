package io.etcdrobustness.operator.runner;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.faults.Agent;
import io.etcdrobustness.faults.Agent.PodCommand;
import io.etcdrobustness.faults.Agent.Proof;
import io.etcdrobustness.operator.status.CordonAnswer;
import io.etcdrobustness.operator.status.CordonRequest;
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
 * <p>Its proof are the two uids and the time between. A drained node first takes no more pods,
 * which the operator sees to, and takes them again when the fault ends; its proof is that the
 * member serves on another node.
 */
final class PodFaults {

  /** From a deleted pod to a member that serves: scheduling, two containers, a snapshot. */
  private static final Duration BACK = Duration.ofSeconds(90);

  /** For the operator to answer; it may have to be elected first. */
  private static final Duration ANSWER = Duration.ofSeconds(40);

  /** How much longer than the fault the operator holds a node that nobody gives back. */
  private static final Duration SPARE = Duration.ofSeconds(30);

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

  /**
   * A fault that has begun.
   *
   * @param node on which the pod was
   * @param cordon what was asked of the operator; empty if nothing was
   * @param done when the pod was taken away; failed: the API server or the operator refused
   */
  private record Taken(
      MemberPod pod,
      String uid,
      String node,
      Optional<CordonRequest> cordon,
      long at,
      CompletableFuture<Void> done) {}

  PodFaults(Pods pods, MemberReturn members, Scheduler scheduler) {
    this.pods = pods;
    this.members = members;
    this.scheduler = scheduler;
  }

  /** Whether this fault is one of ours. */
  boolean knows(String id) {
    return taken.containsKey(id);
  }

  /**
   * Takes the pod away; on the loop.
   *
   * @param length of the fault
   */
  CompletionStage<Void> begin(String id, PodCommand command, Duration length, MemberPod pod) {
    return onLoop(pods.state(pod))
        .thenCompose(state -> {
          Pods.State before =
              state.orElseThrow(() -> new IllegalStateException("there is no pod " + pod.pod()));
          String node = before.node().orElse("");
          Optional<CordonRequest> cordon =
              command instanceof Agent.DrainNode
                  ? Optional.of(new CordonRequest(id, node, length.plus(SPARE)))
                  : Optional.empty();
          Taken fault =
              new Taken(
                  pod, before.uid(), node, cordon, scheduler.now(), new CompletableFuture<>());
          taken.put(id, fault);
          var _ =
              take(command, fault)
                  .whenComplete((_, refused) -> {
                    if (refused == null) {
                      fault.done.complete(null);
                    } else {
                      fault.done.completeExceptionally(Poll.cause(refused));
                    }
                  });
          return fault.done;
        });
  }

  private CompletionStage<Void> take(PodCommand command, Taken fault) {
    MemberPod pod = fault.pod;
    return switch (command) {
      case Agent.DeletePod delete -> pods.delete(pod, delete.graceful() ? GRACE : Duration.ZERO);
      case Agent.EvictPod _ -> pods.evict(pod);
      case Agent.DrainNode _ ->
          cordon(pod, fault.cordon.orElseThrow()).thenCompose(_ -> pods.evict(pod));
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
    return giveBack(fault)
        .thenCompose(_ -> fault.done.handle((_, _) -> null))
        .thenCompose(_ -> onLoop(pods.state(fault.pod)))
        .thenCompose(now ->
            fault.done.isCompletedExceptionally()
                    && now.filter(state -> isUntouched(state, fault)).isPresent()
                ? CompletableFuture.completedFuture(
                    new Proof(false, String.valueOf(fault.done.exceptionNow().getMessage())))
                : back(fault))
        .whenComplete((_, _) -> taken.remove(id));
  }

  /** A call that failed may have done its work all the same. */
  private static boolean isUntouched(Pods.State now, Taken fault) {
    return now.uid().equals(fault.uid) && !now.ending();
  }

  private CompletableFuture<Proof> back(Taken fault) {
    return Poll.until(
            scheduler,
            BACK,
            "another pod " + fault.pod.pod(),
            () ->
                pods.state(fault.pod)
                    .thenApply(state -> state.filter(there -> !there.uid().equals(fault.uid))))
        .thenCompose(there -> {
          members.gone(fault.pod);
          return onLoop(members.bringBack(fault.pod))
              .thenCompose(_ -> onLoop(pods.state(fault.pod)))
              .thenApply(served -> proof(fault, served.orElse(there)));
        });
  }

  /** Asks for the node and waits until it takes no more pods. */
  private CompletableFuture<Void> cordon(MemberPod pod, CordonRequest request) {
    return onLoop(pods.ask(pod, request))
        .thenCompose(_ ->
            Poll.until(
                scheduler,
                ANSWER,
                "the operator to cordon node " + request.node(),
                () ->
                    pods.answer(pod)
                        .thenApply(answer ->
                            answer
                                .filter(one -> one.fault().equals(request.fault()))
                                .map(PodFaults::cordoned))))
        .thenApply(_ -> null);
  }

  private static CordonAnswer cordoned(CordonAnswer answer) {
    return switch (answer) {
      case CordonAnswer.Cordoned cordoned -> cordoned;
      case CordonAnswer.Ended _ -> throw new Poll.GiveUp("the node was given back at once");
      case CordonAnswer.Refused refused -> throw new Poll.GiveUp(refused.why());
    };
  }

  /** Lets the node take pods again, if it was taken, and waits until it does. */
  private CompletableFuture<Void> giveBack(Taken fault) {
    if (fault.cordon.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    CordonRequest over = fault.cordon.get().over();
    return onLoop(pods.ask(fault.pod, over))
        .thenCompose(_ ->
            Poll.until(
                scheduler,
                ANSWER,
                "the operator to let node " + over.node() + " take pods again",
                () ->
                    pods.answer(fault.pod)
                        .thenApply(answer ->
                            answer
                                .filter(one -> one.fault().equals(over.fault()))
                                .filter(one -> !(one instanceof CordonAnswer.Cordoned)))))
        .thenApply(_ -> null);
  }

  private Proof proof(Taken fault, Pods.State now) {
    String node = now.node().orElse("");
    boolean elsewhere = !node.equals(fault.node);
    return new Proof(
        fault.cordon.isEmpty() || elsewhere,
        "pod %s went (uid %s), another came (uid %s)%s and served after %.1f s"
            .formatted(
                fault.pod.pod(),
                brief(fault.uid),
                brief(now.uid()),
                fault.cordon.isEmpty()
                    ? ""
                    : elsewhere
                        ? " on node %s instead of %s".formatted(node, fault.node)
                        : " on the same node " + node,
                (scheduler.now() - fault.at) / 1e9));
  }

  private static String brief(String uid) {
    return uid.substring(0, Math.min(8, uid.length()));
  }

  private <T> CompletableFuture<T> onLoop(CompletionStage<T> stage) {
    return stage.toCompletableFuture().thenApplyAsync(value -> value, scheduler::execute);
  }
}
