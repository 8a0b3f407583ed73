package io.etcdrobustness.operator.runner;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.engine.VirtualScheduler;
import io.etcdrobustness.faults.Agent;
import io.etcdrobustness.faults.Agent.Proof;
import io.etcdrobustness.operator.status.CordonAnswer;
import io.etcdrobustness.operator.status.CordonRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class PodFaultsTest {

  private static final MemberPod POD = new MemberPod("ns", "run-1", "m1");

  private static final Duration LENGTH = Duration.ofSeconds(20);

  private final VirtualScheduler scheduler = new VirtualScheduler();
  private final FakePods pods = new FakePods();
  private final List<String> gone = new ArrayList<>();
  private final List<String> broughtBack = new ArrayList<>();
  private final PodFaults faults =
      new PodFaults(
          pods,
          new PodFaults.MemberReturn() {
            @Override
            public void gone(MemberPod pod) {
              gone.add(pod.member());
            }

            @Override
            public CompletionStage<Void> bringBack(MemberPod pod) {
              assertThat(gone).contains(pod.member());
              broughtBack.add(pod.member());
              return CompletableFuture.completedFuture(null);
            }
          },
          scheduler);

  @Test
  void aDeletedPodIsProvedByAnotherOneThatServes() {
    var begun =
        faults.begin("f1/m1", new Agent.DeletePod(false), LENGTH, POD).toCompletableFuture();
    scheduler.advance(Duration.ofSeconds(1));
    assertThat(begun).isCompleted();
    assertThat(pods.calls).containsExactly("delete run-1-m1-0 grace 0");
    assertThat(faults.knows("f1/m1")).isTrue();

    var proof = faults.end("f1/m1").toCompletableFuture();
    scheduler.advance(Duration.ofSeconds(2));
    assertThat(proof).isNotDone();
    assertThat(gone).isEmpty();

    pods.uid = "second-one";
    scheduler.advance(Duration.ofSeconds(2));
    assertThat(proof).isCompletedWithValueMatching(Proof::effective);
    assertThat(proof.join().measurement()).contains("first-on").contains("second-o");
    assertThat(broughtBack).containsExactly("m1");
    assertThat(faults.knows("f1/m1")).isFalse();
  }

  @Test
  void aGracefulDeleteLetsEtcdEnd() {
    var _ = faults.begin("f1/m1", new Agent.DeletePod(true), LENGTH, POD);
    scheduler.advance(Duration.ofSeconds(1));
    assertThat(pods.calls).containsExactly("delete run-1-m1-0 grace 10");
  }

  @Test
  void aLostVolumeTakesTheClaimFirst() {
    var _ = faults.begin("f1/m1", new Agent.LoseVolume(), LENGTH, POD);
    scheduler.advance(Duration.ofSeconds(1));
    assertThat(pods.calls)
        .containsExactly("delete claim data-run-1-m1-0", "delete run-1-m1-0 grace 0");
  }

  @Test
  void aPodThatDoesNotComeBackIsNoProof() {
    var _ = faults.begin("f1/m1", new Agent.EvictPod(), LENGTH, POD);
    scheduler.advance(Duration.ofSeconds(1));
    var proof = faults.end("f1/m1").toCompletableFuture();
    scheduler.advance(Duration.ofSeconds(120));
    assertThat(proof).isCompletedExceptionally();
    assertThat(proof.exceptionNow()).hasMessageContaining("another pod run-1-m1-0");
    assertThat(broughtBack).isEmpty();
  }

  @Test
  void aRefusedEvictionFailsTheFault() {
    pods.refusal = Optional.of("a disruption budget does not allow it");
    var begun = faults.begin("f1/m1", new Agent.EvictPod(), LENGTH, POD).toCompletableFuture();
    scheduler.advance(Duration.ofSeconds(1));
    assertThat(begun).isCompletedExceptionally();

    var proof = faults.end("f1/m1").toCompletableFuture();
    scheduler.advance(Duration.ofSeconds(1));
    assertThat(proof)
        .isCompletedWithValue(new Proof(false, "a disruption budget does not allow it"));
    assertThat(broughtBack).isEmpty();
  }

  @Test
  void aRefusalOfACallThatDidItsWorkIsNotBelieved() {
    pods.refusal = Optional.of("the connection was lost");
    var _ = faults.begin("f1/m1", new Agent.DeletePod(false), LENGTH, POD);
    scheduler.advance(Duration.ofSeconds(1));
    pods.uid = "second-one";
    var proof = faults.end("f1/m1").toCompletableFuture();
    scheduler.advance(Duration.ofSeconds(1));
    assertThat(proof).isCompletedWithValueMatching(Proof::effective);
    assertThat(broughtBack).containsExactly("m1");
  }

  @Test
  void aDrainedNodeTakesNoPodsUntilTheFaultEnds() {
    var begun = faults.begin("f1/m1", new Agent.DrainNode(), LENGTH, POD).toCompletableFuture();
    scheduler.advance(Duration.ofSeconds(1));
    assertThat(pods.calls).containsExactly("ask run-1-m1-0 f1/m1 node1 50s");
    assertThat(begun).isNotDone();

    pods.answer = Optional.of(new CordonAnswer.Cordoned("f1/m1", Instant.EPOCH));
    scheduler.advance(Duration.ofSeconds(1));
    assertThat(begun).isCompleted();
    assertThat(pods.calls.getLast()).isEqualTo("evict run-1-m1-0");

    pods.uid = "second-one";
    pods.node = "node2";
    var proof = faults.end("f1/m1").toCompletableFuture();
    scheduler.advance(Duration.ofSeconds(1));
    assertThat(pods.calls.getLast()).isEqualTo("ask run-1-m1-0 f1/m1 node1 0s");
    assertThat(proof).as("the node is not given back").isNotDone();

    pods.answer = Optional.of(new CordonAnswer.Ended("f1/m1"));
    scheduler.advance(Duration.ofSeconds(1));
    assertThat(proof).isCompletedWithValueMatching(Proof::effective);
    assertThat(proof.join().measurement()).contains("on node node2 instead of node1");
    assertThat(broughtBack).containsExactly("m1");
  }

  @Test
  void aMemberThatCameBackToTheSameNodeProvesNoDrain() {
    pods.answer = Optional.of(new CordonAnswer.Cordoned("f1/m1", Instant.EPOCH));
    var _ = faults.begin("f1/m1", new Agent.DrainNode(), LENGTH, POD);
    scheduler.advance(Duration.ofSeconds(1));
    pods.uid = "second-one";
    pods.answer = Optional.of(new CordonAnswer.Ended("f1/m1"));
    var proof = faults.end("f1/m1").toCompletableFuture();
    scheduler.advance(Duration.ofSeconds(1));
    assertThat(proof).isCompletedWithValueMatching(one -> !one.effective());
    assertThat(proof.join().measurement()).contains("on the same node node1");
    assertThat(broughtBack).containsExactly("m1");
  }

  @Test
  void aNodeThatTheOperatorDoesNotTakeIsSaidAndThePodIsLeftAlone() {
    pods.answer = Optional.of(new CordonAnswer.Refused("f1/m1", "there is no other node"));
    var begun = faults.begin("f1/m1", new Agent.DrainNode(), LENGTH, POD).toCompletableFuture();
    scheduler.advance(Duration.ofSeconds(1));
    assertThat(begun).isCompletedExceptionally();
    var proof = faults.end("f1/m1").toCompletableFuture();
    scheduler.advance(Duration.ofSeconds(1));
    assertThat(proof).isCompletedWithValue(new Proof(false, "there is no other node"));
    assertThat(pods.calls).noneMatch(call -> call.startsWith("evict"));
  }

  @Test
  void aFaultThatEndsBeforeTheOperatorAnswersLeavesThePodAlone() {
    var begun = faults.begin("f1/m1", new Agent.DrainNode(), LENGTH, POD).toCompletableFuture();
    scheduler.advance(Duration.ofSeconds(20));
    var proof = faults.end("f1/m1").toCompletableFuture();
    scheduler.advance(Duration.ofSeconds(1));
    pods.answer = Optional.of(new CordonAnswer.Ended("f1/m1"));
    scheduler.advance(Duration.ofSeconds(1));
    assertThat(begun).isCompletedExceptionally();
    assertThat(proof).isCompletedWithValueMatching(one -> !one.effective());
    assertThat(pods.calls).noneMatch(call -> call.startsWith("evict"));
  }

  private static final class FakePods implements Pods {
    final List<String> calls = new ArrayList<>();
    String uid = "first-one";
    String node = "node1";
    Optional<String> refusal = Optional.empty();
    Optional<CordonAnswer> answer = Optional.empty();

    @Override
    public CompletionStage<Optional<State>> state(MemberPod pod) {
      return CompletableFuture.completedFuture(
          Optional.of(
              new State(uid, Optional.of("c1"), Optional.of(node), Optional.empty(), false)));
    }

    @Override
    public CompletionStage<Void> delete(MemberPod pod, Duration grace) {
      return called("delete " + pod.pod() + " grace " + grace.toSeconds());
    }

    @Override
    public CompletionStage<Void> evict(MemberPod pod) {
      return called("evict " + pod.pod());
    }

    @Override
    public CompletionStage<Void> deleteClaim(MemberPod pod) {
      return called("delete claim " + pod.claim());
    }

    @Override
    public CompletionStage<Void> setImage(MemberPod pod, String image) {
      return called("image " + pod.pod() + " " + image);
    }

    @Override
    public CompletionStage<Void> ask(MemberPod pod, CordonRequest request) {
      return called("ask " + pod.pod() + " " + request.text());
    }

    @Override
    public CompletionStage<Optional<CordonAnswer>> answer(MemberPod pod) {
      return CompletableFuture.completedFuture(answer);
    }

    private CompletionStage<Void> called(String call) {
      calls.add(call);
      return refusal.isPresent()
          ? CompletableFuture.failedFuture(new IllegalStateException(refusal.get()))
          : CompletableFuture.completedFuture(null);
    }
  }
}
