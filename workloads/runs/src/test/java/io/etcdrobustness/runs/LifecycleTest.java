package io.etcdrobustness.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.engine.VirtualScheduler;
import io.etcdrobustness.faults.FaultDriver;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.runs.upgrade.FakeVersions;
import io.etcdrobustness.runs.upgrade.UpgradeDriver;
import io.etcdrobustness.runs.upgrade.UpgradePlan;
import io.etcdrobustness.spec.TestSpec;
import io.etcdrobustness.traffic.driver.Gateway;
import io.etcdrobustness.traffic.driver.RequestSink;
import io.etcdrobustness.traffic.driver.TrafficDriver;
import io.etcdrobustness.traffic.driver.WatchSink;
import io.etcdrobustness.traffic.profile.TrafficPlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The phases of a run in virtual time, without traffic: the test says who answers. */
class LifecycleTest {

  private static final long SECOND = 1_000_000_000L;

  private static final TestSpec SPEC =
      Specs.of(
          """
          duration: 10s
          faults: {steps: [{at: 2s, type: Pause, target: Follower, duration: 4s}]}
          pass: {availableWithin: 30s}
          safety: {stopConditions: [unavailable > 7s]}
          """);

  private final VirtualScheduler scheduler = new VirtualScheduler();
  private final List<Entry> recorded = new ArrayList<>();
  private final Availability availability = new Availability(recorded::add);
  private final FakeCluster cluster = new FakeCluster();
  private final FakeMembers members =
      new FakeMembers(scheduler, new FakeMembers.Store(40, 70, 4711));
  private Optional<Phase.Name> breaksAt = Optional.empty();
  private final Listening listener = new Listening();
  private final List<String> stops = new ArrayList<>();
  private final Lifecycle lifecycle = lifecycle(members);

  private Lifecycle lifecycle(FinalReads.Send send) {
    FaultDriver faults =
        new FaultDriver(RunPlan.of(SPEC, 1).faults(), cluster, scheduler, recorded::add, Map.of());
    return new Lifecycle(
        SPEC,
        cluster,
        new TrafficDriver(
            new TrafficPlan(List.of()),
            SPEC.workload(),
            FakeCluster.MEMBERS,
            new RandomSource(1),
            new NoTraffic(),
            scheduler),
        faults,
        new UpgradeDriver(
            UpgradePlan.NONE,
            FakeCluster.MEMBERS,
            cluster::changeVersion,
            new FakeVersions(),
            faults,
            scheduler,
            recorded::add,
            listener::upgraded),
        send,
        availability,
        stops::add,
        scheduler,
        this::record,
        listener);
  }

  private void record(Entry entry) {
    if (entry instanceof Phase phase && breaksAt.equals(Optional.of(phase.name()))) {
      throw new IllegalStateException("breaks at " + phase.name());
    }
    recorded.add(entry);
  }

  private static final class Listening implements RunListener {
    final List<String> notes = new ArrayList<>();
    final List<Progress> progress = new ArrayList<>();

    @Override
    public void note(String sentence) {
      notes.add(sentence);
    }

    @Override
    public void progress(Progress told) {
      progress.add(told);
    }

    @Override
    public void judged(Finding finding) {}
  }

  private static final class NoTraffic implements Gateway {
    @Override
    public RequestSink requests(int client, String member) {
      throw new AssertionError("the plan has no streams");
    }

    @Override
    public WatchSink watches(int client, String member) {
      throw new AssertionError("the plan has no streams");
    }
  }

  private CompletableFuture<Void> start() {
    cluster.leaderSeen("m1", 2);
    return lifecycle.start().toCompletableFuture();
  }

  private void answers(String member) {
    long now = scheduler.now();
    availability.record(
        new Operation(
            now,
            0,
            member,
            Request.Put.of("k", "v"),
            now,
            now,
            new Outcome.Ok(new Response.PutDone(Header.ofRevision(2), Optional.empty()))));
  }

  private List<Phase> phases() {
    return recorded.stream()
        .filter(entry -> entry instanceof Phase)
        .map(entry -> (Phase) entry)
        .toList();
  }

  private FaultWindow fault() {
    return recorded.stream()
        .filter(entry -> entry instanceof FaultWindow)
        .map(entry -> (FaultWindow) entry)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void thePhasesComeInTheirOrder() {
    CompletableFuture<Void> done = start();
    scheduler.advance(Duration.ofMillis(10_400));
    assertThat(phases())
        .containsExactly(
            new Phase(Phase.Name.TRAFFIC, 0), new Phase(Phase.Name.HEALED, 10 * SECOND));

    FakeCluster.MEMBERS.forEach(this::answers);
    assertThat(done).isNotDone();
    scheduler.advance(Duration.ofMillis(100));

    assertThat(phases()).extracting(Phase::name).endsWith(Phase.Name.FINAL_READS);
    assertThat(phases().getLast().time()).isBetween(10_400_000_000L, 10_500_000_000L);
    scheduler.advance(Duration.ofMillis(100));
    assertThat(done).isCompleted();
    assertThat(members.sent()).isNotEmpty();
    assertThat(fault().end()).isEqualTo(6 * SECOND);
  }

  @Test
  void whoAnsweredBeforeTheHealMustAnswerAgain() {
    var _ = start();
    scheduler.advance(Duration.ofSeconds(9));
    FakeCluster.MEMBERS.forEach(this::answers);
    scheduler.advance(Duration.ofSeconds(5));

    assertThat(phases()).extracting(Phase::name).doesNotContain(Phase.Name.FINAL_READS);
  }

  @Test
  void aMemberThatNoClientAsksIsAskedUntilItAnswers() {
    members.silence("m2");
    var _ =
        lifecycle((member, request) -> members.apply(member, request).thenApply(this::recorded))
            .start();
    scheduler.advance(Duration.ofMillis(10_100));
    answers("m0");
    scheduler.advance(Duration.ofMillis(5_000));

    assertThat(members.sent())
        .extracting(Operation::member, Operation::call)
        .containsExactly(tuple("m1", 11 * SECOND));
    assertThat(phases()).extracting(Phase::name).endsWith(Phase.Name.HEALED);

    members.speaks("m2");
    scheduler.advance(FinalReads.patience());

    assertThat(members.sent().subList(1, 3))
        .extracting(Operation::member, Operation::call)
        .containsExactly(tuple("m2", 11 * SECOND), tuple("m2", 16_200_000_000L));
    assertThat(phases()).extracting(Phase::name).endsWith(Phase.Name.FINAL_READS);
    assertThat(phases().getLast().time()).isBetween(16_200_000_000L, 16_300_000_000L);
  }

  private Operation recorded(Operation operation) {
    availability.record(operation);
    return operation;
  }

  @Test
  void aCancelledRunHealsAtOnceAndIsReadToItsEnd() {
    CompletableFuture<Void> done = start();
    scheduler.advance(Duration.ofSeconds(3));
    assertThat(listener.progress.getLast().faults()).hasSize(1);
    lifecycle.cancel();
    lifecycle.cancel();
    scheduler.advance(Duration.ofSeconds(1));
    FakeCluster.MEMBERS.forEach(this::answers);
    scheduler.advance(Duration.ofSeconds(1));

    assertThat(done).isCompleted();
    assertThat(fault().end()).isEqualTo(3 * SECOND);
    assertThat(phases())
        .extracting(Phase::name)
        .containsExactly(Phase.Name.TRAFFIC, Phase.Name.HEALED, Phase.Name.FINAL_READS);
    scheduler.advance(Duration.ofSeconds(60));
    assertThat(phases()).hasSize(3);
  }

  @Test
  void membersThatNeverAnswerEndTheRunByItsDeadlines() {
    FakeCluster.MEMBERS.forEach(members::silence);
    CompletableFuture<Void> done = start();
    scheduler.advance(Duration.ofSeconds(39));
    assertThat(phases()).hasSize(2);
    // What was asked of them last is waited for.
    scheduler.advance(Duration.ofSeconds(2).plus(FinalReads.patience()));
    assertThat(phases()).extracting(Phase::name).endsWith(Phase.Name.FINAL_READS);
    scheduler.advance(Duration.ofSeconds(60));

    assertThat(done).isCompleted();
  }

  @Test
  void aStopConditionIsToldOnceItHoldsAndNotAfterTheTraffic() {
    var _ = start();
    scheduler.advance(Duration.ofMillis(3500));
    FakeCluster.MEMBERS.forEach(this::answers);
    scheduler.advance(Duration.ofMillis(6400));
    assertThat(stops).isEmpty();
    scheduler.advance(Duration.ofSeconds(60));
    assertThat(stops).isEmpty();
  }

  @Test
  void anOutageThatIsLongerThanAllowedEndsTheRun() {
    var _ = start();
    scheduler.advance(Duration.ofMillis(7900));
    assertThat(stops).isEmpty();
    scheduler.advance(Duration.ofMillis(200));
    assertThat(stops)
        .containsExactly(
            "the stop condition 'unavailable > 7s' holds: no request was acknowledged for"
                + " 8.0 s");
    lifecycle.cancel();
    scheduler.advance(Duration.ofMillis(100));
    assertThat(phases()).extracting(Phase::name).endsWith(Phase.Name.HEALED);
  }

  @Test
  void aFaultThatDoesNotHealIsToldAndDoesNotHoldTheRunUp() {
    cluster.healNothing();
    CompletableFuture<Void> done = start();
    scheduler.advance(Duration.ofSeconds(31));
    assertThat(phases().getLast()).isEqualTo(new Phase(Phase.Name.HEALED, 30 * SECOND));
    assertThat(listener.notes).containsExactly(fault().id() + " did not heal within 20 s");
    assertThat(fault().end()).isEqualTo(Long.MAX_VALUE);
    assertThat(fault().result()).isEqualTo(FaultWindow.Result.NOT_OBSERVED);

    FakeCluster.MEMBERS.forEach(this::answers);
    scheduler.advance(Duration.ofSeconds(1));
    assertThat(done).isCompleted();
  }

  @Test
  void theListenerIsToldOnceASecondUntilTheEnd() {
    var _ = start();
    scheduler.advance(Duration.ofMillis(4500));
    assertThat(listener.progress)
        .extracting(told -> told.elapsed().toSeconds())
        .containsExactly(1L, 2L, 3L, 4L);
    assertThat(listener.progress.getLast().leader()).isEqualTo("m1");
    assertThat(listener.progress.getLast().total()).isEqualTo(Duration.ofSeconds(10));

    scheduler.advance(Duration.ofSeconds(6));
    FakeCluster.MEMBERS.forEach(this::answers);
    scheduler.advance(Duration.ofSeconds(5));
    int told = listener.progress.size();
    scheduler.advance(Duration.ofSeconds(5));
    assertThat(listener.progress).hasSize(told);
  }

  @Test
  void anEndThatIsStuckIsAFailureAndNotAWaitForEver() {
    CompletableFuture<Void> done =
        lifecycle((_, _) -> new CompletableFuture<>()).start().toCompletableFuture();
    scheduler.advance(SPEC.trafficTime().plusSeconds(160));
    assertThat(done).isNotDone();
    scheduler.advance(Duration.ofSeconds(5));

    assertThat(done)
        .isCompletedExceptionally()
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .withMessageContaining("the run has not come to its end 164 s after");
  }

  @ParameterizedTest
  @EnumSource(
      value = Phase.Name.class,
      names = {"TRAFFIC", "HEALED", "FINAL_READS"})
  void aStepThatFailsEndsTheRunAtOnceWithItsCause(Phase.Name phase) {
    breaksAt = Optional.of(phase);
    CompletableFuture<Void> done = start();
    scheduler.advance(Duration.ofSeconds(phase == Phase.Name.TRAFFIC ? 0 : 10));
    if (phase == Phase.Name.FINAL_READS) {
      assertThat(done).isNotDone();
      FakeCluster.MEMBERS.forEach(this::answers);
      scheduler.advance(Duration.ofMillis(100));
    }

    fails(done, "breaks at " + phase);
    int recordedThen = recorded.size();
    scheduler.advance(Duration.ofSeconds(300));
    assertThat(phases()).as("nothing goes on").hasSizeLessThan(3);
    assertThat(recorded.size() - recordedThen).as("but for the fault").isLessThanOrEqualTo(1);
  }

  @Test
  void aFaultThatCannotBeEndedFailsTheRunAtOnce() {
    cluster.healingThrows();
    CompletableFuture<Void> done = start();
    scheduler.advance(Duration.ofSeconds(3));
    lifecycle.cancel();

    fails(done, "cannot heal");
  }

  @Test
  void aProgressThatCannotBeToldFailsTheRunAtOnce() {
    cluster.leaderThrows();
    CompletableFuture<Void> done = start();
    scheduler.advance(Duration.ofMillis(1_500));

    fails(done, "no leader can be told");
  }

  @Test
  void aFinalReadThatThrowsFailsTheRunAtOnce() {
    CompletableFuture<Void> done =
        throughToTheFinalReads((_, _) -> {
          throw new IllegalStateException("cannot be sent");
        });

    fails(done, "cannot be sent");
  }

  @Test
  void aFinalReadThatThrowsInALaterRoundFailsTheRunAtOnce() {
    members.holds("m0", new FakeMembers.Store(41, 70, 4712));
    int[] sent = {0};
    CompletableFuture<Void> done =
        throughToTheFinalReads((member, request) -> {
          if (++sent[0] > 20) {
            throw new IllegalStateException("cannot be sent again");
          }
          return members.apply(member, request);
        });
    scheduler.advance(Duration.ofSeconds(1));

    fails(done, "cannot be sent again");
  }

  @Test
  void aFinalReadThatFailsDoesNotWaitForTheOthers() {
    CompletableFuture<Void> done =
        throughToTheFinalReads((member, _) ->
            member.equals("m1")
                ? CompletableFuture.failedFuture(new IllegalStateException("lost"))
                : new CompletableFuture<>());

    fails(done, "lost");
  }

  private CompletableFuture<Void> throughToTheFinalReads(FinalReads.Send send) {
    CompletableFuture<Void> done = lifecycle(send).start().toCompletableFuture();
    scheduler.advance(Duration.ofSeconds(10));
    FakeCluster.MEMBERS.forEach(this::answers);
    scheduler.advance(Duration.ofMillis(100));
    assertThat(phases()).extracting(Phase::name).endsWith(Phase.Name.FINAL_READS);
    return done;
  }

  private static void fails(CompletableFuture<Void> done, String cause) {
    assertThat(done)
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .havingCause()
        .isInstanceOf(IllegalStateException.class)
        .withMessage(cause);
  }
}
