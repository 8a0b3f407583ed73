package io.etcdrobustness.operator.reconcile;

import io.etcdrobustness.operator.model.Labels;
import io.etcdrobustness.operator.status.CordonAnswer;
import io.etcdrobustness.operator.status.CordonAnswer.Cordoned;
import io.etcdrobustness.operator.status.CordonAnswer.Ended;
import io.etcdrobustness.operator.status.CordonAnswer.Refused;
import io.etcdrobustness.operator.status.CordonRequest;
import io.etcdrobustness.operator.status.MergePatch;
import io.etcdrobustness.resource.RobustnessRun;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps new pods off a node for as long as a run asks for it, the half of a drain that a runner has
 * no right to. A node is only taken if a member of the run is on it, if nobody else has cordoned
 * it, and if another node takes pods. The node carries whose it is; whoever comes after this
 * operator can give it back.
 */
final class Cordons {

  private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

  private final KubernetesClient client;
  private final boolean allowed;
  private final Happenings happenings;
  private final InstantSource clock;

  /**
   * Cordons of this operator's runs.
   *
   * @param allowed whether the installation has rights over nodes
   */
  Cordons(KubernetesClient client, boolean allowed, Happenings happenings, InstantSource clock) {
    this.client = client;
    this.allowed = allowed;
    this.happenings = happenings;
    this.clock = clock;
  }

  /**
   * Does what the run asks for.
   *
   * @param members the StatefulSets of its members
   * @return when to look again, though nothing changes; empty: not
   */
  Optional<Duration> follow(RobustnessRun run, Collection<StatefulSet> members) {
    Optional<Duration> soonest = Optional.empty();
    for (StatefulSet member : members) {
      Optional<Duration> next =
          CordonRequest.parse(annotation(member, CordonRequest.ANNOTATION))
              .flatMap(request -> follow(run, member, request));
      if (next.isPresent() && soonest.filter(one -> one.compareTo(next.get()) <= 0).isEmpty()) {
        soonest = next;
      }
    }
    return soonest;
  }

  private Optional<Duration> follow(RobustnessRun run, StatefulSet member, CordonRequest request) {
    Optional<CordonAnswer> before =
        CordonAnswer.parse(annotation(member, CordonAnswer.ANNOTATION))
            .filter(answer -> answer.fault().equals(request.fault()));
    Instant now = clock.instant();
    CordonAnswer answer =
        switch (before.orElse(null)) {
          case Ended ended -> ended;
          case Refused refused -> refused;
          case Cordoned cordoned when !request.isOver() && now.isBefore(cordoned.until()) ->
              cordoned;
          case Cordoned _ -> end(run, request);
          case null -> request.isOver() ? end(run, request) : begin(run, member, request, now);
        };
    if (!before.equals(Optional.of(answer))) {
      client
          .resource(member)
          .patch(MERGE, MergePatch.ofAnnotations(Map.of(CordonAnswer.ANNOTATION, answer.text())));
    }
    return answer instanceof Cordoned(var _, Instant until)
        ? Optional.of(Duration.between(now, until).plusSeconds(1))
        : Optional.empty();
  }

  private CordonAnswer begin(
      RobustnessRun run, StatefulSet member, CordonRequest request, Instant now) {
    Optional<String> refusal = refusal(run, member, request);
    if (refusal.isPresent()) {
      return new Refused(request.fault(), refusal.get());
    }
    Node node = client.nodes().withName(request.node()).get();
    mark(node, owner(run), true);
    happenings.normal(
        run,
        "NodeCordoned",
        "Drain",
        "node %s takes no more pods, for %d s at most"
            .formatted(request.node(), request.hold().toSeconds()));
    return new Cordoned(request.fault(), now.plus(request.hold()).truncatedTo(ChronoUnit.SECONDS));
  }

  private Optional<String> refusal(RobustnessRun run, StatefulSet member, CordonRequest request) {
    if (!allowed) {
      return Optional.of("the operator has no right over nodes");
    }
    Pod pod =
        client
            .pods()
            .inNamespace(run.getMetadata().getNamespace())
            .withName(member.getMetadata().getName() + "-0")
            .get();
    if (pod == null || !request.node().equals(pod.getSpec().getNodeName())) {
      return Optional.of(
          "%s is not on node %s".formatted(member.getMetadata().getName(), request.node()));
    }
    Collection<Node> nodes = client.nodes().list().getItems();
    Optional<Node> own =
        nodes.stream().filter(node -> named(node).equals(request.node())).findFirst();
    if (own.isEmpty()) {
      return Optional.of("there is no node " + request.node());
    }
    if (isCordoned(own.get()) && !owner(run).equals(annotation(own.get(), Labels.CORDONED_BY))) {
      return Optional.of("somebody else has cordoned node " + request.node());
    }
    return nodes.stream()
            .anyMatch(
                node -> !named(node).equals(request.node()) && !isCordoned(node) && isReady(node))
        ? Optional.empty()
        : Optional.of("there is no other node that takes pods");
  }

  private CordonAnswer end(RobustnessRun run, CordonRequest request) {
    Node node = client.nodes().withName(request.node()).get();
    if (node != null && owner(run).equals(annotation(node, Labels.CORDONED_BY))) {
      giveBack(run, node);
    }
    return new Ended(request.fault());
  }

  /** Whatever nodes this run has cordoned take pods again. */
  void release(RobustnessRun run) {
    for (Node node : client.nodes().list().getItems()) {
      if (owner(run).equals(annotation(node, Labels.CORDONED_BY))) {
        giveBack(run, node);
      }
    }
  }

  /** Whether one of these members has asked for a node. */
  static boolean anyAsked(Collection<StatefulSet> members) {
    return members.stream()
        .anyMatch(member -> annotation(member, CordonRequest.ANNOTATION) != null);
  }

  private void giveBack(RobustnessRun run, Node node) {
    mark(node, null, false);
    happenings.normal(
        run, "NodeUncordoned", "Drain", "node %s takes pods again".formatted(named(node)));
  }

  /** Refused by the API server if the node is another one by now; then this is done again. */
  private void mark(Node node, @Nullable String owner, boolean cordoned) {
    client
        .nodes()
        .withName(named(node))
        .patch(
            MERGE,
            MergePatch.ofCordon(
                Labels.CORDONED_BY, owner, cordoned, node.getMetadata().getResourceVersion()));
  }

  private static String owner(RobustnessRun run) {
    return run.getMetadata().getNamespace() + "/" + run.getMetadata().getName();
  }

  private static String named(Node node) {
    return node.getMetadata().getName();
  }

  private static boolean isCordoned(Node node) {
    return Boolean.TRUE.equals(node.getSpec().getUnschedulable());
  }

  private static boolean isReady(Node node) {
    return node.getStatus() != null
        && node.getStatus().getConditions().stream()
            .anyMatch(condition ->
                "Ready".equals(condition.getType()) && "True".equals(condition.getStatus()));
  }

  private static @Nullable String annotation(HasMetadata object, String name) {
    Map<String, String> annotations = object.getMetadata().getAnnotations();
    return annotations == null ? null : annotations.get(name);
  }
}
