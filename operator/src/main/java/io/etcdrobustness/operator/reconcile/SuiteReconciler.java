package io.etcdrobustness.operator.reconcile;

import io.etcdrobustness.operator.model.Labels;
import io.etcdrobustness.operator.status.Refusal;
import io.etcdrobustness.operator.status.SuiteStatuses;
import io.etcdrobustness.operator.status.SuiteTest;
import io.etcdrobustness.operator.status.SuiteTests;
import io.etcdrobustness.resource.RobustnessSuite;
import io.etcdrobustness.resource.RobustnessTest;
import io.etcdrobustness.resource.Status.ConditionStatus;
import io.etcdrobustness.resource.Status.ConditionType;
import io.etcdrobustness.resource.Status.Verdict;
import io.etcdrobustness.resource.SuiteStatus;
import io.etcdrobustness.resource.TestStatus;
import io.etcdrobustness.spec.Problem;
import io.etcdrobustness.spec.SuiteRules;
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
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.Mappers;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes the tests of a suite, so many at once as it allows, and tells what became of them:
 *
 * <ol>
 *   <li>observe: the suite's tests, and whether something speaks against a new one;
 *   <li>decide: {@link SuiteDecision};
 *   <li>act: make and change tests, tell some to end, remove those of no combination;
 *   <li>tell: the status, and events.
 * </ol>
 *
 * <p>It knows nothing of runs: a test makes its own, and the operator's queue gives them their
 * turn. A test's name is made of the suite's and the combination's, so a test that is made twice,
 * because a cache did not show it yet, is one test.
 */
@ControllerConfiguration(name = "suites", generationAwareEventProcessing = false)
public final class SuiteReconciler implements Reconciler<RobustnessSuite> {

  /** A test that is somebody else's is none of our events. */
  private static final Duration WHILE_TAKEN = Duration.ofSeconds(30);

  private final KubernetesClient client;
  private final Consent consent;
  private final SuiteRules rules;
  private final OnUpdateFilter<RobustnessTest> matters;
  private final StatusPatch statuses;
  private final Happenings happenings;
  private final RunObserver observer;
  private final Rounds rounds;
  private final InstantSource clock;
  private final SimpleInboundEventSource<RobustnessSuite> wake =
      new SimpleInboundEventSource<>("wake");
  private volatile @Nullable IndexedResourceCache<RobustnessSuite> suites;

  /**
   * A reconciler.
   *
   * @param rules that specs must keep to, beyond what the API server asks
   * @param matters which changes of a test are looked at
   */
  SuiteReconciler(
      KubernetesClient client,
      Consent consent,
      SuiteRules rules,
      OnUpdateFilter<RobustnessTest> matters,
      Happenings happenings,
      RunObserver observer,
      Rounds rounds,
      InstantSource clock) {
    this.client = client;
    this.consent = consent;
    this.rules = rules;
    this.matters = matters;
    this.statuses = new StatusPatch(client);
    this.happenings = happenings;
    this.observer = observer;
    this.rounds = rounds;
    this.clock = clock;
  }

  @Override
  public List<EventSource<?, RobustnessSuite>> prepareEventSources(
      EventSourceContext<RobustnessSuite> context) {
    suites = context.getPrimaryCache();
    consent.whenChanged(namespace ->
        all().stream()
            .filter(suite ->
                namespace.isEmpty() || namespace.get().equals(suite.getMetadata().getNamespace()))
            .forEach(suite -> wake.propagateEvent(ResourceID.fromResource(suite))));
    return List.of(
        wake,
        new InformerEventSource<>(
            InformerEventSourceConfiguration.from(RobustnessTest.class, RobustnessSuite.class)
                .withSecondaryToPrimaryMapper(Mappers.fromOwnerReferences(RobustnessSuite.class))
                .withOnUpdateFilter(matters)
                .build(),
            context));
  }

  @Override
  public UpdateControl<RobustnessSuite> reconcile(
      RobustnessSuite suite, Context<RobustnessSuite> context) {
    return rounds.of(() -> {
      observer.suiteSeen(suite);
      return step(suite, context.getSecondaryResources(RobustnessTest.class));
    });
  }

  private UpdateControl<RobustnessSuite> step(RobustnessSuite suite, Set<RobustnessTest> cached) {
    Instant now = clock.instant();
    List<Problem> problems = rules.problems(suite.getSpec());
    if (!problems.isEmpty()) {
      refuse(suite, problems, now);
      return UpdateControl.noUpdate();
    }
    Optional<Refusal> refusal = refusal(suite);
    Map<String, RobustnessTest> own = own(suite, cached);
    Set<String> taken = new HashSet<>();

    SuiteDecision decision = decide(suite, own.values(), refusal, taken);
    if (acts(decision)) {
      RobustnessSuite newest = client.resource(suite).get();
      if (newest == null) {
        return UpdateControl.noUpdate();
      }
      if (!isSame(newest, suite)) {
        // Our cache was behind; what its spec asks for by now must not be undone.
        return step(newest, cached);
      }
    }
    // Where a name is taken, another test may begin in its place.
    Set<String> done = new HashSet<>();
    boolean again = true;
    while (again) {
      int before = taken.size();
      for (SuiteTest test : decision.begin()) {
        if (done.add(test.name())) {
          begin(suite, test, own, taken);
        }
      }
      again = taken.size() > before;
      if (again) {
        decision = decide(suite, own.values(), refusal, taken);
      }
    }
    act(suite, decision, own);

    SuiteTests tests = SuiteTests.of(suite, own.values());
    SuiteStatus status =
        SuiteStatuses.of(
            new SuiteStatuses.Seen(suite, tests, refusal, decision.failure(), taken, now));
    statuses.write(suite, status);
    tell(suite, tests, status, refusal);
    return taken.isEmpty()
        ? UpdateControl.noUpdate()
        : UpdateControl.<RobustnessSuite>noUpdate().rescheduleAfter(WHILE_TAKEN);
  }

  private static SuiteDecision decide(
      RobustnessSuite suite,
      Collection<RobustnessTest> own,
      Optional<Refusal> refusal,
      Set<String> taken) {
    return SuiteDecision.of(suite, SuiteTests.of(suite, own), refusal, taken);
  }

  private static boolean acts(SuiteDecision decision) {
    return !decision.begin().isEmpty()
        || !decision.refresh().isEmpty()
        || !decision.halt().isEmpty()
        || !decision.release().isEmpty()
        || !decision.remove().isEmpty();
  }

  private static boolean isSame(RobustnessSuite one, RobustnessSuite other) {
    return one.getMetadata().getResourceVersion().equals(other.getMetadata().getResourceVersion());
  }

  // Observe.

  private static Map<String, RobustnessTest> own(
      RobustnessSuite suite, Set<RobustnessTest> cached) {
    Map<String, RobustnessTest> own = new HashMap<>();
    cached.stream()
        .filter(test -> isOf(suite, test))
        .forEach(test -> own.put(test.getMetadata().getName(), test));
    return own;
  }

  private static boolean isOf(RobustnessSuite suite, RobustnessTest test) {
    return test.getMetadata().getOwnerReferences().stream()
        .map(OwnerReference::getUid)
        .anyMatch(uid -> uid.equals(suite.getMetadata().getUid()));
  }

  private Optional<Refusal> refusal(RobustnessSuite suite) {
    if (SuiteDecision.isHalted(suite)) {
      return Optional.of(
          new Refusal(
              Refusal.HALTED,
              "the suite is halted; to go on: kubectl -n %s annotate rsuite/%s %s-"
                  .formatted(
                      suite.getMetadata().getNamespace(),
                      suite.getMetadata().getName(),
                      Labels.HALT),
              false));
    }
    return consent.refusal(suite.getMetadata().getNamespace());
  }

  // Act.

  private void begin(
      RobustnessSuite suite, SuiteTest test, Map<String, RobustnessTest> own, Set<String> taken) {
    Optional<RobustnessTest> begun =
        test.there().isEmpty() ? create(suite, test) : Optional.of(update(test));
    if (begun.isEmpty()) {
      taken.add(test.name());
      return;
    }
    own.put(test.name(), begun.get());
    happenings.normal(
        suite,
        "TestBegun",
        "Create",
        "rt/%s: %s, generation %d"
            .formatted(
                test.name(),
                test.combination().inWords(),
                begun.get().getMetadata().getGeneration()));
  }

  /** Empty if somebody else has a test of this name. */
  private Optional<RobustnessTest> create(RobustnessSuite suite, SuiteTest test) {
    try {
      return Optional.of(client.resource(test.wanted()).create());
    } catch (KubernetesClientException refused) {
      if (refused.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw refused;
      }
      RobustnessTest there = client.resource(test.wanted()).get();
      return Optional.ofNullable(there).filter(found -> isOf(suite, found));
    }
  }

  private RobustnessTest update(SuiteTest test) {
    return client.resource(test.renewed()).update();
  }

  private void act(RobustnessSuite suite, SuiteDecision decision, Map<String, RobustnessTest> own) {
    for (SuiteTest test : decision.refresh()) {
      own.put(test.name(), update(test));
    }
    Map<String, @Nullable String> halt = new LinkedHashMap<>();
    halt.put(Labels.HALT, "true");
    halt.put(Labels.HALTED_BY, "rsuite/" + suite.getMetadata().getName());
    for (RobustnessTest test : decision.halt()) {
      own.put(test.getMetadata().getName(), statuses.annotate(test, halt));
    }
    Map<String, @Nullable String> release = new LinkedHashMap<>();
    release.put(Labels.HALT, null);
    release.put(Labels.HALTED_BY, null);
    for (RobustnessTest test : decision.release()) {
      own.put(test.getMetadata().getName(), statuses.annotate(test, release));
    }
    for (RobustnessTest test : decision.remove()) {
      client.resource(test).delete();
      own.remove(test.getMetadata().getName());
      happenings.normal(
          suite,
          "TestRemoved",
          "Delete",
          "rt/%s is of no combination any more".formatted(test.getMetadata().getName()));
    }
  }

  // Tell.

  private void refuse(RobustnessSuite suite, List<Problem> problems, Instant now) {
    Refusal why =
        new Refusal(
            Refusal.INVALID_SPEC,
            problems.stream().map(Problem::toString).collect(Collectors.joining("\n")),
            true);
    statuses.write(suite, SuiteStatuses.refused(suite, why, now));
    happenings.warning(suite, why.reason(), "Refuse", why.message());
  }

  private void tell(
      RobustnessSuite suite, SuiteTests tests, SuiteStatus status, Optional<Refusal> refusal) {
    refusal
        .filter(Refusal::stalled)
        .ifPresent(why -> happenings.warning(suite, why.reason(), "Refuse", why.message()));
    if (SuiteStatuses.NAME_TAKEN.equals(status.reason()) && status.message() != null) {
      happenings.warning(suite, SuiteStatuses.NAME_TAKEN, "Create", status.message());
    }
    for (SuiteTest test : tests.all()) {
      Optional<Verdict> verdict = test.verdict();
      if (verdict.isPresent() && !test.remembered().equals(verdict)) {
        completed(suite, test, verdict.get());
      }
    }
    boolean wasComplete =
        isComplete(SuiteStatuses.before(suite))
            && tests.digest().equals(SuiteStatuses.before(suite).digest());
    if (isComplete(status) && !wasComplete) {
      String note =
          "%s: %s (%s)".formatted(status.verdict(), status.message(), status.completionTime());
      if (status.verdict() == Verdict.Passed) {
        happenings.normal(suite, "SuiteCompleted", "Judge", note);
      } else {
        happenings.warning(suite, "SuiteCompleted", "Judge", note);
      }
    }
  }

  private void completed(RobustnessSuite suite, SuiteTest test, Verdict verdict) {
    String run =
        test.there()
            .map(there -> there.getStatus())
            .map(TestStatus::currentRun)
            .orElse(test.name());
    String note = "rr/%s: %s, %s".formatted(run, verdict, test.combination().inWords());
    if (verdict == Verdict.Passed) {
      happenings.normal(suite, "TestCompleted", "Judge", note);
    } else {
      happenings.warning(suite, "TestCompleted", "Judge", note);
    }
  }

  private static boolean isComplete(SuiteStatus status) {
    return status.conditions().stream()
        .anyMatch(condition ->
            condition.type() == ConditionType.Complete
                && condition.status() == ConditionStatus.True);
  }

  private List<RobustnessSuite> all() {
    IndexedResourceCache<RobustnessSuite> cache = suites;
    return cache == null ? List.of() : cache.list().toList();
  }
}
