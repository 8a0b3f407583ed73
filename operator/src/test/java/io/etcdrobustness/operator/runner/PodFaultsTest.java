package io.etcdrobustness.operator.runner;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.engine.VirtualScheduler;
import io.etcdrobustness.faults.Agent;
import io.etcdrobustness.faults.Agent.Proof;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class PodFaultsTest {

  private static final MemberPod POD = new MemberPod("ns", "run-1", "m1");

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
    var begun = faults.begin("f1/m1", new Agent.DeletePod(false), POD).toCompletableFuture();
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
    var _ = faults.begin("f1/m1", new Agent.DeletePod(true), POD);
    scheduler.advance(Duration.ofSeconds(1));
    assertThat(pods.calls).containsExactly("delete run-1-m1-0 grace 10");
  }

  @Test
  void aLostVolumeTakesTheClaimFirst() {
    var _ = faults.begin("f1/m1", new Agent.LoseVolume(), POD);
    scheduler.advance(Duration.ofSeconds(1));
    assertThat(pods.calls)
        .containsExactly("delete claim data-run-1-m1-0", "delete run-1-m1-0 grace 0");
  }

  @Test
  void aPodThatDoesNotComeBackIsNoProof() {
    var _ = faults.begin("f1/m1", new Agent.EvictPod(), POD);
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
    var begun = faults.begin("f1/m1", new Agent.EvictPod(), POD).toCompletableFuture();
    scheduler.advance(Duration.ofSeconds(1));
    assertThat(begun).isCompletedExceptionally();
  }

  private static final class FakePods implements Pods {
    final List<String> calls = new ArrayList<>();
    String uid = "first-one";
    Optional<String> refusal = Optional.empty();

    @Override
    public CompletionStage<Optional<State>> state(MemberPod pod) {
      return CompletableFuture.completedFuture(
          Optional.of(
              new State(uid, Optional.of("c1"), Optional.of("node1"), Optional.empty(), false)));
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

    private CompletionStage<Void> called(String call) {
      calls.add(call);
      return refusal.isPresent()
          ? CompletableFuture.failedFuture(new IllegalStateException(refusal.get()))
          : CompletableFuture.completedFuture(null);
    }
  }
}
