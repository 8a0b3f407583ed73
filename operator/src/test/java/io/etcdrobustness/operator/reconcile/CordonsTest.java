package io.etcdrobustness.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.operator.model.Labels;
import io.etcdrobustness.operator.status.CordonAnswer;
import io.etcdrobustness.operator.status.CordonRequest;
import io.etcdrobustness.operator.status.MergePatch;
import io.etcdrobustness.operator.status.RunStatuses.Stage;
import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.Status.Phase;
import io.etcdrobustness.resource.Status.Verdict;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Nodes that runs ask for, on a real API server whose nodes have no kubelet. */
@Tag("cluster")
class CordonsTest {

  private final World world = new World("cordon");
  private final String node = "a-" + world.namespace;
  private final String other = "b-" + world.namespace;
  private OperatorRuntime operator = TestOperator.started(world);

  @BeforeEach
  void aRunWhoseMemberIsOnANode() {
    create(node);
    create(other);
    world.apply("once", "{}");
    RobustnessRun run = world.awaitRun("once-1", Stage.RUNNER_STARTING);
    world
        .client
        .resource(
            new PodBuilder()
                .withNewMetadata()
                .withNamespace(world.namespace)
                .withName("once-1-m1-0")
                .endMetadata()
                .withNewSpec()
                .withNodeName(node)
                .addNewContainer()
                .withName("etcd")
                .withImage("etcd")
                .endContainer()
                .endSpec()
                .build())
        .create();
    world
        .client
        .resource(
            new PodBuilder()
                .withNewMetadata()
                .withNamespace(world.namespace)
                .withName("once-1-runner-x")
                .addToLabels(Labels.MANAGED_BY, Labels.OPERATOR)
                .addToLabels(Labels.COMPONENT, "runner")
                .addToLabels(Labels.RUN, "once-1")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("runner")
                .withImage("runner")
                .endContainer()
                .endSpec()
                .build())
        .create();
    world
        .client
        .pods()
        .inNamespace(world.namespace)
        .withName("once-1-runner-x")
        .subresource("status")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            """
            {"status": {"phase": "Running", "containerStatuses": [{"name": "runner", "image": "i",
             "imageID": "", "ready": true, "restartCount": 0, "state": {"running": {}}}]}}
            """);
    speak(run, Optional.empty());
    world.awaitRun("once-1", Stage.UNDER_WAY);
  }

  @AfterEach
  void nothingStays() {
    operator.close();
    world.client.nodes().withName(node).delete();
    world.client.nodes().withName(other).delete();
  }

  @Test
  void aNodeIsHeldUntilTheRunGivesItBack() {
    ask("f1/m1 %s 60s".formatted(node));
    assertThat(answered("f1/m1")).isInstanceOf(CordonAnswer.Cordoned.class);
    assertThat(node(node).getSpec().getUnschedulable()).isTrue();
    assertThat(node(node).getMetadata().getAnnotations())
        .containsEntry(Labels.CORDONED_BY, world.namespace + "/once-1");

    ask("f1/m1 %s 0s".formatted(node));
    world
        .set("once-1-m1")
        .waitUntilCondition(
            set -> answer(set).filter(CordonAnswer.Ended.class::isInstance).isPresent(),
            30,
            TimeUnit.SECONDS);
    isGivenBack();
    world.awaitEvents("once-1", "NodeCordoned", "NodeUncordoned");
  }

  @Test
  void aNodeThatNobodyGivesBackIsGivenBackWhenItsTimeIsOver() {
    ask("f1/m1 %s 6s".formatted(node));
    assertThat(answered("f1/m1")).isInstanceOf(CordonAnswer.Cordoned.class);
    awaitGivenBack();
  }

  @Test
  void aNodeIsGivenBackThoughTheOperatorIsAnotherOneByNow() {
    ask("f1/m1 %s 600s".formatted(node));
    assertThat(answered("f1/m1")).isInstanceOf(CordonAnswer.Cordoned.class);
    operator.close();
    speak(Objects.requireNonNull(world.run("once-1").get()), Optional.of(Verdict.Error));
    operator = TestOperator.started(world);
    awaitGivenBack();
  }

  @Test
  void aNodeWithoutAMemberOfTheRunIsRefused() {
    ask("f1/m1 %s 60s".formatted(other));
    assertThat(answered("f1/m1"))
        .isEqualTo(new CordonAnswer.Refused("f1/m1", "once-1-m1 is not on node " + other));
    assertThat(node(other).getSpec().getUnschedulable()).isNull();
  }

  @Test
  void aNodeThatSomebodyElseHasCordonedIsRefusedAndStaysSo() {
    world.client.nodes().withName(node).patch(PatchContext.of(PatchType.JSON_MERGE), CORDON);
    ask("f1/m1 %s 60s".formatted(node));
    assertThat(answered("f1/m1"))
        .isEqualTo(new CordonAnswer.Refused("f1/m1", "somebody else has cordoned node " + node));
    ask("f1/m1 %s 0s".formatted(node));
    world.run("once-1").delete();
    world.awaitGone(world.run("once-1"));
    assertThat(node(node).getSpec().getUnschedulable()).isTrue();
  }

  @Test
  void theLastNodeThatTakesPodsIsRefused() {
    world.client.nodes().withName(other).patch(PatchContext.of(PatchType.JSON_MERGE), CORDON);
    ask("f1/m1 %s 60s".formatted(node));
    assertThat(answered("f1/m1"))
        .isEqualTo(new CordonAnswer.Refused("f1/m1", "there is no other node that takes pods"));
  }

  private static final String CORDON = "{\"spec\": {\"unschedulable\": true}}";

  private void create(String name) {
    world
        .client
        .resource(new NodeBuilder().withNewMetadata().withName(name).endMetadata().build())
        .create();
    world
        .client
        .nodes()
        .withName(name)
        .subresource("status")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"status\": {\"conditions\": [{\"type\": \"Ready\", \"status\": \"True\"}]}}");
  }

  private Node node(String name) {
    return Objects.requireNonNull(world.client.nodes().withName(name).get());
  }

  private void isGivenBack() {
    assertThat(node(node).getSpec().getUnschedulable()).isNull();
    assertThat(node(node).getMetadata().getAnnotations()).doesNotContainKey(Labels.CORDONED_BY);
  }

  private void awaitGivenBack() {
    world
        .client
        .nodes()
        .withName(node)
        .waitUntilCondition(
            there -> there.getSpec().getUnschedulable() == null, 30, TimeUnit.SECONDS);
    isGivenBack();
  }

  private void ask(String request) {
    assertThat(CordonRequest.parse(request)).isPresent();
    world
        .set("once-1-m1")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            MergePatch.ofAnnotations(Map.of(CordonRequest.ANNOTATION, request)));
  }

  private CordonAnswer answered(String fault) {
    StatefulSet set =
        world
            .set("once-1-m1")
            .waitUntilCondition(
                one -> answer(one).filter(it -> it.fault().equals(fault)).isPresent(),
                30,
                TimeUnit.SECONDS);
    return answer(set).orElseThrow();
  }

  private static Optional<CordonAnswer> answer(StatefulSet set) {
    return CordonAnswer.parse(
        set.getMetadata().getAnnotations() == null
            ? null
            : set.getMetadata().getAnnotations().get(CordonAnswer.ANNOTATION));
  }

  private void speak(RobustnessRun run, Optional<Verdict> verdict) {
    world
        .client
        .resource(run)
        .subresource("status")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            MergePatch.ofStatus(
                    null,
                    FakeRunners.status(
                        run, verdict.isPresent() ? Phase.Complete : Phase.Running, verdict),
                    null)
                .orElseThrow());
  }
}
