package io.etcdrobustness.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.engine.VirtualScheduler;
import io.etcdrobustness.faults.Agent.Half;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.FaultWindow.Result;
import io.etcdrobustness.spec.FaultsSpec.Direction;
import io.etcdrobustness.spec.FaultsSpec.FaultType;
import io.etcdrobustness.spec.FaultsSpec.Shape;
import io.etcdrobustness.spec.FaultsSpec.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class FaultDriverTest {

  private final VirtualScheduler scheduler = new VirtualScheduler();
  private final List<Entry> recorded = new ArrayList<>();
  private final FakeCluster cluster = new FakeCluster();

  /** Remembers commands; every fault is effective unless told otherwise. */
  private final class FakeCluster implements ClusterView {
    final Map<String, List<String>> done = new TreeMap<>();
    Optional<String> leader = Optional.of("m1");
    List<String> members = List.of("m0", "m1", "m2");
    boolean effective = true;
    boolean failing;
    Optional<String> cannot = Optional.empty();
    Optional<CompletableFuture<Agent.Proof>> healed = Optional.empty();

    @Override
    public List<String> members() {
      return members;
    }

    @Override
    public Optional<String> leader() {
      return leader;
    }

    @Override
    public Agent agent(String member) {
      List<String> log = done.computeIfAbsent(member, _ -> new ArrayList<>());
      return new Agent() {
        @Override
        public CompletionStage<Void> inject(String id, Command command, Duration length) {
          log.add(scheduler.now() / 1_000_000 + " " + command);
          if (cannot.isPresent()) {
            return CompletableFuture.failedFuture(new CannotHereException(cannot.get()));
          }
          return failing
              ? CompletableFuture.failedFuture(new IllegalStateException("no such process"))
              : CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Proof> heal(String id) {
          log.add(scheduler.now() / 1_000_000 + " heal " + id);
          return failing
              ? CompletableFuture.failedFuture(new IllegalStateException("no such process"))
              : healed.orElseGet(() ->
                  CompletableFuture.completedFuture(
                      new Proof(effective && cannot.isEmpty(), "measured")));
        }

        @Override
        public CompletionStage<Void> healAll() {
          return CompletableFuture.completedFuture(null);
        }
      };
    }
  }

  private FaultDriver driver(Injection.Fault fault, Target target) {
    Injection injection =
        new Injection("f01", fault, target, Duration.ofSeconds(1), Duration.ofSeconds(2), 9);
    return driver(List.of(injection));
  }

  private FaultDriver driver(List<Injection> injections) {
    return new FaultDriver(
        new FaultPlan(injections),
        cluster,
        scheduler,
        recorded::add,
        Map.of(FaultType.Stall, "no proxy here"));
  }

  private FaultWindow window() {
    assertThat(recorded).hasSize(1);
    return (FaultWindow) recorded.getFirst();
  }

  @Test
  void aFaultBeginsAndEndsInItsTimeAndIsRecordedWithItsProof() {
    FaultDriver driver = driver(new Injection.Pause(), Target.Leader);
    driver.start();
    scheduler.advance(Duration.ofSeconds(2));
    assertThat(driver.active()).extracting(FaultInEffect::inWords).containsExactly("Pause m1");
    scheduler.advance(Duration.ofSeconds(2));
    assertThat(cluster.done.get("m1")).containsExactly("1000 Pause[]", "3000 heal f01/m1");
    assertThat(window())
        .isEqualTo(
            new FaultWindow(
                "f01",
                "Pause",
                "Leader",
                List.of("m1"),
                "",
                1_000_000_000L,
                3_000_000_000L,
                Result.CONFIRMED,
                "m1: measured"));
    assertThat(driver.active()).isEmpty();
    assertThat(driver.counts()).isEqualTo(new FaultDriver.Counts(1, 0, 0));
  }

  @Test
  void noFaultBeginsUntilTheMemberOfAPodThatWentIsBack() {
    CompletableFuture<Agent.Proof> back = new CompletableFuture<>();
    cluster.healed = Optional.of(back);
    FaultDriver driver =
        driver(
            List.of(
                new Injection(
                    "f01",
                    new Injection.VolumeLoss(),
                    Target.Leader,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(2),
                    9),
                new Injection(
                    "f02",
                    new Injection.Kill(),
                    Target.Leader,
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(1),
                    9)));
    driver.start();
    scheduler.advance(Duration.ofSeconds(20));
    assertThat(cluster.done.get("m1")).containsExactly("1000 LoseVolume[]", "3000 heal f01/m1");

    cluster.healed = Optional.empty();
    back.complete(new Agent.Proof(true, "replaced"));
    scheduler.advance(Duration.ofSeconds(2));
    assertThat(cluster.done.get("m1"))
        .containsExactly(
            "1000 LoseVolume[]", "3000 heal f01/m1", "20000 Kill[]", "21000 heal f02/m1");
    assertThat(driver.counts()).isEqualTo(new FaultDriver.Counts(2, 0, 0));
  }

  @Test
  void noOtherMemberGoesAfterOneWhosePodDidNotComeBack() {
    CompletableFuture<Agent.Proof> back = new CompletableFuture<>();
    cluster.healed = Optional.of(back);
    FaultDriver driver =
        driver(
            List.of(
                at(1, new Injection.VolumeLoss(), Target.Leader),
                at(5, new Injection.VolumeLoss(), Target.One),
                at(6, new Injection.VolumeLoss(), Target.One)));
    driver.start();
    scheduler.advance(Duration.ofSeconds(20));
    back.completeExceptionally(new IllegalStateException("waited 90 s for another pod"));
    scheduler.advance(Duration.ofSeconds(20));

    assertThat(cluster.done.values().stream().flatMap(List::stream))
        .filteredOn(call -> call.contains("LoseVolume"))
        .hasSize(1);
    assertThat(driver.counts()).isEqualTo(new FaultDriver.Counts(0, 1, 2));
    assertThat(recorded)
        .filteredOn(entry -> ((FaultWindow) entry).result() == Result.SKIPPED)
        .allSatisfy(
            entry -> assertThat(((FaultWindow) entry).proof()).contains("did not come back"));
  }

  @Test
  void aFaultThatIsGivenUpHasNoEndAndIsTakenBackByNobody() {
    CompletableFuture<Agent.Proof> back = new CompletableFuture<>();
    cluster.healed = Optional.of(back);
    FaultDriver driver = driver(new Injection.PodEvict(), Target.Leader);
    driver.start();
    scheduler.advance(Duration.ofSeconds(4));
    assertThat(driver.healingBound()).isEqualTo(Duration.ofMinutes(3));
    var quiet = driver.stop().toCompletableFuture();
    assertThat(driver.giveUp()).containsExactly("f01");
    scheduler.advance(Duration.ofSeconds(1));

    assertThat(quiet).isDone();
    assertThat(driver.active()).isEmpty();
    assertThat(driver.healingBound()).isEqualTo(Duration.ofSeconds(20));
    assertThat(window().end()).isEqualTo(Long.MAX_VALUE);
    assertThat(window().result()).isEqualTo(Result.NOT_OBSERVED);

    back.complete(new Agent.Proof(true, "it is back"));
    scheduler.advance(Duration.ofSeconds(1));
    assertThat(recorded).hasSize(1);
    assertThat(driver.counts()).isEqualTo(new FaultDriver.Counts(0, 1, 0));
  }

  @Test
  void aFaultThatWaitedForAPodUntilTheEndIsSkippedAndSaysSo() {
    CompletableFuture<Agent.Proof> back = new CompletableFuture<>();
    cluster.healed = Optional.of(back);
    FaultDriver driver =
        driver(
            List.of(
                new Injection(
                    "f01",
                    new Injection.PodDelete(true),
                    Target.Leader,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(2),
                    9),
                new Injection(
                    "f02",
                    new Injection.PodEvict(),
                    Target.One,
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(1),
                    9)));
    driver.start();
    scheduler.advance(Duration.ofSeconds(10));
    var quiet = driver.stop().toCompletableFuture();
    assertThat(quiet).isNotDone();
    back.complete(new Agent.Proof(true, "it is back"));
    scheduler.advance(Duration.ofSeconds(1));
    assertThat(quiet).isDone();
    assertThat(driver.counts()).isEqualTo(new FaultDriver.Counts(1, 0, 1));
    assertThat(((FaultWindow) recorded.getFirst()).proof()).contains("was not back in time");
  }

  @Test
  void aReservedMemberIsSparedAndCountsAsAway() {
    cluster.members = List.of("m0", "m1", "m2", "m3", "m4");
    FaultDriver driver =
        driver(
            List.of(
                at(1, new Injection.Kill(), Target.One),
                at(4, new Injection.Kill(), Target.Leader),
                at(7, new Injection.Kill(), Target.Majority),
                at(10, new Injection.Partition(Shape.One, Direction.Both), Target.One),
                at(13, new Injection.Partition(Shape.Halves, Direction.Both), Target.All),
                at(16, new Injection.ClientPartition(), Target.All)));
    assertThat(driver.reserve("m1", "m1 changes")).isEmpty();
    driver.start();
    scheduler.advance(Duration.ofSeconds(20));
    assertThat(recorded)
        .extracting(entry -> ((FaultWindow) entry).id() + " " + ((FaultWindow) entry).result())
        .containsExactly(
            "f01 CONFIRMED",
            "f04 SKIPPED",
            "f07 SKIPPED",
            "f10 CONFIRMED",
            "f13 SKIPPED",
            "f16 CONFIRMED");
    assertThat(((FaultWindow) recorded.getFirst()).members()).doesNotContain("m1");
    assertThat(((FaultWindow) recorded.get(1)).proof()).isEqualTo("m1 changes");
    assertThat(((FaultWindow) recorded.get(2)).proof())
        .isEqualTo("m1 changes, and one more away would leave no quorum");
  }

  @Test
  void nobodyIsLentWhomAFaultHitsNorAnotherWhenNoneCanBeSpared() {
    FaultDriver driver = driver(new Injection.Kill(), Target.Leader);
    driver.start();
    scheduler.advance(Duration.ofMillis(1_500));
    assertThat(driver.reserve("m1", "")).hasValue("f01 hits m1");
    assertThat(driver.reserve("m0", ""))
        .hasValue("m1 is away already, and one more would leave no quorum");
    scheduler.advance(Duration.ofSeconds(2));
    assertThat(driver.reserve("m0", "")).isEmpty();
    assertThat(driver.reserve("m2", "")).isPresent();
    driver.release("m0");
    assertThat(driver.reserve("m2", "")).isEmpty();
  }

  @Test
  void theOnlyMemberMayBeTakenDownAndIsNotHitMeanwhile() {
    cluster.members = List.of("m1");
    FaultDriver driver = driver(new Injection.Pause(), Target.One);
    assertThat(driver.reserve("m1", "m1 changes")).isEmpty();
    driver.start();
    scheduler.advance(Duration.ofSeconds(5));
    assertThat(window().proof()).isEqualTo("m1 changes, and there is nobody else");
  }

  private static Injection at(int second, Injection.Fault fault, Target target) {
    return new Injection(
        "f%02d".formatted(second),
        fault,
        target,
        Duration.ofSeconds(second),
        Duration.ofSeconds(2),
        9);
  }

  @Test
  void messagesOfALinkAreCutOnTheConnectionsOfBothEnds() {
    driver(new Injection.Partition(Shape.Leader, Direction.From), Target.Leader).start();
    scheduler.advance(Duration.ofSeconds(1));
    assertThat(cluster.done.get("m1"))
        .containsExactlyInAnyOrder(
            "1000 " + new Agent.Link("m0", Half.OUTBOUND, new Agent.Drop()),
            "1000 " + new Agent.Link("m2", Half.OUTBOUND, new Agent.Drop()));
    assertThat(cluster.done.get("m0"))
        .containsExactly("1000 " + new Agent.Link("m1", Half.INBOUND, new Agent.Drop()));
  }

  @Test
  void aFaultWithoutAnEffectIsNotObserved() {
    cluster.effective = false;
    driver(new Injection.Kill(), Target.Leader).start();
    scheduler.advance(Duration.ofSeconds(5));
    assertThat(window().result()).isEqualTo(Result.NOT_OBSERVED);
  }

  @Test
  void whatIsSeenToBeImpossibleOnlyWhenItIsTriedIsSkippedWithTheReason() {
    cluster.cannot = Optional.of("this kernel has no device mapper");
    driver(new Injection.SlowDisk(Duration.ofMillis(20)), Target.Leader).start();
    scheduler.advance(Duration.ofSeconds(5));
    assertThat(window().result()).isEqualTo(Result.SKIPPED);
    assertThat(window().proof()).isEqualTo("this kernel has no device mapper");
    assertThat(window().members()).isEmpty();
  }

  @Test
  void packetsAreTroubledOncePerWay() {
    driver(new Injection.Loss(Direction.Both, 10, 0, 0, 0, Duration.ZERO), Target.Leader).start();
    scheduler.advance(Duration.ofSeconds(1));
    assertThat(cluster.done.get("m1"))
        .containsExactlyInAnyOrder(
            "1000 " + new Agent.Packets("m0", 100_000, 0, 0, 0, Duration.ZERO),
            "1000 " + new Agent.Packets("m2", 100_000, 0, 0, 0, Duration.ZERO));
    assertThat(cluster.done.get("m0"))
        .containsExactly("1000 " + new Agent.Packets("m1", 100_000, 0, 0, 0, Duration.ZERO));
  }

  @Test
  void anAgentThatFailsIsSaidSo() {
    cluster.failing = true;
    driver(new Injection.Kill(), Target.Leader).start();
    scheduler.advance(Duration.ofSeconds(5));
    assertThat(window().result()).isEqualTo(Result.NOT_OBSERVED);
    assertThat(window().proof()).isEqualTo("m1: the agent failed: no such process");
  }

  @Test
  void whatCannotBeDoneIsSkippedWithTheReason() {
    driver(new Injection.Stall(Direction.Both), Target.Leader).start();
    scheduler.advance(Duration.ofSeconds(5));
    assertThat(window().result()).isEqualTo(Result.SKIPPED);
    assertThat(window().proof()).isEqualTo("no proxy here");
  }

  @Test
  void withoutALeaderAFaultOfTheLeaderIsSkipped() {
    cluster.leader = Optional.empty();
    driver(new Injection.Pause(), Target.Leader).start();
    scheduler.advance(Duration.ofSeconds(5));
    assertThat(window().proof()).isEqualTo("no leader was known");
  }

  @Test
  void stoppingHealsWhatIsActiveAndBeginsNothingMore() {
    FaultDriver driver = driver(new Injection.Pause(), Target.Leader);
    driver.start();
    scheduler.advance(Duration.ofMillis(1500));
    CompletableFuture<Void> quiet = driver.stop().toCompletableFuture();
    scheduler.advance(Duration.ofMillis(1));
    assertThat(quiet).isCompleted();
    assertThat(window().end()).isEqualTo(1_500_000_000L);
    scheduler.advance(Duration.ofSeconds(5));
    assertThat(recorded).hasSize(1);
  }

  @Test
  void aDriverThatWasStoppedGoesOnWithAnotherPlan() {
    FaultDriver driver = driver(new Injection.Pause(), Target.Leader);
    driver.start();
    scheduler.advance(Duration.ofSeconds(2));
    CompletableFuture<Void> quiet = driver.stop().toCompletableFuture();
    scheduler.advance(Duration.ofSeconds(1));
    assertThat(quiet).isCompleted();

    driver.goOn(
        new FaultPlan(
            List.of(
                new Injection(
                    "w2-f01",
                    new Injection.Pause(),
                    Target.Leader,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(2),
                    9))));
    scheduler.advance(Duration.ofSeconds(10));
    assertThat(recorded)
        .extracting(entry -> ((FaultWindow) entry).id())
        .containsExactly("f01", "w2-f01");
    assertThat(((FaultWindow) recorded.getLast()).start()).isEqualTo(4_000_000_000L);
    assertThat(driver.stop().toCompletableFuture()).isCompleted();
  }

  @Test
  void aDriverWhoseFaultsHaveNotEndedDoesNotGoOn() {
    FaultDriver driver = driver(new Injection.Pause(), Target.Leader);
    cluster.healed = Optional.of(new CompletableFuture<>());
    driver.start();
    scheduler.advance(Duration.ofSeconds(2));
    var _ = driver.stop();
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> driver.goOn(new FaultPlan(List.of())))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("have not come to rest");
    var _ = driver.giveUp();
    driver.goOn(new FaultPlan(List.of()));
  }
}
