package io.etcdrobustness.faults.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcdrobustness.engine.RealScheduler;
import io.etcdrobustness.faults.fixture.Eventually;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.MemberEvent.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class MemberProcessTest {

  private static final Duration BOUND = Duration.ofSeconds(20);

  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final Queue<Entry> entries = new ConcurrentLinkedQueue<>();
  private final RealScheduler scheduler = new RealScheduler("test", failures::add);
  private final Eventually eventually = new Eventually(scheduler);
  @TempDir private Path directory;
  private Optional<MemberProcess> process = Optional.empty();

  @AfterEach
  void nothingIsLeft() {
    process.ifPresent(member -> {
      Optional<ProcessStatus> running = member.status();
      member.close();
      running.ifPresent(this::assertGone);
    });
    scheduler.close();
    assertThat(failures).isEmpty();
  }

  @Test
  void theProcessThatIsToldIsTheMemberNotItsGuard() throws IOException {
    ProcessStatus started = start("sleep", "100");
    assertThat(Files.readString(Path.of("/proc", Long.toString(started.pid()), "comm")))
        .satisfiesAnyOf(
            comm -> assertThat(comm).isEqualTo("sleep\n"),
            comm -> assertThat(comm).isEqualTo("sh\n"));
    eventually.until(
        "the command runs as " + started.pid(),
        BOUND,
        () ->
            ProcessHandle.of(started.pid())
                .flatMap(p -> p.info().command())
                .filter(command -> command.contains("sleep") || command.contains("coreutils"))
                .isPresent());
    assertThat(member().status()).isPresent();
  }

  @Test
  void outputGoesToTheLogAndARestartAppends() throws IOException {
    for (int i = 0; i < 2; i++) {
      start("sh", "-c", "echo out; echo err >&2; exit 7");
      eventually.get(member().ended());
    }
    assertThat(Files.readString(log())).isEqualTo("out\nerr\nout\nerr\n");
    assertThat(events(Kind.EXITED)).hasSize(2).noneMatch(MemberEvent::expected);
    assertThat(events(Kind.EXITED).getFirst().detail()).endsWith("ended with exit code 7");
  }

  @Test
  void theEnvironmentReachesIt() throws IOException {
    process =
        Optional.of(
            new MemberProcess(
                new MemberCommand(
                    "m1",
                    List.of("sh", "-c", "echo $HTTPS_PROXY; pwd"),
                    Map.of("HTTPS_PROXY", "http://127.0.0.1:1"),
                    directory,
                    log()),
                scheduler,
                entries::add));
    eventually.get(member().start());
    eventually.get(member().ended());
    assertThat(Files.readString(log()))
        .isEqualTo("http://127.0.0.1:1\n" + directory.toRealPath() + "\n");
  }

  @Test
  void killEndsItBySignal9AndIsExpected() {
    ProcessStatus first = start("sleep", "100");
    Exit exit = eventually.get(member().kill());
    assertThat(exit.bySignal(Exit.KILL)).isTrue();
    assertThat(exit.process()).isEqualTo(first);
    assertThat(member().status()).isEmpty();
    assertThat(events(Kind.EXITED)).singleElement().matches(MemberEvent::expected);
    ProcessStatus second = eventually.get(member().start());
    assertThat(second.pid()).isNotEqualTo(first.pid());
  }

  @Test
  void pauseStopsItAndResumeLetsItGoOn() {
    start("sleep", "100");
    eventually.get(member().pause());
    eventually.until("state T", BOUND, () -> member().status().orElseThrow().stopped());
    eventually.get(member().resume());
    eventually.until("not state T", BOUND, () -> !member().status().orElseThrow().stopped());
    assertThat(entries.stream().map(entry -> ((MemberEvent) entry).kind()))
        .containsExactly(Kind.STARTED, Kind.PAUSED, Kind.RESUMED);
  }

  @Test
  void aStoppedProcessCanBeKilled() {
    start("sleep", "100");
    eventually.get(member().pause());
    assertThat(eventually.get(member().kill()).bySignal(Exit.KILL)).isTrue();
  }

  @Test
  void aGracefulEndIsBySigtermEvenIfItIsStopped() {
    start("sleep", "100");
    eventually.get(member().pause());
    eventually.get(member().stop(BOUND));
    assertThat(events(Kind.EXITED))
        .singleElement()
        .matches(MemberEvent::expected)
        .matches(event -> event.detail().endsWith("ended by signal 15"));
  }

  @Test
  void whoIgnoresSigtermIsKilledAfterTheBound() {
    start("sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.1; done");
    eventually.until("the trap is set", BOUND, () -> logged().contains("ready"));
    eventually.get(member().stop(Duration.ofMillis(200)));
    assertThat(events(Kind.EXITED).getFirst().detail()).endsWith("ended by signal 9");
  }

  @Test
  void anExitThatNobodyAskedForIsNotExpected() {
    ProcessStatus started = start("sleep", "100");
    ProcessHandle.of(started.pid()).orElseThrow().destroyForcibly();
    eventually.get(member().ended());
    assertThat(events(Kind.EXITED)).singleElement().matches(event -> !event.expected());
  }

  @Test
  void aCommandThatDoesNotExistEndsWithTheShellsWords() {
    start("/nowhere/etcd");
    eventually.get(member().ended());
    assertThat(logged()).contains("/nowhere/etcd");
    assertThat(events(Kind.EXITED).getFirst().detail()).endsWith("exit code 127");
  }

  @Test
  void aGuardThatIsKilledTakesTheMemberWithIt() {
    ProcessStatus started = start("sleep", "100");
    ProcessHandle guard =
        ProcessHandle.of(started.pid()).flatMap(ProcessHandle::parent).orElseThrow();
    guard.destroyForcibly();
    eventually.get(member().ended());
    assertGone(started);
    assertThat(events(Kind.EXITED).getFirst().detail()).contains("guard");
  }

  @Test
  void closingKillsAndItCannotBeStartedAgain() {
    ProcessStatus started = start("sleep", "100");
    eventually.get(member().pause());
    member().close();
    assertGone(started);
    eventually.get(member().ended());
    assertThatThrownBy(() -> member().start().toCompletableFuture().get())
        .hasMessageContaining("closed");
  }

  @Test
  void whatCannotBeDoneIsSaid() {
    process = Optional.of(member("sleep", "100"));
    assertThatThrownBy(() -> member().kill().toCompletableFuture().get())
        .hasMessageContaining("m1 is down, SIGKILL was not sent");
    eventually.get(member().start());
    assertThatThrownBy(() -> member().start().toCompletableFuture().get())
        .hasMessageContaining("m1 is not down");
  }

  @Test
  void aMemberThatAnEarlierAgentLeftBehindStoppedIsFoundAndEnded() throws IOException {
    Process stray = new ProcessBuilder("sleep", "100").start();
    Signal.STOP.send(stray.pid());
    eventually.until("state T", BOUND, () -> ProcessStatus.of(stray.pid()).orElseThrow().stopped());
    MemberCommand command = command("sleep", "100");
    Leftover.write(command.pidFile(), ProcessStatus.of(stray.pid()).orElseThrow());
    assertThat(eventually.get(Leftover.sweep("m1", command.pidFile())).orElseThrow())
        .contains("found stopped");
    eventually.until("it has ended", BOUND, () -> !stray.isAlive());
    assertThat(eventually.get(Leftover.sweep("m1", command.pidFile()))).isEmpty();
  }

  @Test
  void aPidThatIsUsedAgainIsNotALeftover() throws IOException {
    ProcessStatus self = ProcessStatus.of(ProcessHandle.current().pid()).orElseThrow();
    MemberCommand command = command("sleep", "100");
    Leftover.write(command.pidFile(), new ProcessStatus(self.pid(), 'S', self.startTicks() + 1));
    assertThat(eventually.get(Leftover.sweep("m1", command.pidFile()))).isEmpty();
  }

  @Test
  void aProgramsNameMayLookLikeTheEndOfItself() {
    ProcessStatus status =
        ProcessStatus.parse(
            "42 (a) T (b) S 1 42 42 0 -1 4194560 123 0 0 0 1 2 0 0 20 0 9 0 98765 1 2 3\n");
    assertThat(status).isEqualTo(new ProcessStatus(42, 'S', 98_765));
    assertThatThrownBy(() -> ProcessStatus.parse("nonsense"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private ProcessStatus start(String... command) {
    if (process.isEmpty()) {
      process = Optional.of(member(command));
    }
    return eventually.get(member().start());
  }

  private MemberProcess member() {
    return process.orElseThrow();
  }

  private MemberProcess member(String... command) {
    return new MemberProcess(command(command), scheduler, entries::add);
  }

  private MemberCommand command(String... command) {
    return new MemberCommand("m1", List.of(command), Map.of(), directory, log());
  }

  private Path log() {
    return directory.resolve("m1.log");
  }

  private String logged() {
    try {
      return Files.readString(log());
    } catch (IOException failure) {
      throw new IllegalStateException(failure);
    }
  }

  private List<MemberEvent> events(Kind kind) {
    return entries.stream()
        .map(entry -> (MemberEvent) entry)
        .filter(event -> event.kind() == kind)
        .toList();
  }

  private void assertGone(ProcessStatus process) {
    eventually.until(
        "pid " + process.pid() + " is gone",
        BOUND,
        () ->
            ProcessStatus.of(process.pid())
                .filter(now -> now.startTicks() == process.startTicks() && now.alive())
                .isEmpty());
  }
}
