package io.etcdrobustness.operator.reconcile;

import io.etcdrobustness.operator.model.Labels;
import io.etcdrobustness.operator.model.NewRun;
import io.etcdrobustness.operator.status.Refusal;
import io.etcdrobustness.operator.status.SpecDigest;
import io.etcdrobustness.operator.status.TestRuns;
import io.etcdrobustness.operator.status.TestStatuses;
import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.RobustnessTest;
import io.etcdrobustness.resource.Status;
import io.etcdrobustness.resource.Status.Verdict;
import io.etcdrobustness.resource.TestStatus;
import io.etcdrobustness.resource.TestStatus.PastRun;
import io.etcdrobustness.spec.Problem;
import io.etcdrobustness.spec.SpecRules;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.Mappers;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes runs of a test and tells what became of them:
 *
 * <ol>
 *   <li>observe: the test's runs, and whether something speaks against a new one;
 *   <li>decide: {@link TestDecision};
 *   <li>act: tell runs to end, begin one;
 *   <li>tell: the status, and events;
 *   <li>tidy up: runs beyond what is to be kept, once the status that lists them is written.
 * </ol>
 *
 * <p>A run's name is made of the test's and a number, so a run that is begun twice, because a cache
 * did not show it yet, is one run.
 */
@ControllerConfiguration(name = "tests", generationAwareEventProcessing = false)
public final class TestReconciler implements Reconciler<RobustnessTest> {

  private static final Duration SOON = Duration.ofSeconds(1);
  private static final int MOST_FOREIGN_NAMES = 5;

  private final KubernetesClient client;
  private final Consent consent;
  private final SpecRules rules;
  private final LongSupplier seeds;
  private final StatusPatch statuses;
  private final Happenings happenings;
  private final RunObserver observer;
  private final Rounds rounds;
  private final InstantSource clock;
  private final SimpleInboundEventSource<RobustnessTest> wake =
      new SimpleInboundEventSource<>("wake");
  private volatile @Nullable IndexedResourceCache<RobustnessTest> tests;

  /**
   * A reconciler.
   *
   * @param rules that specs must keep to, beyond what the API server asks
   * @param seeds for runs of tests that have none
   */
  TestReconciler(
      KubernetesClient client,
      Consent consent,
      SpecRules rules,
      LongSupplier seeds,
      Happenings happenings,
      RunObserver observer,
      Rounds rounds,
      InstantSource clock) {
    this.client = client;
    this.consent = consent;
    this.rules = rules;
    this.seeds = seeds;
    this.statuses = new StatusPatch(client);
    this.happenings = happenings;
    this.observer = observer;
    this.rounds = rounds;
    this.clock = clock;
  }

  @Override
  public List<EventSource<?, RobustnessTest>> prepareEventSources(
      EventSourceContext<RobustnessTest> context) {
    tests = context.getPrimaryCache();
    consent.whenChanged(namespace ->
        all().stream()
            .filter(test ->
                namespace.isEmpty() || namespace.get().equals(test.getMetadata().getNamespace()))
            .forEach(test -> wake.propagateEvent(ResourceID.fromResource(test))));
    return List.of(
        wake,
        new InformerEventSource<>(
            InformerEventSourceConfiguration.from(RobustnessRun.class, RobustnessTest.class)
                .withSecondaryToPrimaryMapper(Mappers.fromOwnerReferences(RobustnessTest.class))
                .build(),
            context));
  }

  @Override
  public UpdateControl<RobustnessTest> reconcile(
      RobustnessTest test, Context<RobustnessTest> context) {
    return rounds.of(() -> {
      observer.testSeen(test);
      return step(test, context);
    });
  }

  private UpdateControl<RobustnessTest> step(RobustnessTest test, Context<RobustnessTest> context) {
    Instant now = clock.instant();
    TestRuns runs = observe(test, context.getSecondaryResources(RobustnessRun.class));
    Optional<Refusal> refusal = refusal(test);

    TestDecision decision = TestDecision.of(test, runs, refusal, now);

    if (decision.begin().isPresent()) {
      RobustnessTest newest = client.resource(test).get();
      if (newest == null) {
        return UpdateControl.noUpdate();
      }
      if (!isSame(newest, test)) {
        // Our cache was behind; a run that it does not know of must not be begun again.
        return step(newest, context);
      }
    }
    for (RobustnessRun run : decision.halt()) {
      statuses.annotate(run, Labels.HALT, "true");
    }
    if (decision.begin().isPresent()) {
      runs = begin(test, runs, decision);
    }

    TestStatus status =
        TestStatuses.of(
            new TestStatuses.Seen(
                test, runs, refusal, decision.next(), decision.lastSchedule(), now));
    RobustnessTest written = statuses.write(test, status);
    tell(test, status, refusal, decision);

    for (RobustnessRun expired : Retention.expired(written, runs)) {
      client.resource(expired).delete();
    }
    UpdateControl<RobustnessTest> control = UpdateControl.noUpdate();
    decision.next().ifPresent(next -> control.rescheduleAfter(until(next, now)));
    return control;
  }

  private static boolean isSame(RobustnessTest one, RobustnessTest other) {
    return one.getMetadata().getResourceVersion().equals(other.getMetadata().getResourceVersion());
  }

  // Observe.

  private TestRuns observe(RobustnessTest test, Set<RobustnessRun> cached) {
    List<RobustnessRun> own =
        new ArrayList<>(cached.stream().filter(run -> isOf(test, run)).toList());
    String current = TestStatuses.before(test).currentRun();
    boolean listed =
        TestStatuses.before(test).history().stream()
            .map(PastRun::run)
            .anyMatch(name -> name.equals(current));
    boolean seen = own.stream().anyMatch(run -> run.getMetadata().getName().equals(current));
    if (current != null && !seen && !listed) {
      // Deleted, or made a moment ago: only the API server can tell.
      get(test, current).filter(run -> isOf(test, run)).ifPresent(own::add);
    }
    return new TestRuns(own);
  }

  private Optional<RobustnessRun> get(RobustnessTest test, String name) {
    return Optional.ofNullable(
        client
            .resources(RobustnessRun.class)
            .inNamespace(test.getMetadata().getNamespace())
            .withName(name)
            .get());
  }

  private static boolean isOf(RobustnessTest test, RobustnessRun run) {
    return run.getMetadata().getOwnerReferences().stream()
        .map(OwnerReference::getUid)
        .anyMatch(uid -> uid.equals(test.getMetadata().getUid()));
  }

  private Optional<Refusal> refusal(RobustnessTest test) {
    List<Problem> problems = rules.problems(test.getSpec());
    if (!problems.isEmpty()) {
      return Optional.of(
          new Refusal(
              Refusal.INVALID_SPEC,
              problems.stream().map(Problem::toString).collect(Collectors.joining("\n")),
              true));
    }
    if (TestDecision.isHalted(test)) {
      return Optional.of(
          new Refusal(
              Refusal.HALTED,
              "the test is halted; to go on: kubectl -n %s annotate rt/%s %s-"
                  .formatted(
                      test.getMetadata().getNamespace(), test.getMetadata().getName(), Labels.HALT),
              false));
    }
    return consent.refusal(test.getMetadata().getNamespace());
  }

  // Act.

  private TestRuns begin(RobustnessTest test, TestRuns runs, TestDecision decision) {
    long first = decision.begin().orElseThrow();
    for (long number = first; number < first + MOST_FOREIGN_NAMES; number++) {
      Optional<RobustnessRun> run = create(test, number, decision);
      if (run.isPresent()) {
        happenings.normal(
            test,
            "RunCreated",
            "Create",
            "run %s, seed %d"
                .formatted(run.get().getMetadata().getName(), run.get().getSpec().test().seed()));
        List<RobustnessRun> all = new ArrayList<>(runs.all());
        all.add(run.get());
        return new TestRuns(all);
      }
    }
    throw new IllegalStateException(
        "test %s/%s: runs %d to %d of that name belong to somebody else; delete them"
            .formatted(
                test.getMetadata().getNamespace(),
                test.getMetadata().getName(),
                first,
                first + MOST_FOREIGN_NAMES - 1));
  }

  /** The run of this number; empty if somebody else has one of that name. */
  private Optional<RobustnessRun> create(RobustnessTest test, long number, TestDecision decision) {
    Long wanted = test.getSpec().seed();
    RobustnessRun run =
        NewRun.of(
            test,
            number,
            wanted == null ? seeds.getAsLong() : wanted,
            SpecDigest.of(test),
            decision.scheduledAt());
    try {
      return Optional.of(client.resource(run).create());
    } catch (KubernetesClientException refused) {
      if (refused.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw refused;
      }
      return get(test, run.getMetadata().getName()).filter(there -> isOf(test, there));
    }
  }

  // Tell.

  private void tell(
      RobustnessTest test, TestStatus status, Optional<Refusal> refusal, TestDecision decision) {
    refusal
        .filter(Refusal::stalled)
        .ifPresent(why -> happenings.warning(test, why.reason(), "Refuse", why.message()));
    decision.skipped().ifPresent(why -> happenings.normal(test, "ScheduleSkipped", "Skip", why));
    List<PastRun> before = TestStatuses.before(test).history();
    for (PastRun past : status.history()) {
      if (!before.contains(past)) {
        completed(test, past, status);
      }
    }
  }

  private void completed(RobustnessTest test, PastRun past, TestStatus status) {
    String note = "run %s: %s".formatted(past.run(), past.verdict());
    String why =
        past.run().equals(status.currentRun()) && status.message() != null
            ? ", " + status.message()
            : "";
    if (past.verdict() == Verdict.Passed) {
      happenings.normal(test, "RunCompleted", "Judge", note);
    } else {
      happenings.warning(test, "RunCompleted", "Judge", note + why);
    }
    if (past.verdict() == Verdict.Failed) {
      status
          .violations()
          .forEach((Status.ViolationSummary violation) ->
              happenings.warning(
                  test,
                  "ViolationFound",
                  "Judge",
                  violation.property() + ": " + violation.summary()));
    }
  }

  private static Duration until(Instant time, Instant now) {
    Duration left = Duration.between(now, time);
    return left.compareTo(SOON) > 0 ? left : SOON;
  }

  /** All that are watched. */
  List<RobustnessTest> all() {
    IndexedResourceCache<RobustnessTest> cache = tests;
    return cache == null ? List.of() : cache.list().toList();
  }
}
