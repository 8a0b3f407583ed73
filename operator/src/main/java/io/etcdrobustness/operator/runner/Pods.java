package io.etcdrobustness.operator.runner;

import io.etcdrobustness.operator.status.CordonAnswer;
import io.etcdrobustness.operator.status.CordonRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Members' pods and claims, as the API server keeps them. Every call is made off the loop and
 * answers later; it fails if the API server refuses or is not reached.
 */
interface Pods {

  /** The pod as it is now; empty while there is none. */
  CompletionStage<Optional<State>> state(MemberPod pod);

  /**
   * Deletes the pod; its StatefulSet makes another one.
   *
   * @param grace zero: SIGKILL at once
   */
  CompletionStage<Void> delete(MemberPod pod, Duration grace);

  /** Evicts the pod, as a drain of its node does; a disruption budget may refuse. */
  CompletionStage<Void> evict(MemberPod pod);

  /** Deletes the claim, which goes when its pod is gone. */
  CompletionStage<Void> deleteClaim(MemberPod pod);

  /**
   * Has the etcd container run another image: in the pod in place, which keeps its volumes, and in
   * its StatefulSet, so that a pod made later has it too. May be repeated.
   */
  CompletionStage<Void> setImage(MemberPod pod, String image);

  /** Writes a word to the operator about the member's node; see {@link CordonRequest}. */
  CompletionStage<Void> ask(MemberPod pod, CordonRequest request);

  /** What the operator last answered. */
  CompletionStage<Optional<CordonAnswer>> answer(MemberPod pod);

  /**
   * A pod.
   *
   * @param uid another one for another pod of this name
   * @param etcd the id of the etcd container that runs; empty while none does
   * @param node on which it is; empty while it is not scheduled
   * @param waiting why a container waits, such as {@code ImagePullBackOff: …}, or the pod is not
   *     scheduled; empty if none does
   * @param ending whether it is being deleted
   */
  record State(
      String uid,
      Optional<String> etcd,
      Optional<String> node,
      Optional<String> waiting,
      boolean ending) {}
}
