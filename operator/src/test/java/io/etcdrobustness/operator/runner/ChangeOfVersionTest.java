package io.etcdrobustness.operator.runner;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.engine.VirtualScheduler;
import io.etcdrobustness.faults.agent.LogChunk;
import io.etcdrobustness.faults.agent.LogPosition;
import io.etcdrobustness.operator.status.CordonAnswer;
import io.etcdrobustness.operator.status.CordonRequest;
import io.etcdrobustness.spec.Release;
import io.etcdrobustness.spec.TestSpec;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A member of Kubernetes gets another release, in virtual time. */
class ChangeOfVersionTest {

  private static final Release NEW = Release.parse("v3.6.16");
  private static final TestSpec SPEC =
      new KubernetesSerialization()
          .unmarshal(
              """
              cluster: {replicas: 1, version: v3.5.33, options: {snapshotCatchUpEntries: 100}}
              """,
              TestSpec.class);
  private static final MemberPod POD = new MemberPod("ns", "run-1", "m0");
  private static final String OLD_FLAGS = "start --experimental-snapshot-catchup-entries=100";
  private static final String NEW_FLAGS = "start --snapshot-catchup-entries=100";

  private final VirtualScheduler scheduler = new VirtualScheduler();
  private final List<String> calls = new ArrayList<>();
  private final FakePods pods = new FakePods();
  private final FakeLink link = new FakeLink();
  private final KubernetesCluster cluster;

  ChangeOfVersionTest(@TempDir Path directory) {
    this.cluster =
        new KubernetesCluster(
            SPEC.cluster(),
            List.of(POD),
            _ -> link,
            pods,
            new Etcds(SPEC.cluster(), List.of(POD), "example.com/etcd"),
            Optional.empty(),
            directory,
            scheduler,
            new RunningMembers(_ -> {}, scheduler));
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  @Test
  void etcdEndsInOrderBeforeItsContainerIsReplacedAndStartsWithTheFlagsOfTheNewRelease() {
    var changed = cluster.changeVersion("m0", NEW).toCompletableFuture();
    scheduler.advance(Duration.ofSeconds(10));
    assertThat(changed).isNotDone();
    assertThat(calls)
        .containsExactly("stop within 12 s", "image run-1-m0-0 example.com/etcd:v3.6.16");

    pods.etcd = Optional.empty();
    scheduler.advance(Duration.ofSeconds(1));
    pods.etcd = Optional.of("second-one");
    scheduler.advance(Duration.ofSeconds(1));
    assertThat(changed).isCompleted();
    assertThat(calls).hasSize(3).last().isEqualTo(NEW_FLAGS);
    assertThat(cluster.versions()).containsEntry("m0", "v3.6.16");
  }

  @Test
  void anApiServerThatIsAwayForAMomentIsAskedAgain() {
    pods.away = true;
    var changed = cluster.changeVersion("m0", NEW).toCompletableFuture();
    scheduler.advance(Duration.ofSeconds(30));
    assertThat(calls).isEmpty();

    pods.away = false;
    scheduler.advance(Duration.ofSeconds(1));
    pods.away = true;
    pods.etcd = Optional.of("second-one");
    scheduler.advance(Duration.ofSeconds(30));
    assertThat(changed).isNotDone();

    pods.away = false;
    scheduler.advance(Duration.ofSeconds(1));
    assertThat(changed).isCompleted();
    assertThat(calls).last().isEqualTo(NEW_FLAGS);
  }

  @Test
  void anImageThatCannotBePulledIsToldAndEtcdStaysDown() {
    var changed = cluster.changeVersion("m0", NEW).toCompletableFuture();
    scheduler.advance(Duration.ofSeconds(1));
    pods.etcd = Optional.empty();
    pods.waiting = Optional.of("container etcd: ImagePullBackOff: no such image");
    scheduler.advance(Duration.ofMinutes(3));
    assertThat(changed).isCompletedExceptionally();
    assertThat(changed.exceptionNow())
        .hasMessageContaining("the etcd container of run-1-m0-0 to run its new image")
        .hasMessageContaining("ImagePullBackOff");
    assertThat(calls).hasSize(2);
  }

  @Test
  void aPodThatIsMadeAnewLaterComesBackWithTheReleaseOfItsMember() {
    var _ = cluster.bringBack(POD);
    scheduler.advance(Duration.ofSeconds(1));
    assertThat(calls).containsExactly(OLD_FLAGS);

    var _ = cluster.changeVersion("m0", NEW);
    scheduler.advance(Duration.ofSeconds(1));
    pods.etcd = Optional.of("second-one");
    scheduler.advance(Duration.ofSeconds(1));
    calls.clear();
    link.running = false;

    var _ = cluster.bringBack(POD);
    scheduler.advance(Duration.ofSeconds(1));
    assertThat(calls).containsExactly(NEW_FLAGS);
  }

  private final class FakePods implements Pods {
    Optional<String> etcd = Optional.of("first-one");
    Optional<String> waiting = Optional.empty();
    boolean away;

    private <T> CompletionStage<T> answer(T value) {
      return away
          ? CompletableFuture.failedFuture(new IllegalStateException("connection refused"))
          : CompletableFuture.completedFuture(value);
    }

    @Override
    public CompletionStage<Optional<State>> state(MemberPod pod) {
      return answer(Optional.of(new State("uid-1", etcd, Optional.of("node1"), waiting, false)));
    }

    @Override
    public CompletionStage<Void> setImage(MemberPod pod, String image) {
      if (!away) {
        calls.add("image " + pod.pod() + " " + image);
      }
      return answer(true).thenAccept(_ -> {});
    }

    @Override
    public CompletionStage<Void> delete(MemberPod pod, Duration grace) {
      throw new AssertionError("the pod stays");
    }

    @Override
    public CompletionStage<Void> evict(MemberPod pod) {
      throw new AssertionError("the pod stays");
    }

    @Override
    public CompletionStage<Void> deleteClaim(MemberPod pod) {
      throw new AssertionError("the volume stays");
    }

    @Override
    public CompletionStage<Void> ask(MemberPod pod, CordonRequest request) {
      throw new AssertionError("the node stays");
    }

    @Override
    public CompletionStage<Optional<CordonAnswer>> answer(MemberPod pod) {
      throw new AssertionError("the node stays");
    }
  }

  private final class FakeLink implements AgentLink {
    boolean running;

    @Override
    public CompletionStage<Void> start(List<String> arguments) {
      running = true;
      calls.add(
          "start "
              + arguments.stream()
                  .filter(argument -> argument.contains("catchup"))
                  .findFirst()
                  .orElse("without the flag"));
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> stop(Duration grace) {
      running = false;
      calls.add("stop within %d s".formatted(grace.toSeconds()));
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<State> state() {
      return CompletableFuture.completedFuture(
          new State(running ? Optional.of(7L) : Optional.empty(), running, false));
    }

    @Override
    public CompletionStage<Void> inject(String id, Command command, Duration length) {
      throw new AssertionError("there are no faults");
    }

    @Override
    public CompletionStage<Proof> heal(String id) {
      throw new AssertionError("there are no faults");
    }

    @Override
    public CompletionStage<Void> healAll() {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<LogChunk> log(LogPosition from) {
      return CompletableFuture.failedFuture(new IllegalStateException("there is no log"));
    }

    @Override
    public CompletionStage<Void> upToDate() {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {}
  }
}
