package io.etcdrobustness.faults.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcdrobustness.engine.RealScheduler;
import io.etcdrobustness.faults.Agent;
import io.etcdrobustness.faults.MemberControl.State;
import io.etcdrobustness.faults.fixture.Busybox;
import io.etcdrobustness.faults.fixture.Eventually;
import io.etcdrobustness.faults.fixture.PodContainer;
import io.etcdrobustness.faults.fixture.Started;
import io.etcdrobustness.faults.process.PodFolder;
import io.etcdrobustness.faults.process.ProcessStatus;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.MemberEvent.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** When an agent starts the member of its pod, and when it does not. */
@Timeout(60)
class MemberKeeperTest {

  private static final Duration BOUND = Duration.ofSeconds(20);
  private static final Duration GRACE = Duration.ofSeconds(5);
  private static final Duration LONGER_THAN_AGAIN = MemberKeeper.AGAIN.plusMillis(500);

  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final Queue<MemberEvent> events = new ConcurrentLinkedQueue<>();
  private final Queue<String> troubles = new ConcurrentLinkedQueue<>();
  private final RealScheduler scheduler = new RealScheduler("test", failures::add);
  // Of its own, so that a condition may wait for an answer of the agent's loop.
  private final RealScheduler watching = new RealScheduler("watching", failures::add);
  private final Eventually eventually = new Eventually(watching);
  private final List<AutoCloseable> opened = new ArrayList<>();
  @TempDir private Path directory;
  private PodFolder folder = new PodFolder(Path.of("unset"));

  @BeforeEach
  void prepare() throws IOException {
    folder = new PodFolder(directory.resolve("robustness"));
    folder.install(Busybox.path());
    // Makes its data directory as etcd does, and tells how it was started.
    PodContainer.program(
        directory.resolve("programs"),
        "b=" + Busybox.path(),
        "[ \"$1\" = --no-disk ] || $b mkdir -p " + data().resolve("member"),
        "echo \"$@\" $HTTPS_PROXY",
        "exec $b sleep 1000");
  }

  @AfterEach
  void stop() throws Exception {
    Started all = Started.now();
    for (AutoCloseable each : opened.reversed()) {
      each.close();
    }
    eventually.until("all that was started is gone", BOUND, all::gone);
    scheduler.close();
    watching.close();
    assertThat(failures).isEmpty();
  }

  @Test
  void aMemberIsDownUntilItsHolderStartsIt() {
    container();
    MemberKeeper keeper = keeper();
    eventually.pass(LONGER_THAN_AGAIN);
    assertThat(state(keeper)).isEqualTo(new State(Optional.empty(), false, true));
    eventually.get(keeper.start(List.of("--name=m1")));
    long pid = state(keeper).pid().orElseThrow();
    eventually.until("it has told how it was started", BOUND, () -> starts() == 1);
    assertThat(state(keeper)).isEqualTo(new State(Optional.of(pid), true, false));
    assertThat(logged()).isEqualTo("--name=m1 http://proxy\n");
  }

  @Test
  void toStartItTwiceIsToStartItOnceAndOtherArgumentsAreRefused() {
    container();
    MemberKeeper keeper = keeper();
    var one = keeper.start(List.of("--name=m1"));
    var other = keeper.start(List.of("--name=m1"));
    eventually.get(one);
    eventually.get(other);
    eventually.get(keeper.start(List.of("--name=m1")));
    assertThat(kinds()).containsExactly(Kind.STARTED);
    assertThatThrownBy(() -> keeper.start(List.of("--name=m2")).toCompletableFuture().get())
        .hasMessageContaining("stop it first");
    eventually.get(keeper.stop(GRACE));
    eventually.get(keeper.start(List.of("--name=m2")));
    eventually.until("it runs", BOUND, () -> logged().contains("m2"));
  }

  @Test
  void aMemberThatEndsByItselfIsStartedAgainAfterASecond() {
    PodContainer container = container();
    MemberKeeper keeper = running();
    long killed = scheduler.now();
    ProcessHandle.of(state(keeper).pid().orElseThrow()).orElseThrow().destroyForcibly();
    eventually.until("it is started again", BOUND, () -> starts() == 2 && kinds().size() == 3);
    assertThat(Duration.ofNanos(scheduler.now() - killed))
        .isGreaterThanOrEqualTo(MemberKeeper.AGAIN);
    assertThat(kinds()).containsExactly(Kind.STARTED, Kind.EXITED, Kind.STARTED);
    assertThat(events).element(1).matches(exit -> !exit.expected());
    assertThat(container.isAlive()).isTrue();
  }

  @Test
  void aMemberWithoutADiskIsNotStartedAgain() {
    container();
    MemberKeeper keeper = keeper();
    eventually.get(keeper.start(List.of("--no-disk")));
    eventually.until("it is up", BOUND, () -> starts() == 1);
    ProcessHandle.of(state(keeper).pid().orElseThrow()).orElseThrow().destroyForcibly();
    eventually.until("its end is seen", BOUND, () -> kinds().size() == 2);
    eventually.until("its keeper has looked", BOUND, () -> !troubles.isEmpty());
    assertThat(state(keeper)).isEqualTo(new State(Optional.empty(), true, true));
    assertThat(troubles).singleElement().asString().contains("the disk of member m1 is empty");
    eventually.get(keeper.start(List.of("--initial-cluster-state=existing")));
    assertThat(state(keeper).pid()).as("its holder has decided").isPresent();
    eventually.until("it is up", BOUND, () -> starts() == 2);
  }

  @Test
  void anAgentThatIsStartedAgainStartsItsMemberAgainAsItWas() {
    container();
    MemberKeeper first = running();
    first.close();
    MemberKeeper second = keeper();
    eventually.until("it runs again", BOUND, () -> state(second).pid().isPresent());
    eventually.until("as before", BOUND, () -> starts() == 2);
    assertThat(logged().lines().distinct()).containsExactly("--name=m1 http://proxy");
  }

  @Test
  void anAgentThatFindsTheDiskEmptyLeavesItToTheHolder() throws IOException {
    container();
    MemberKeeper first = running();
    eventually.get(first.end(GRACE));
    Files.delete(data().resolve("member"));
    MemberKeeper second = keeper();
    eventually.pass(LONGER_THAN_AGAIN);
    assertThat(state(second)).isEqualTo(new State(Optional.empty(), true, true));
  }

  @Test
  void whatIsStoppedStaysDownAlsoWithTheNextAgent() {
    container();
    MemberKeeper first = running();
    eventually.get(first.stop(GRACE));
    eventually.pass(LONGER_THAN_AGAIN);
    assertThat(state(first)).isEqualTo(new State(Optional.empty(), false, false));
    assertThat(events).last().matches(MemberEvent::expected);
    first.close();
    MemberKeeper second = keeper();
    eventually.pass(LONGER_THAN_AGAIN);
    assertThat(state(second).pid()).isEmpty();
  }

  @Test
  void aKillKeepsItDownUntilItEnds() {
    container();
    MemberKeeper keeper = running();
    OngoingFault kill = keeper.faults().kill();
    eventually.get(onLoop(kill::begin));
    eventually.pass(LONGER_THAN_AGAIN);
    assertThat(state(keeper).pid()).isEmpty();
    eventually.get(keeper.start(List.of("--name=again")));
    assertThat(state(keeper).pid()).as("the kill is still in force").isEmpty();
    Agent.Proof proof = eventually.get(onLoop(kill::end));
    assertThat(proof.effective()).isTrue();
    assertThat(proof.measurement()).contains("ended by signal 9, started again as pid");
    eventually.until("it runs", BOUND, () -> logged().contains("again"));
  }

  @Test
  void aKillThatEndsAfterTheMemberWasStoppedDoesNotStartIt() {
    container();
    MemberKeeper keeper = running();
    OngoingFault kill = keeper.faults().kill();
    eventually.get(onLoop(kill::begin));
    eventually.get(keeper.stop(GRACE));
    Agent.Proof proof = eventually.get(onLoop(kill::end));
    assertThat(proof.effective()).isTrue();
    assertThat(proof.measurement()).contains("stays down");
    eventually.pass(LONGER_THAN_AGAIN);
    assertThat(state(keeper).pid()).isEmpty();
  }

  @Test
  void aMemberThatIsStartedWithinAPauseIsPaused() {
    container();
    MemberKeeper keeper = running();
    OngoingFault pause = keeper.faults().pause();
    eventually.get(onLoop(pause::begin));
    eventually.get(keeper.stop(GRACE));
    eventually.get(keeper.start(List.of("--name=m1")));
    eventually.until("it is stopped", BOUND, () -> stopped(keeper));
    eventually.pass(Duration.ofMillis(100));
    Agent.Proof proof = eventually.get(onLoop(pause::end));
    assertThat(proof.effective()).isTrue();
    eventually.until("it goes on", BOUND, () -> !stopped(keeper) && starts() == 2);
  }

  @Test
  void aContainerThatIsReplacedHasItsMemberBackWithoutItsHolder() {
    PodContainer first = container();
    MemberKeeper keeper = running();
    first.terminate();
    eventually.until("the container has ended", BOUND, () -> !first.isAlive());
    eventually.pass(LONGER_THAN_AGAIN);
    assertThat(state(keeper).pid()).isEmpty();
    container();
    eventually.until("it runs again", BOUND, () -> starts() == 2 && kinds().size() == 3);
    assertThat(kinds()).containsExactly(Kind.STARTED, Kind.EXITED, Kind.STARTED);
    assertThat(events).allMatch(MemberEvent::expected);
  }

  @Test
  void aContainerThatIsNotThereIsSaidToTheHolder() {
    MemberKeeper keeper = keeper();
    assertThatThrownBy(() -> keeper.start(List.of("--name=m1")).toCompletableFuture().get())
        .hasMessageContaining("the etcd container does not answer")
        .hasMessageContaining("is it running?");
    assertThat(troubles).first().asString().contains("does not answer");
    container();
    eventually.pass(LONGER_THAN_AGAIN);
    assertThat(state(keeper).pid()).as("its disk is empty").isEmpty();
    eventually.get(keeper.start(List.of("--name=m1")));
    eventually.until("it is up", BOUND, () -> starts() == 1);
  }

  @Test
  void anAgentThatEndsEndsItsMemberAndLeavesItWanted() {
    container();
    MemberKeeper keeper = running();
    eventually.get(keeper.end(GRACE));
    assertThat(events).last().matches(MemberEvent::expected);
    eventually.pass(LONGER_THAN_AGAIN);
    assertThat(state(keeper)).isEqualTo(new State(Optional.empty(), true, false));
  }

  private MemberKeeper running() {
    MemberKeeper keeper = keeper();
    eventually.get(keeper.start(List.of("--name=m1")));
    eventually.until("it is up", BOUND, () -> starts() == 1);
    return keeper;
  }

  private MemberKeeper keeper() {
    MemberKeeper keeper =
        new MemberKeeper(
            "m1",
            new AgentOptions.Supervised(folder, data()),
            Map.of("HTTPS_PROXY", "http://proxy"),
            scheduler,
            entry -> events.add((MemberEvent) entry),
            troubles::add);
    opened.add(keeper);
    eventually.get(keeper.begin());
    return keeper;
  }

  private PodContainer container() {
    try {
      PodContainer container =
          new PodContainer(
              folder.root(), directory.resolve("programs"), directory.resolve("stdout"));
      opened.add(container);
      return container;
    } catch (IOException failure) {
      throw new IllegalStateException(failure);
    }
  }

  private <T> CompletionStage<T> onLoop(Supplier<CompletionStage<T>> call) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    scheduler.execute(() ->
        call.get()
            .whenComplete((value, failure) -> {
              if (failure == null) {
                answer.complete(value);
              } else {
                answer.completeExceptionally(failure);
              }
            }));
    return answer;
  }

  private State state(MemberKeeper keeper) {
    return eventually.get(keeper.state());
  }

  private boolean stopped(MemberKeeper keeper) {
    return state(keeper)
        .pid()
        .flatMap(ProcessStatus::of)
        .filter(ProcessStatus::stopped)
        .isPresent();
  }

  private List<Kind> kinds() {
    return events.stream().map(MemberEvent::kind).toList();
  }

  private Path data() {
    return directory.resolve("volume", "data");
  }

  private long starts() {
    return logged().lines().count();
  }

  private String logged() {
    try {
      return Files.exists(folder.log()) ? Files.readString(folder.log()) : "";
    } catch (IOException failure) {
      throw new IllegalStateException(failure);
    }
  }
}
