package io.etcdrobustness.runs;

import static org.assertj.core.api.Assertions.assertThat;

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
import io.etcdrobustness.runs.windows.Edge;
import io.etcdrobustness.runs.windows.WindowPlan;
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
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** The windows of a run in virtual time, without traffic: members answer all the while. */
class WindowCycleTest {

  private static final TestSpec SPEC =
      Specs.of(
          """
          mode: Continuous
          duration: 50s
          window: 10s
          faults: {steps: [{at: 2s, type: Pause, target: Follower, duration: 4s}, {at: 12s, type: Pause, target: Follower, duration: 3s}, {at: 29s, type: Pause, target: Follower, duration: 3s}]}
          pass: {availableWithin: 30s}
          """);

  private final VirtualScheduler scheduler = new VirtualScheduler();
  private final List<Entry> recorded = new ArrayList<>();
  private final Availability recorder = new Availability(recorded::add);
  private final FakeCluster cluster = new FakeCluster();
  private final FakeMembers members =
      new FakeMembers(scheduler, new FakeMembers.Store(40, 70, 4711));
  private final List<String> notes = new ArrayList<>();
  private final Turns turns = new Turns();
  private boolean answering = true;
  private final WindowCycle cycle = cycle();

  /** Takes note of the windows. */
  private final class Turns implements WindowCycle.Windows {
    final List<Edge> edges = new ArrayList<>();
    final List<WindowCycle.Held> held = new ArrayList<>();
    Optional<Edge> last = Optional.empty();
    CompletableFuture<Void> room = CompletableFuture.completedFuture(null);
    int number = 1;

    @Override
    public int number() {
      return number;
    }

    @Override
    public void turn(Edge edge, WindowCycle.Held took) {
      recorded.add(new Phase(Phase.Name.END, scheduler.now()));
      edges.add(edge);
      held.add(took);
      number++;
    }

    @Override
    public void end(Edge edge, WindowCycle.Held took) {
      last = Optional.of(edge);
    }

    @Override
    public CompletionStage<Void> room() {
      return room;
    }

    @Override
    public double pauses() {
      return 1;
    }

    @Override
    public void progress(RunListener.Progress progress) {}
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

  private final class Listening implements RunListener {
    @Override
    public void note(String sentence) {
      notes.add(sentence);
    }

    @Override
    public void progress(Progress progress) {}

    @Override
    public void judged(Finding finding) {}
  }

  private WindowCycle cycle() {
    WindowPlan plan = new WindowPlan(SPEC, 1);
    FaultDriver faults = new FaultDriver(plan.faults(1), cluster, scheduler, recorder, Map.of());
    Listening listener = new Listening();
    return new WindowCycle(
        SPEC,
        plan,
        Duration.ZERO,
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
            recorder,
            listener::upgraded),
        members,
        recorder,
        notes::add,
        turns,
        scheduler,
        listener);
  }

  private CompletableFuture<Void> start() {
    cluster.leaderSeen("m1", 2);
    answer();
    return cycle.start().toCompletableFuture();
  }

  /** Every member answers somebody every 100 ms. */
  private void answer() {
    scheduler.after(
        Duration.ofMillis(100),
        () -> {
          if (answering) {
            FakeCluster.MEMBERS.forEach(this::answers);
          }
          answer();
        });
  }

  private void answers(String member) {
    long now = scheduler.now();
    recorder.record(
        new Operation(
            now,
            0,
            member,
            Request.Put.of("k", "v"),
            now,
            now,
            new Outcome.Ok(new Response.PutDone(Header.ofRevision(2), Optional.empty()))));
  }

  private List<String> phases() {
    return recorded.stream()
        .filter(entry -> entry instanceof Phase)
        .map(entry -> ((Phase) entry).name().name())
        .toList();
  }

  private List<FaultWindow> faults() {
    return recorded.stream()
        .filter(entry -> entry instanceof FaultWindow)
        .map(FaultWindow.class::cast)
        .toList();
  }

  @Test
  void windowsFollowEachOtherUntilTheTimeIsOver() {
    CompletableFuture<Void> done = start();
    scheduler.advance(Duration.ofSeconds(60));

    assertThat(done).isCompleted();
    assertThat(turns.edges).hasSize(4).allMatch(Edge::settled);
    assertThat(turns.last).isPresent();
    assertThat(phases())
        .startsWith("TRAFFIC", "HEALED", "FINAL_READS", "END", "TRAFFIC", "HEALED")
        .endsWith("END", "TRAFFIC", "HEALED", "FINAL_READS");
    assertThat(turns.held)
        .allSatisfy(took -> assertThat(took.held()).isLessThan(Duration.ofMillis(100)))
        .allSatisfy(took -> assertThat(took.settling()).isLessThan(Duration.ofMillis(200)));
  }

  @Test
  void eachWindowPlaysItsPartOfTheScriptAndAFaultEndsWithItsWindow() {
    var _ = start();
    scheduler.advance(Duration.ofSeconds(60));

    assertThat(faults())
        .extracting(FaultWindow::id)
        .containsExactly("w1-f01-pause", "w2-f02-pause", "w3-f03-pause");
    assertThat(faults().get(0).end() - faults().get(0).start()).isEqualTo(4_000_000_000L);
    assertThat(faults().get(2).end() - faults().get(2).start())
        .as("cut short by the edge")
        .isEqualTo(1_000_000_000L);
  }

  @Test
  void theNextWindowWaitsUntilThereIsRoom() {
    turns.room = new CompletableFuture<>();
    var _ = start();
    scheduler.advance(Duration.ofSeconds(30));
    assertThat(turns.edges).hasSize(1);
    assertThat(phases()).endsWith("END");

    turns.room.complete(null);
    scheduler.advance(Duration.ofSeconds(11));
    assertThat(turns.edges).hasSize(2);
  }

  @Test
  void aRunThatIsEndedWhileItWaitsForRoomEnds() {
    turns.room = new CompletableFuture<>();
    CompletableFuture<Void> done = start();
    scheduler.advance(Duration.ofSeconds(15));
    cycle.finish();
    scheduler.advance(Duration.ofSeconds(1));

    assertThat(done).isCompleted();
    turns.room.complete(null);
    scheduler.advance(Duration.ofSeconds(30));
    assertThat(phases()).endsWith("END");
    assertThat(turns.edges).hasSize(1);
  }

  @Test
  void theWindowUnderWayIsTheLastOfARunThatIsEnded() {
    CompletableFuture<Void> done = start();
    scheduler.advance(Duration.ofSeconds(13));
    cycle.finish();
    cycle.finish();
    scheduler.advance(Duration.ofSeconds(2));

    assertThat(done).isCompleted();
    assertThat(turns.edges).hasSize(1);
    assertThat(turns.last.orElseThrow().settled()).isTrue();
    assertThat(faults().getLast().end()).as("it healed at once").isEqualTo(13_000_000_000L);
  }

  @Test
  void aRunThatIsEndedAtAnEdgeEndsThere() {
    CompletableFuture<Void> done = start();
    scheduler.advance(Duration.ofMillis(9_950));
    answering = false;
    scheduler.advance(Duration.ofMillis(100));
    assertThat(phases()).endsWith("HEALED");
    cycle.finish();
    answering = true;
    scheduler.advance(Duration.ofSeconds(1));

    assertThat(done).isCompleted();
    assertThat(turns.edges).isEmpty();
    assertThat(turns.last).isPresent();
  }

  @Test
  void aRunThatIsEndedBeforeItBeganDoesNothing() {
    cycle.finish();
    CompletableFuture<Void> done = start();
    scheduler.advance(Duration.ofSeconds(30));

    assertThat(done).isCompleted();
    assertThat(phases()).isEmpty();
  }

  @Test
  void membersThatDoNotAnswerHoldTheWindowUpNoLongerThanTheyMay() {
    var _ = start();
    scheduler.advance(Duration.ofSeconds(9));
    answering = false;
    FakeCluster.MEMBERS.forEach(members::silence);
    scheduler.advance(Duration.ofSeconds(32).plus(FinalReads.patience()));
    assertThat(phases()).endsWith("FINAL_READS");
    scheduler.advance(Duration.ofSeconds(60));

    assertThat(turns.edges.getFirst()).isEqualTo(Edge.UNKNOWN);
    assertThat(phases()).contains("END");
  }

  @Test
  void aFaultThatDoesNotHealIsGivenUpAndTheNextWindowHasFaultsOfItsOwn() {
    cluster.healNothing();
    var _ = start();
    scheduler.advance(Duration.ofSeconds(31));

    assertThat(notes).contains("w1-f01-pause did not heal within 20 s");
    assertThat(turns.edges).hasSize(1);
    assertThat(faults().getFirst().end()).isEqualTo(Long.MAX_VALUE);
    scheduler.advance(Duration.ofSeconds(40));
    assertThat(faults()).extracting(FaultWindow::id).contains("w2-f02-pause");
  }
}
