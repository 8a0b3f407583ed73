package io.etcdrobustness.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.operator.status.Refusal;
import io.etcdrobustness.operator.status.RunStatuses;
import io.etcdrobustness.operator.status.RunStatuses.Stage;
import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.RunStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A reconciler that is given a run as it was some time ago, as an informer's cache may do. */
@Tag("cluster")
class StaleCacheTest {

  private final World world = new World("stale");

  /** What the cache still shows of a run whose runner was made, and is gone by now. */
  enum Past {
    WAITING(_ -> null),
    CREATING(run -> RunStatuses.creating(run, InstantSource.system().instant()));

    private final Function<RobustnessRun, @Nullable RunStatus> status;

    Past(Function<RobustnessRun, @Nullable RunStatus> status) {
      this.status = status;
    }
  }

  @ParameterizedTest
  @EnumSource
  void makesNothingAgain(Past past) {
    RobustnessRun run;
    try (OperatorRuntime _ = TestOperator.started(world)) {
      world.apply("once", "{}");
      run = world.awaitRun("once-1", Stage.RUNNER_STARTING);
    }
    world.client.batch().v1().jobs().inNamespace(world.namespace).withName("once-1").delete();
    world.awaitGone(
        world.client.batch().v1().jobs().inNamespace(world.namespace).withName("once-1"));

    RobustnessRun stale = world.client.getKubernetesSerialization().clone(run);
    stale.setStatus(null);
    stale.setStatus(past.status.apply(stale));
    assertThat(RunStatuses.stage(stale)).hasToString(past.name());

    assertThat(reconciler().reconcile(stale, noContext()).isNoUpdate()).isTrue();
    assertThat(world.client.batch().v1().jobs().inNamespace(world.namespace).list().getItems())
        .isEmpty();
    assertThat(world.run("once-1").get().getMetadata().getResourceVersion())
        .isEqualTo(run.getMetadata().getResourceVersion());
  }

  @Test
  void makesNothingForARunThatIsGone() {
    RobustnessRun run;
    try (OperatorRuntime _ = TestOperator.started(world)) {
      world.apply("twice", "{}");
      run = world.awaitRun("twice-1", Stage.RUNNER_STARTING);
      world.run("twice-1").delete();
      world.awaitGone(world.run("twice-1"));
    }
    run.setStatus(null);

    assertThat(reconciler().reconcile(run, noContext()).isNoUpdate()).isTrue();
    assertThat(world.runs()).isEmpty();
  }

  private RunReconciler reconciler() {
    OperatorRuntime.Parts parts = TestOperator.in(world.client, world.namespace);
    KubernetesClient client = parts.client();
    Happenings happenings = new Happenings(client, parts.clock(), "stale");
    Cordons cordons = new Cordons(client, false, happenings, parts.clock());
    return new RunReconciler(
        client,
        new Anywhere(),
        new RunQueue(1),
        new RunObjectsMaker(client, parts.installation(), parts.secretly()),
        RunnerSigns.Patience.DEFAULT,
        new Farewell(client, cordons, Duration.ofSeconds(5)),
        cordons,
        happenings,
        parts.observer(),
        new Rounds(),
        parts.clock());
  }

  @SuppressWarnings("unchecked")
  private static Context<RobustnessRun> noContext() {
    return (Context<RobustnessRun>)
        Proxy.newProxyInstance(
            StaleCacheTest.class.getClassLoader(),
            new Class<?>[] {Context.class},
            (_, method, _) -> {
              throw new AssertionError("the cache was asked: " + method);
            });
  }

  /** Consent everywhere. */
  private static final class Anywhere implements Consent {

    @Override
    public Optional<Refusal> refusal(String namespace) {
      return Optional.empty();
    }

    @Override
    public boolean halted() {
      return false;
    }

    @Override
    public void whenChanged(Consumer<Optional<String>> listener) {}

    @Override
    public void close() {}
  }
}
