package io.etcdrobustness.operator.reconcile;

import io.etcdrobustness.checker.Catalogue;
import io.etcdrobustness.operator.model.Installation;
import io.etcdrobustness.operator.model.Labels;
import io.etcdrobustness.operator.status.TestStatuses;
import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.RobustnessTest;
import io.etcdrobustness.resource.Status;
import io.etcdrobustness.resource.TestStatus;
import io.etcdrobustness.spec.SpecRules;
import io.etcdrobustness.spec.SuiteRules;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ConfigurationServiceOverrider;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import io.javaoperatorsdk.operator.api.monitoring.AggregatedMetrics;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The reconcilers, wired and running. */
public final class OperatorRuntime implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(OperatorRuntime.class);

  /** What waits for its turn costs nothing; what acts mostly waits for the API server. */
  private static final int THREADS = 4;

  private static final Duration FAREWELL = Duration.ofSeconds(60);

  /**
   * A reconciliation that has begun is finished when the operator ends: what is told after a status
   * was written (events) would otherwise never be. Less than a pod is given to end.
   */
  private static final Duration TO_FINISH = Duration.ofSeconds(10);

  private final Parts parts;
  private final RunReconciler runs;
  private final TestReconciler tests;
  private final Rounds rounds;
  private final Operator operator;
  private final Consent consent;
  private final AtomicBoolean closing;

  /**
   * What the reconcilers need.
   *
   * @param namespace the operator's own
   * @param watched namespaces whose tests are run; empty: all that opted in
   * @param secretly where certificates and tokens come from
   * @param seeds for tests that have none
   * @param leader the name of this replica, if a leader is elected
   * @param leadLost is called if another replica leads by now; must end the process
   * @param observer is told what is seen
   * @param metrics of the framework
   */
  public record Parts(
      KubernetesClient client,
      String namespace,
      Set<String> watched,
      Installation installation,
      int maxParallel,
      Secrecy secretly,
      LongSupplier seeds,
      Optional<String> leader,
      Runnable leadLost,
      RunObserver observer,
      Metrics metrics,
      InstantSource clock,
      Waits waits) {}

  /**
   * How long is waited.
   *
   * @param toBegin for a runner
   * @param hopeless for a runner whose container cannot be made
   * @param farewell for the runner of a deleted run to end
   */
  public record Waits(Duration toBegin, Duration hopeless, Duration farewell) {

    /** What is used in earnest. */
    public static final Waits DEFAULT =
        new Waits(
            RunnerSigns.Patience.DEFAULT.most(), RunnerSigns.Patience.DEFAULT.hopeless(), FAREWELL);
  }

  private OperatorRuntime(
      Parts parts,
      RunReconciler runs,
      TestReconciler tests,
      Rounds rounds,
      Operator operator,
      Consent consent,
      AtomicBoolean closing) {
    this.parts = parts;
    this.runs = runs;
    this.tests = tests;
    this.rounds = rounds;
    this.operator = operator;
    this.consent = consent;
    this.closing = closing;
  }

  /** Starts; returns when all that is watched is known. */
  public static OperatorRuntime start(Parts parts) {
    Consent consent = new ClusterConsent(parts.client, parts.namespace, parts.watched);
    AtomicBoolean closing = new AtomicBoolean();
    Rounds rounds = new Rounds();
    Operator operator = new Operator(configuration -> configure(configuration, parts, closing));
    Happenings happenings =
        new Happenings(parts.client, parts.clock, parts.leader.orElse(Labels.OPERATOR));
    Cordons cordons =
        new Cordons(parts.client, parts.installation.nodeDrain(), happenings, parts.clock);
    RunReconciler runs =
        new RunReconciler(
            parts.client,
            consent,
            new RunQueue(parts.maxParallel),
            new RunObjectsMaker(parts.client, parts.installation, parts.secretly),
            new RunnerSigns.Patience(parts.waits.toBegin, parts.waits.hopeless),
            new Farewell(parts.client, cordons, parts.waits.farewell),
            cordons,
            happenings,
            parts.observer,
            rounds,
            parts.clock);
    operator.register(
        runs, configuration -> watch(configuration, parts.watched, OperatorRuntime::mattersOfRun));
    Set<String> properties = Set.copyOf(Catalogue.of(Catalogue.Options.DEFAULT).names());
    TestReconciler tests =
        new TestReconciler(
            parts.client,
            consent,
            new SpecRules(properties),
            parts.seeds,
            happenings,
            parts.observer,
            rounds,
            parts.clock);
    operator.register(
        tests,
        configuration -> watch(configuration, parts.watched, OperatorRuntime::mattersOfTest));
    operator.register(
        new SuiteReconciler(
            parts.client,
            consent,
            new SuiteRules(properties),
            OperatorRuntime::mattersToSuite,
            happenings,
            parts.observer,
            rounds,
            parts.clock),
        configuration ->
            watch(configuration, parts.watched, (after, before) -> hasChanged(after, before)));
    operator.start();
    return new OperatorRuntime(parts, runs, tests, rounds, operator, consent, closing);
  }

  private static void configure(
      ConfigurationServiceOverrider configuration, Parts parts, AtomicBoolean closing) {
    configuration
        .withKubernetesClient(parts.client)
        .withCloseClientOnStop(false)
        .checkingCRDAndValidateLocalModel(false)
        .withConcurrentReconciliationThreads(THREADS)
        .withReconciliationTerminationTimeout(TO_FINISH)
        .withMetrics(
            new AggregatedMetrics(List.of(parts.metrics, new ObjectsGone(parts.observer))));
    parts.leader.ifPresent(identity ->
        configuration.withLeaderElectionConfiguration(
            LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(Labels.OPERATOR)
                .withLeaseNamespace(parts.namespace)
                .withIdentity(identity)
                .withExitOnStopLeading(false)
                .withLeaderCallbacks(
                    new LeaderCallbacks(
                        () -> {},
                        () -> {
                          if (!closing.get()) {
                            parts.leadLost.run();
                          }
                        },
                        _ -> {}))
                .build()));
  }

  private static <T extends HasMetadata> void watch(
      ControllerConfigurationOverrider<T> configuration,
      Set<String> watched,
      OnUpdateFilter<T> matters) {
    configuration
        .withOnUpdateFilter(matters)
        // Nothing is polled; what has a time of its own is scheduled.
        .withReconciliationMaxInterval(null)
        .withRetry(
            new GenericRetry()
                .setInitialInterval(500)
                .setIntervalMultiplier(2)
                .setMaxInterval(30_000)
                .withoutMaxAttempts());
    if (!watched.isEmpty()) {
      configuration.settingNamespaces(watched);
    }
  }

  /** A runner tells of every few operations; only what changes a run's course is looked at. */
  private static boolean mattersOfRun(RobustnessRun after, RobustnessRun before) {
    return hasChanged(after, before)
        || phase(after) != phase(before)
        || !reason(after).equals(reason(before));
  }

  /** Its own status a test needs no second look for. */
  private static boolean mattersOfTest(RobustnessTest after, RobustnessTest before) {
    return hasChanged(after, before) || history(after) != history(before);
  }

  /** What tells of a test's operations is no matter of its suite. */
  private static boolean mattersToSuite(RobustnessTest after, RobustnessTest before) {
    return hasChanged(after, before) || !course(after).equals(course(before));
  }

  private static List<@Nullable Object> course(RobustnessTest test) {
    TestStatus status = TestStatuses.before(test);
    return Arrays.asList(
        status.observedGeneration(),
        status.specDigest(),
        status.phase(),
        status.verdict(),
        status.reason(),
        status.currentRun());
  }

  private static boolean hasChanged(HasMetadata after, HasMetadata before) {
    return !what(after.getMetadata()).equals(what(before.getMetadata()));
  }

  /** The framework goes on with an object when it sees the finalizer that it has added. */
  private static List<@Nullable Object> what(ObjectMeta meta) {
    return Arrays.asList(
        meta.getGeneration(),
        meta.getAnnotations(),
        meta.getFinalizers(),
        meta.getDeletionTimestamp());
  }

  private static Status.@Nullable Phase phase(RobustnessRun run) {
    return run.getStatus() == null ? null : run.getStatus().phase();
  }

  private static String reason(RobustnessRun run) {
    return run.getStatus() == null ? "" : String.valueOf(run.getStatus().reason());
  }

  /** Runs that the status lists: those that it lists may be tidied up. */
  private static int history(RobustnessTest test) {
    return test.getStatus() == null ? 0 : test.getStatus().history().hashCode();
  }

  /** Whether everything that is watched is being watched. */
  public boolean isHealthy() {
    return operator.getRuntimeInfo().isStarted()
        && operator.getRuntimeInfo().allEventSourcesAreHealthy();
  }

  /** The tests, as far as is known; nobody changes them. */
  public List<RobustnessTest> tests() {
    return tests.all();
  }

  /** The runs, likewise. */
  public List<RobustnessRun> runs() {
    return runs.all();
  }

  /** How many runs wait for their turn, as far as is known. */
  public int runsWaiting() {
    return runs.waiting();
  }

  @Override
  public void close() {
    if (closing.compareAndSet(false, true)) {
      if (!rounds.end(TO_FINISH)) {
        LOG.warn(
            "a reconciliation has not ended within {} s and is cut short", TO_FINISH.toSeconds());
      }
      operator.stop();
      consent.close();
      parts.leader.ifPresent(this::giveLeadBack);
    }
  }

  /** The framework lets its lease run out; the other replica would wait for that. */
  private void giveLeadBack(String identity) {
    try {
      Lease held =
          parts.client.leases().inNamespace(parts.namespace).withName(Labels.OPERATOR).get();
      if (held != null && identity.equals(held.getSpec().getHolderIdentity())) {
        held.getSpec().setHolderIdentity("");
        // With its version: refused if another has taken it by now.
        parts.client.resource(held).update();
      }
    } catch (KubernetesClientException refused) {
      LOG.info("the lead is not given back and will run out: {}", refused.getMessage());
    }
  }
}
