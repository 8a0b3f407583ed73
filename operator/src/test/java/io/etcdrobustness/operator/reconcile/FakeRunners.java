package io.etcdrobustness.operator.reconcile;

import io.etcdrobustness.operator.status.MergePatch;
import io.etcdrobustness.operator.status.RunStatuses;
import io.etcdrobustness.operator.status.RunStatuses.Stage;
import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.RunStatus;
import io.etcdrobustness.resource.Status.Condition;
import io.etcdrobustness.resource.Status.ConditionStatus;
import io.etcdrobustness.resource.Status.ConditionType;
import io.etcdrobustness.resource.Status.Etcd;
import io.etcdrobustness.resource.Status.FaultCount;
import io.etcdrobustness.resource.Status.Phase;
import io.etcdrobustness.resource.Status.PropertyKind;
import io.etcdrobustness.resource.Status.PropertyResult;
import io.etcdrobustness.resource.Status.PropertyStatus;
import io.etcdrobustness.resource.Status.Verdict;
import io.etcdrobustness.resource.Status.ViolationSummary;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Stands in for the runners of a namespace: does nothing with etcd, and tells the API server what a
 * real one would, with nothing but merge patches of the status.
 */
final class FakeRunners implements AutoCloseable {

  private final KubernetesClient client;
  private final SharedIndexInformer<RobustnessRun> informer;
  private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();
  private final Set<String> begun = ConcurrentHashMap.newKeySet();
  private final AtomicInteger underWay = new AtomicInteger();
  private final AtomicInteger mostUnderWay = new AtomicInteger();
  private final List<String> order = java.util.Collections.synchronizedList(new ArrayList<>());
  private final Function<RobustnessRun, Optional<Verdict>> verdicts;
  private final long millis;

  /**
   * Runners of all runs in this namespace.
   *
   * @param millis that a run takes
   * @param verdicts what becomes of a run; empty: it goes on for ever
   */
  FakeRunners(
      KubernetesClient client,
      String namespace,
      long millis,
      Function<RobustnessRun, Optional<Verdict>> verdicts) {
    this.client = client;
    this.millis = millis;
    this.verdicts = verdicts;
    this.informer =
        client
            .resources(RobustnessRun.class)
            .inNamespace(namespace)
            .inform(
                new ResourceEventHandler<>() {
                  @Override
                  public void onAdd(RobustnessRun run) {
                    look(run);
                  }

                  @Override
                  public void onUpdate(RobustnessRun before, RobustnessRun run) {
                    look(run);
                  }

                  @Override
                  public void onDelete(RobustnessRun run, boolean unknown) {}
                });
  }

  /** The most runs that were ever under way together. */
  int mostUnderWay() {
    return mostUnderWay.get();
  }

  /** Names of runs in the order in which they began. */
  List<String> order() {
    return List.copyOf(order);
  }

  /** Ends a run that goes on for ever. */
  void end(RobustnessRun run, Verdict verdict) {
    ends(run, 0, verdict);
  }

  private void ends(RobustnessRun run, long delay, Verdict verdict) {
    later(
        delay,
        () -> {
          underWay.decrementAndGet();
          write(run, status(run, Phase.Complete, Optional.of(verdict)));
        });
  }

  private void look(RobustnessRun run) {
    boolean starts = RunStatuses.stage(run) == Stage.RUNNER_STARTING;
    if (starts && begun.add(run.getMetadata().getUid())) {
      order.add(run.getMetadata().getName());
      mostUnderWay.accumulateAndGet(underWay.incrementAndGet(), Math::max);
      later(0, () -> write(run, status(run, Phase.Running, Optional.empty())));
      verdicts.apply(run).ifPresent(verdict -> ends(run, millis, verdict));
    }
  }

  private void later(long delay, Runnable task) {
    var _ =
        loop.schedule(
            () -> {
              try {
                task.run();
              } catch (KubernetesClientException gone) {
                if (gone.getCode() != 404) {
                  throw gone;
                }
              }
            },
            delay,
            TimeUnit.MILLISECONDS);
  }

  private void write(RobustnessRun run, RunStatus status) {
    client
        .resource(run)
        .subresource("status")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            MergePatch.ofStatus(null, status, null).orElseThrow());
  }

  /** What a runner says. */
  static RunStatus status(RobustnessRun run, Phase phase, Optional<Verdict> verdict) {
    boolean over = verdict.isPresent();
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    ConditionStatus passed =
        switch (verdict.orElse(null)) {
          case Passed -> ConditionStatus.True;
          case Failed -> ConditionStatus.False;
          case null, default -> ConditionStatus.Unknown;
        };
    long violations = verdict.equals(Optional.of(Verdict.Failed)) ? 1 : 0;
    return new RunStatus(
        run.getMetadata().getGeneration(),
        verdict.orElse(null),
        phase,
        over ? verdict.get() + "Reason" : "UnderWay",
        over ? "it is " + verdict.get() : "it goes on",
        run.getSpec().test().seed(),
        now,
        over ? now : null,
        "1/2",
        1234L,
        "3/4",
        violations,
        List.of(
            condition(ConditionType.ClusterReady, ConditionStatus.True, now),
            condition(
                ConditionType.Running, over ? ConditionStatus.False : ConditionStatus.True, now),
            condition(ConditionType.Healed, ConditionStatus.True, now),
            condition(
                ConditionType.Complete, over ? ConditionStatus.True : ConditionStatus.False, now),
            condition(ConditionType.Passed, passed, now)),
        List.of(
            new PropertyResult(
                "Linearizable", PropertyKind.Always, PropertyStatus.Holds, 99L, violations)),
        List.of(new FaultCount("Kill", 4L, 3L, 0L, 1L, null)),
        List.of(),
        violations == 0
            ? List.of()
            : List.of(
                new ViolationSummary("v1", "Linearizable", "a stale read", List.of("f01"), null)),
        null,
        new Etcd(List.of(run.getSpec().test().cluster().version()), 3, 2L),
        null);
  }

  private static Condition condition(ConditionType type, ConditionStatus status, String now) {
    return new Condition(type, status, "Told", "by a runner", now, 1L);
  }

  @Override
  public void close() {
    informer.close();
    loop.shutdownNow();
  }
}
