package io.etcdrobustness.operator.reconcile;

import io.etcdrobustness.operator.model.Labels;
import io.etcdrobustness.operator.model.Names;
import io.etcdrobustness.operator.status.Refusal;
import io.etcdrobustness.operator.status.RunStatuses;
import io.etcdrobustness.operator.status.RunStatuses.Stage;
import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.RunStatus;
import io.etcdrobustness.resource.Status.Verdict;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Leads a run from its turn to its end; see {@link RunStatuses} for the stages.
 *
 * <ol>
 *   <li>A run that waits gets its turn, or is told why not.
 *   <li>A run that has its turn gets its objects, the runner last.
 *   <li>A run whose runner was made is watched over: a runner that never begins or is gone without
 *       a verdict makes an Error of it.
 *   <li>A run that is complete loses its cluster, and another one gets its turn.
 *   <li>A run that is deleted has its runner end first; see {@link Farewell}.
 * </ol>
 */
@ControllerConfiguration(name = "runs", generationAwareEventProcessing = false)
public final class RunReconciler implements Reconciler<RobustnessRun>, Cleaner<RobustnessRun> {

  private static final Duration SOON = Duration.ofSeconds(1);

  private final KubernetesClient client;
  private final Consent consent;
  private final RunQueue queue;
  private final RunObjectsMaker maker;
  private final RunnerSigns.Patience patience;
  private final Farewell farewell;
  private final Cordons cordons;
  private final StatusPatch statuses;
  private final Happenings happenings;
  private final RunObserver observer;
  private final Rounds rounds;
  private final InstantSource clock;
  private final SimpleInboundEventSource<RobustnessRun> wake =
      new SimpleInboundEventSource<>("wake");
  private volatile @Nullable IndexedResourceCache<RobustnessRun> runs;

  RunReconciler(
      KubernetesClient client,
      Consent consent,
      RunQueue queue,
      RunObjectsMaker maker,
      RunnerSigns.Patience patience,
      Farewell farewell,
      Cordons cordons,
      Happenings happenings,
      RunObserver observer,
      Rounds rounds,
      InstantSource clock) {
    this.client = client;
    this.consent = consent;
    this.queue = queue;
    this.maker = maker;
    this.patience = patience;
    this.farewell = farewell;
    this.cordons = cordons;
    this.statuses = new StatusPatch(client);
    this.happenings = happenings;
    this.observer = observer;
    this.rounds = rounds;
    this.clock = clock;
  }

  @Override
  public List<EventSource<?, RobustnessRun>> prepareEventSources(
      EventSourceContext<RobustnessRun> context) {
    runs = context.getPrimaryCache();
    consent.whenChanged(namespace -> wakeAll(in(namespace)));
    return List.of(
        wake,
        labelled(Job.class, context),
        labelled(StatefulSet.class, context),
        labelled(Pod.class, context));
  }

  private static <T extends HasMetadata> EventSource<T, RobustnessRun> labelled(
      Class<T> type, EventSourceContext<RobustnessRun> context) {
    // Members' pods come and go with the faults; only the runner's tells something of the run.
    String selector =
        Labels.SELECTOR + (type.equals(Pod.class) ? "," + Labels.COMPONENT + "=runner" : "");
    return new InformerEventSource<>(
        InformerEventSourceConfiguration.from(type, RobustnessRun.class)
            .withLabelSelector(selector)
            .withSecondaryToPrimaryMapper(RunReconciler::runOf)
            .build(),
        context);
  }

  private static Set<ResourceID> runOf(HasMetadata object) {
    String run = object.getMetadata().getLabels().get(Labels.RUN);
    return run == null
        ? Set.of()
        : Set.of(new ResourceID(run, object.getMetadata().getNamespace()));
  }

  @Override
  public UpdateControl<RobustnessRun> reconcile(RobustnessRun run, Context<RobustnessRun> context) {
    return rounds.of(() -> {
      observer.runSeen(run);
      return step(run, context);
    });
  }

  private UpdateControl<RobustnessRun> step(RobustnessRun run, Context<RobustnessRun> context) {
    return switch (RunStatuses.stage(run)) {
      case WAITING, CREATING -> begin(run);
      case RUNNER_STARTING, UNDER_WAY -> watchOver(run, context);
      case COMPLETE -> takeDown(run, context);
    };
  }

  /** Upon what the API server knows: our cache may be behind what we ourselves wrote last. */
  private UpdateControl<RobustnessRun> begin(RobustnessRun run) {
    RobustnessRun newest = client.resource(run).get();
    if (newest == null || newest.getMetadata().getDeletionTimestamp() != null) {
      return UpdateControl.noUpdate();
    }
    return switch (RunStatuses.stage(newest)) {
      case WAITING -> waits(newest);
      case CREATING -> create(newest, false);
      // The event of it is under way to us.
      case RUNNER_STARTING, UNDER_WAY, COMPLETE -> UpdateControl.noUpdate();
    };
  }

  // 1. Waiting.

  private UpdateControl<RobustnessRun> waits(RobustnessRun run) {
    if (TestDecision.isHalted(run)) {
      return end(run, Verdict.Inconclusive, RunStatuses.HALTED, "halted before it began");
    }
    Optional<Refusal> refusal = consent.refusal(run.getMetadata().getNamespace());
    if (refusal.isPresent()) {
      Refusal why = refusal.get();
      statuses.write(run, RunStatuses.waiting(run, why.reason(), why.message(), clock.instant()));
      return UpdateControl.noUpdate();
    }
    if (!queue.take(run, all(), mayBegin())) {
      statuses.write(
          run,
          RunStatuses.waiting(
              run,
              RunStatuses.QUEUED,
              "as many runs are under way as the operator's --max-parallel allows; the oldest that"
                  + " waits is next",
              clock.instant()));
      return UpdateControl.noUpdate();
    }
    RobustnessRun begun;
    try {
      begun = statuses.write(run, RunStatuses.creating(run, clock.instant()));
    } catch (KubernetesClientException refused) {
      queue.giveBack(run);
      throw refused;
    }
    happenings.normal(run, "RunStarted", "Start", "its cluster is being made");
    return create(begun, true);
  }

  private Predicate<RobustnessRun> mayBegin() {
    return run ->
        !TestDecision.isHalted(run) && consent.refusal(run.getMetadata().getNamespace()).isEmpty();
  }

  // 2. Creating.

  private UpdateControl<RobustnessRun> create(RobustnessRun run, boolean anew) {
    if (TestDecision.isHalted(run)) {
      return end(run, Verdict.Inconclusive, RunStatuses.HALTED, "halted before it began");
    }
    maker.make(run, anew);
    statuses.write(run, RunStatuses.runnerStarting(run, clock.instant()));
    return UpdateControl.<RobustnessRun>noUpdate().rescheduleAfter(patience.hopeless());
  }

  // 3. Under way.

  private UpdateControl<RobustnessRun> watchOver(
      RobustnessRun run, Context<RobustnessRun> context) {
    if (consent.halted() && !TestDecision.isHalted(run)) {
      statuses.annotate(run, Labels.HALT, "true");
      happenings.warning(
          run, "Halted", "Halt", "the switch " + ClusterConsent.SWITCH + " halts all runs");
    }
    Set<Pod> pods = context.getSecondaryResources(Pod.class);
    RunnerSigns signs =
        RunnerSigns.of(context.getSecondaryResource(Job.class), pods, patience, clock.instant());
    if (signs instanceof RunnerSigns.Gone) {
      // Caches may be behind: the Job not yet, the verdict not yet seen.
      signs = RunnerSigns.of(Optional.ofNullable(job(run)), pods, patience, clock.instant());
    }
    return switch (signs) {
      case RunnerSigns.Alive _ -> follow(run, context);
      case RunnerSigns.Ending ending ->
          UpdateControl.<RobustnessRun>noUpdate().rescheduleAfter(until(ending.until()));
      case RunnerSigns.NotYet not when RunStatuses.stage(run) == Stage.RUNNER_STARTING ->
          UpdateControl.<RobustnessRun>noUpdate().rescheduleAfter(until(not.until()));
      case RunnerSigns.NotYet _ -> UpdateControl.noUpdate();
      case RunnerSigns.NeverBegan never when RunStatuses.stage(run) == Stage.RUNNER_STARTING ->
          endByFate(run, RunStatuses.RUNNER_NOT_STARTED, never.why());
      case RunnerSigns.NeverBegan _ -> UpdateControl.noUpdate();
      case RunnerSigns.Gone gone -> endByFate(run, RunStatuses.RUNNER_LOST, gone.why());
    };
  }

  /** Ends it in Error, unless the API server knows of a verdict that our cache does not. */
  private UpdateControl<RobustnessRun> endByFate(RobustnessRun run, String reason, String why) {
    RobustnessRun newest = client.resource(run).get();
    if (newest == null || RunStatuses.isComplete(newest)) {
      return UpdateControl.noUpdate();
    }
    Names names = Names.of(run);
    String advice =
        reason.equals(RunStatuses.RUNNER_LOST)
            ? "; its last words: kubectl -n %s logs job/%s"
                .formatted(names.namespace(), names.job())
            : "";
    return end(newest, Verdict.Error, reason, why + advice);
  }

  private UpdateControl<RobustnessRun> end(
      RobustnessRun run, Verdict verdict, String reason, String message) {
    RunStatus ended = RunStatuses.ended(run, verdict, reason, message, clock.instant());
    statuses.write(run, ended);
    happenings.warning(run, reason, "End", message);
    return UpdateControl.noUpdate();
  }

  private @Nullable Job job(RobustnessRun run) {
    Names names = Names.of(run);
    return client.batch().v1().jobs().inNamespace(names.namespace()).withName(names.job()).get();
  }

  private UpdateControl<RobustnessRun> follow(RobustnessRun run, Context<RobustnessRun> context) {
    return cordons
        .follow(run, context.getSecondaryResources(StatefulSet.class))
        .map(UpdateControl.<RobustnessRun>noUpdate()::rescheduleAfter)
        .orElseGet(UpdateControl::noUpdate);
  }

  // 4. Complete.

  private UpdateControl<RobustnessRun> takeDown(RobustnessRun run, Context<RobustnessRun> context) {
    Names names = Names.of(run);
    Set<StatefulSet> members = context.getSecondaryResources(StatefulSet.class);
    if (Cordons.anyAsked(members)) {
      cordons.release(run);
    }
    if (!members.isEmpty()) {
      // The Service first: as long as there are members, this is done again.
      client.services().inNamespace(names.namespace()).withName(names.service()).delete();
      members.stream()
          .filter(member -> member.getMetadata().getDeletionTimestamp() == null)
          .forEach(member -> client.resource(member).delete());
    }
    RunStatus status = run.getStatus();
    if (status != null && RunStatuses.RUNNER_NOT_STARTED.equals(status.reason())) {
      // It could still begin, on a cluster that is no more.
      context
          .getSecondaryResource(Job.class)
          .filter(job -> job.getMetadata().getDeletionTimestamp() == null)
          .ifPresent(job ->
              client.resource(job).withPropagationPolicy(DeletionPropagation.BACKGROUND).delete());
    }
    queue.giveBack(run);
    wakeNext();
    return UpdateControl.noUpdate();
  }

  private void wakeNext() {
    wakeAll(queue.next(all(), mayBegin()));
  }

  // 5. Deleted.

  @Override
  public DeleteControl cleanup(RobustnessRun run, Context<RobustnessRun> context) {
    return rounds.ofDeleted(() -> seeOff(run));
  }

  private DeleteControl seeOff(RobustnessRun run) {
    boolean mayGo = farewell.say(run, clock.instant());
    if (!mayGo) {
      return DeleteControl.noFinalizerRemoval().rescheduleAfter(SOON.toMillis());
    }
    observer.runGone(run.getMetadata().getNamespace(), run.getMetadata().getName());
    queue.leave(run);
    wakeNext();
    return DeleteControl.defaultDelete();
  }

  private Duration until(Instant time) {
    Duration left = Duration.between(clock.instant(), time);
    return left.compareTo(SOON) > 0 ? left : SOON;
  }

  /** How many runs have not had their turn yet. */
  int waiting() {
    return (int)
        all().stream()
            .filter(run -> RunStatuses.stage(run) == RunStatuses.Stage.WAITING)
            .filter(run -> run.getMetadata().getDeletionTimestamp() == null)
            .count();
  }

  /** All that are watched. */
  List<RobustnessRun> all() {
    IndexedResourceCache<RobustnessRun> cache = runs;
    return cache == null ? List.of() : cache.list().toList();
  }

  private List<RobustnessRun> in(Optional<String> namespace) {
    return all().stream()
        .filter(run -> !RunStatuses.isComplete(run))
        .filter(
            run -> namespace.isEmpty() || namespace.get().equals(run.getMetadata().getNamespace()))
        .toList();
  }

  private void wakeAll(List<RobustnessRun> some) {
    some.forEach(run -> wake.propagateEvent(ResourceID.fromResource(run)));
  }
}
