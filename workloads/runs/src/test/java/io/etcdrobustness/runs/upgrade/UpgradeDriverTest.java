package io.etcdrobustness.runs.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.engine.VirtualScheduler;
import io.etcdrobustness.faults.Agent;
import io.etcdrobustness.faults.ClusterView;
import io.etcdrobustness.faults.FaultDriver;
import io.etcdrobustness.faults.FaultPlan;
import io.etcdrobustness.faults.Injection;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.runs.upgrade.StepResult.State;
import io.etcdrobustness.runs.upgrade.UpgradeStep.AllowDowngrade;
import io.etcdrobustness.runs.upgrade.UpgradeStep.Change;
import io.etcdrobustness.runs.upgrade.UpgradeStep.Hold;
import io.etcdrobustness.runs.upgrade.UpgradeStep.Settle;
import io.etcdrobustness.spec.FaultsSpec.Target;
import io.etcdrobustness.spec.Release;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Upgrades in virtual time: a change takes a second, and two more until the member serves. */
class UpgradeDriverTest {

  private static final List<String> MEMBERS = List.of("m0", "m1", "m2");
  private static final Release OLD = Release.parse("v3.6.16");
  private static final Release NEW = Release.parse("v3.7.3");
  private static final long SECOND = 1_000_000_000L;

  private final VirtualScheduler scheduler = new VirtualScheduler();
  private final FakeVersions versions = new FakeVersions();
  private final List<Entry> recorded = new ArrayList<>();
  private final List<String> done = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private Optional<CompletableFuture<Void>> change = Optional.empty();

  private static final class Healthy implements ClusterView {
    @Override
    public List<String> members() {
      return MEMBERS;
    }

    @Override
    public Optional<String> leader() {
      return Optional.of("m0");
    }

    @Override
    public Agent agent(String member) {
      return new Agent() {
        @Override
        public CompletionStage<Void> inject(String id, Command command, Duration length) {
          return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Proof> heal(String id) {
          return CompletableFuture.completedFuture(new Proof(true, "measured"));
        }

        @Override
        public CompletionStage<Void> healAll() {
          return CompletableFuture.completedFuture(null);
        }
      };
    }
  }

  private CompletionStage<Void> changeVersion(String member, Release release) {
    done.add("%.1f %s %s".formatted(scheduler.now() / 1e9, member, release));
    if (change.isPresent()) {
      return change.get();
    }
    versions.down.add(member);
    CompletableFuture<Void> started = new CompletableFuture<>();
    scheduler.after(Duration.ofSeconds(1), () -> started.complete(null));
    scheduler.after(Duration.ofSeconds(3), () -> versions.down.remove(member));
    return started;
  }

  private FaultDriver faults(Injection... injections) {
    return new FaultDriver(
        new FaultPlan(List.of(injections)), new Healthy(), scheduler, recorded::add, Map.of());
  }

  private static Injection fault(Injection.Fault fault, Target target, int at, int length) {
    return new Injection(
        "f0" + at, fault, target, Duration.ofSeconds(at), Duration.ofSeconds(length), 9);
  }

  private UpgradeDriver driver(FaultDriver faults, UpgradeStep... steps) {
    UpgradeDriver driver =
        new UpgradeDriver(
            new UpgradePlan(Duration.ofSeconds(5), List.of(steps)),
            MEMBERS,
            this::changeVersion,
            versions,
            faults,
            scheduler,
            recorded::add,
            (_, sentence) -> notes.add(sentence));
    faults.start();
    driver.start();
    return driver;
  }

  private static Change change(String member) {
    return new Change(member, OLD, NEW);
  }

  @Test
  void theNextMemberFollowsWhenTheOneBeforeServes() {
    UpgradeDriver driver =
        driver(
            faults(),
            change("m1"),
            new Hold(Duration.ofSeconds(10)),
            change("m0"),
            change("m2"),
            new Settle(NEW));
    scheduler.advance(Duration.ofSeconds(30));
    assertThat(done).containsExactly("5.0 m1 v3.7.3", "18.0 m0 v3.7.3", "21.0 m2 v3.7.3");
    assertThat(recorded)
        .filteredOn(MemberEvent.class::isInstance)
        .extracting(entry -> ((MemberEvent) entry).member() + " " + ((MemberEvent) entry).time())
        .containsExactly("m1 6000000000", "m0 19000000000", "m2 22000000000");
    assertThat(driver.unfinished()).hasValueSatisfying(why -> assertThat(why).contains("step 5"));

    versions.clusterLine = "v3.7";
    scheduler.advance(Duration.ofSeconds(1));
    assertThat(driver.results()).extracting(StepResult::state).containsOnly(State.DONE);
    assertThat(driver.unfinished()).isEmpty();
    assertThat(notes)
        .hasSize(5)
        .first()
        .isEqualTo(
            "upgrade, step 1 of 5, at 8.0 s: change m1 from v3.6.16 to v3.7.3, done in 3.0 s");
    assertThat(driver.stop()).isCompleted();
  }

  @Test
  void nobodyIsChangedWhileAFaultHasHimOrAnotherAway() {
    UpgradeDriver driver =
        driver(faults(fault(new Injection.Kill(), Target.Leader, 4, 6)), change("m1"));
    scheduler.advance(Duration.ofSeconds(9));
    assertThat(done).isEmpty();
    assertThat(driver.stop()).isCompleted();
    assertThat(driver.unfinished())
        .hasValue(
            "the upgrade did not come to its end: the time was over 4.0 s after step 1 of 1, change"
                + " m1 from v3.6.16 to v3.7.3, had begun (m0 is away already, and one more would"
                + " leave no quorum); write a longer duration");
  }

  @Test
  void aDelayKeepsNobodyFromBeingChanged() {
    driver(faults(fault(new Injection.ClientPartition(), Target.All, 4, 6)), change("m1"));
    scheduler.advance(Duration.ofSeconds(9));
    assertThat(done).containsExactly("5.0 m1 v3.7.3");
  }

  @Test
  void theOthersMustServeBeforeAMemberIsTakenDown() {
    versions.down.add("m2");
    driver(faults(), change("m1"));
    scheduler.advance(Duration.ofSeconds(9));
    assertThat(done).isEmpty();
    versions.down.remove("m2");
    scheduler.advance(Duration.ofSeconds(1));
    assertThat(done).hasSize(1);
  }

  @Test
  void aFaultThatIsDueMeanwhileIsSkippedAndSaysWhy() {
    driver(
        faults(
            fault(new Injection.Kill(), Target.Leader, 6, 1),
            fault(new Injection.Pause(), Target.Leader, 9, 1)),
        change("m1"));
    scheduler.advance(Duration.ofSeconds(20));
    assertThat(recorded)
        .filteredOn(FaultWindow.class::isInstance)
        .extracting(entry -> ((FaultWindow) entry).result() + " " + ((FaultWindow) entry).proof())
        .containsExactly(
            "SKIPPED m1 is on its way from v3.6.16 to v3.7.3, and one more away would leave no"
                + " quorum",
            "CONFIRMED m0: measured");
  }

  @Test
  void aMemberThatDoesNotComeBackEndsTheUpgradeThere() {
    change = Optional.of(CompletableFuture.completedFuture(null));
    UpgradeDriver driver = driver(faults(), change("m1"), change("m2"));
    versions.down.add("m1");
    scheduler.advance(Duration.ofMinutes(4));
    assertThat(done).hasSize(1);
    assertThat(driver.results())
        .extracting(StepResult::state)
        .containsExactly(State.FAILED, State.NOT_BEGUN);
    assertThat(driver.unfinished())
        .hasValue(
            "the upgrade did not come to its end: step 1 of 2, change m1 from v3.6.16 to v3.7.3, did"
                + " not: m1 is down");
    assertThat(driver.stop()).isCompleted();
  }

  @Test
  void aChangeThatFailsOrNeverEndsEndsTheUpgrade() {
    change = Optional.of(CompletableFuture.failedFuture(new IllegalStateException("no image")));
    UpgradeDriver failing = driver(faults(), change("m1"));
    scheduler.advance(Duration.ofSeconds(6));
    assertThat(failing.unfinished())
        .hasValue(
            "the upgrade did not come to its end: step 1 of 1, change m1 from v3.6.16 to v3.7.3,"
                + " could not be done: no image");
    assertThat(failing.results()).extracting(StepResult::state).containsExactly(State.ERROR);

    change = Optional.of(new CompletableFuture<>());
    UpgradeDriver hanging = driver(faults(), change("m1"));
    scheduler.advance(Duration.ofMinutes(4));
    assertThat(hanging.results()).extracting(StepResult::state).containsExactly(State.ERROR);
  }

  @Test
  void aMemberThatDidNotComeBackCountsAsAwayToTheEnd() {
    change = Optional.of(CompletableFuture.failedFuture(new IllegalStateException("no image")));
    driver(faults(fault(new Injection.Kill(), Target.Leader, 20, 1)), change("m1"));
    scheduler.advance(Duration.ofSeconds(30));
    assertThat(recorded)
        .filteredOn(FaultWindow.class::isInstance)
        .extracting(entry -> ((FaultWindow) entry).result())
        .containsExactly(FaultWindow.Result.SKIPPED);
  }

  @Test
  void aChangeThatFailsAfterTheEndOfTheRunTellsWhy() {
    CompletableFuture<Void> pulling = new CompletableFuture<>();
    change = Optional.of(pulling);
    UpgradeDriver driver = driver(faults(), change("m1"));
    scheduler.advance(Duration.ofSeconds(6));
    CompletableFuture<Void> quiet = driver.stop().toCompletableFuture();
    pulling.completeExceptionally(new IllegalStateException("no image"));
    scheduler.advance(Duration.ofSeconds(1));
    assertThat(quiet).isCompleted();
    assertThat(driver.unfinished())
        .hasValueSatisfying(why -> assertThat(why).contains("could not be done: no image"));
  }

  @Test
  void theEndOfTheRunWaitsForAMemberThatIsDown() {
    UpgradeDriver driver = driver(faults(), change("m1"), change("m2"));
    scheduler.advance(Duration.ofMillis(5_500));
    CompletableFuture<Void> quiet = driver.stop().toCompletableFuture();
    assertThat(quiet).isNotDone();
    assertThat(driver.results())
        .extracting(StepResult::state)
        .containsExactly(State.CUT_SHORT, State.NOT_BEGUN);
    scheduler.advance(Duration.ofSeconds(1));
    assertThat(quiet).isCompleted();
    scheduler.advance(Duration.ofSeconds(20));
    assertThat(done).hasSize(1);
    assertThat(recorded)
        .filteredOn(entry -> entry instanceof MemberEvent event && event.detail().equals("v3.7.3"))
        .hasSize(1);
  }

  @Test
  void theWayBackIsAskedForUntilItIsGrantedAndThenAwaited() {
    versions.dataLine = "v3.7";
    UpgradeDriver driver = driver(faults(), new AllowDowngrade(NEW, OLD));
    scheduler.advance(Duration.ofSeconds(10));
    assertThat(versions.asked).containsExactly("allow v3.6", "allow v3.6");
    assertThat(driver.unfinished()).isPresent();
    versions.dataLine = "v3.6";
    scheduler.advance(Duration.ofSeconds(1));
    assertThat(driver.unfinished()).isEmpty();
    assertThat(driver.results().getFirst().end()).isBetween(10 * SECOND, 11 * SECOND);
  }

  @Test
  void aRunThatEndsBeforeTheUpgradeBeginsSaysSo() {
    UpgradeDriver driver = driver(faults(), change("m1"));
    assertThat(driver.stop()).isCompleted();
    scheduler.advance(Duration.ofSeconds(30));
    assertThat(done).isEmpty();
    assertThat(driver.unfinished())
        .hasValueSatisfying(why -> assertThat(why).contains("over before step 1 of 1"));
  }

  @Test
  void whileItIsHeldNoMemberIsTakenDown() {
    UpgradeDriver driver = driver(faults(), change("m1"), change("m2"), new Settle(NEW));
    scheduler.advance(Duration.ofSeconds(4));
    CompletableFuture<Void> rest = driver.hold().toCompletableFuture();
    assertThat(rest).isCompleted();
    scheduler.advance(Duration.ofSeconds(10));
    assertThat(done).isEmpty();

    driver.goOn();
    assertThat(done).isEmpty();
    scheduler.advance(Duration.ofSeconds(1));
    assertThat(done).containsExactly("14.0 m1 v3.7.3");
    CompletableFuture<Void> served = driver.hold().toCompletableFuture();
    assertThat(served).as("m1 is under change").isNotDone();
    scheduler.advance(Duration.ofSeconds(3));
    assertThat(served).isCompleted();
    scheduler.advance(Duration.ofSeconds(10));
    assertThat(done).hasSize(1);

    driver.goOn();
    versions.clusterLine = "v3.7";
    scheduler.advance(Duration.ofSeconds(10));
    assertThat(done).hasSize(2);
    assertThat(driver.unfinished()).isEmpty();
  }

  @Test
  void aStepThatWaitsForTheOthersWaitsForWhoHoldsItToo() {
    versions.down.add("m2");
    UpgradeDriver driver = driver(faults(), change("m1"));
    scheduler.advance(Duration.ofSeconds(7));
    assertThat(driver.hold().toCompletableFuture()).isCompleted();
    versions.down.remove("m2");
    scheduler.advance(Duration.ofMinutes(5));
    assertThat(done).isEmpty();

    driver.goOn();
    scheduler.advance(Duration.ofSeconds(5));
    assertThat(done).hasSize(1);
    assertThat(driver.unfinished()).isEmpty();
  }
}
