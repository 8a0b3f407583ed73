package io.etcdrobustness.faults.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcdrobustness.engine.RealScheduler;
import io.etcdrobustness.faults.fixture.Busybox;
import io.etcdrobustness.faults.fixture.Eventually;
import io.etcdrobustness.faults.fixture.PodContainer;
import io.etcdrobustness.faults.fixture.Started;
import io.etcdrobustness.history.Entry;
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
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A member whose guard runs under {@code supervise.sh}, as in a pod. */
@Timeout(60)
class SupervisedGuardTest {

  private static final Duration BOUND = Duration.ofSeconds(20);
  private static final Duration PATIENCE = Duration.ofSeconds(25);

  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final Queue<Entry> entries = new ConcurrentLinkedQueue<>();
  private final RealScheduler scheduler = new RealScheduler("test", failures::add);
  private final Eventually eventually = new Eventually(scheduler);
  private final List<AutoCloseable> opened = new ArrayList<>();
  @TempDir private Path directory;
  private PodFolder folder = new PodFolder(Path.of("unset"));

  @BeforeEach
  void prepare() throws IOException {
    folder = new PodFolder(directory.resolve("robustness"));
    folder.install(Busybox.path());
    PodContainer.program(programs(), "echo runs \"$@\"", "exec " + Busybox.path() + " sleep 1000");
    folder.write(List.of("etcd"), Map.of());
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    Started all = Started.now();
    for (AutoCloseable each : opened.reversed()) {
      each.close();
    }
    eventually.until("all that was started is gone", BOUND, all::gone);
    scheduler.close();
    assertThat(failures).isEmpty();
  }

  @Test
  void aMemberThatIsKilledIsStartedAgainInTheSameContainerAtOnce() {
    PodContainer container = container();
    MemberProcess member = member(PATIENCE);
    ProcessStatus first = eventually.get(member.start());
    assertThat(eventually.get(member.kill()).bySignal(Exit.KILL)).isTrue();
    ProcessStatus second = eventually.get(member.start());
    assertThat(second.pid()).isNotEqualTo(first.pid());
    assertThat(container.isAlive()).isTrue();
    assertThat(ancestors(second.pid())).contains(container.pid());
    assertThat(kinds()).containsExactly(Kind.STARTED, Kind.EXITED, Kind.STARTED);
  }

  @Test
  void howeverFastItIsKilledItIsStartedAgain() {
    PodContainer container = container();
    MemberProcess member = member(PATIENCE);
    for (int i = 0; i < 100; i++) {
      eventually.get(member.start());
      eventually.get(member.kill());
    }
    assertThat(kinds()).hasSize(200);
    assertThat(exits())
        .allMatch(MemberEvent::expected)
        .allMatch(exit -> exit.detail().endsWith("signal 9"));
    assertThat(container.isAlive()).isTrue();
  }

  @Test
  void argumentsAndEnvironmentReachItAsTheyAre() throws IOException {
    PodContainer.program(programs(), "for a; do echo \"<$a>\"; done; echo \"$NAME:$HTTPS_PROXY\"");
    folder.write(
        List.of("etcd", "--a=b c", "", "*", "$HOME", "\\n\"'", "  -x "),
        Map.of("NAME", " spaces and = ", "HTTPS_PROXY", "http://127.0.0.1:2382"));
    container();
    MemberProcess member = member(PATIENCE);
    eventually.get(member.start());
    eventually.get(member.ended());
    assertThat(Files.readString(folder.log()))
        .isEqualTo(
            """
            <--a=b c>
            <>
            <*>
            <$HOME>
            <\\n"'>
            <  -x >
             spaces and = :http://127.0.0.1:2382
            """);
  }

  @Test
  void anExitIsToldWithItsCodeAndIsNotExpected() throws IOException {
    PodContainer.program(programs(), "exit 7");
    container();
    MemberProcess member = member(PATIENCE);
    eventually.get(member.start());
    eventually.get(member.ended());
    assertThat(exits()).singleElement().matches(exit -> !exit.expected());
    assertThat(exits().getFirst().detail()).endsWith("exit code 7");
  }

  @Test
  void aProgramThatIsMissingIsSaidInTheLog() throws IOException {
    Files.delete(programs().resolve("etcd"));
    container();
    MemberProcess member = member(PATIENCE);
    eventually.get(member.start());
    eventually.get(member.ended());
    assertThat(exits().getFirst().detail()).endsWith("exit code 127");
    assertThat(Files.readString(folder.log())).contains("etcd: not found");
  }

  @Test
  void theLogIsToldOnTheStdoutOfTheContainer() {
    PodContainer container = container();
    MemberProcess member = member(PATIENCE);
    eventually.get(member.start());
    eventually.until("the log is told", BOUND, () -> container.told().contains("runs"));
  }

  @Test
  void itCanBeStoppedAndContinued() {
    container();
    MemberProcess member = member(PATIENCE);
    eventually.get(member.start());
    eventually.get(member.pause());
    eventually.until("state T", BOUND, () -> member.status().orElseThrow().stopped());
    eventually.get(member.resume());
    eventually.until("not state T", BOUND, () -> !member.status().orElseThrow().stopped());
  }

  @Test
  void aMemberDiesWithItsAgentEvenIfItIsStopped() {
    PodContainer container = container();
    MemberProcess member = member(PATIENCE);
    ProcessStatus started = eventually.get(member.start());
    eventually.get(member.pause());
    member.close();
    eventually.get(member.ended());
    assertThat(runs(started)).isFalse();
    assertThat(container.isAlive()).isTrue();
    MemberProcess next = member(PATIENCE);
    eventually.get(next.start());
    assertThat(next.status()).isPresent();
  }

  @Test
  void aContainerThatDoesNotAnswerIsSaidSoonAndNothingIsLeftOfTheStart() throws IOException {
    MemberProcess member = member(Duration.ofMillis(300));
    assertThatThrownBy(() -> member.start().toCompletableFuture().get())
        .hasMessageContaining("the etcd container does not answer (300 ms); is it running?");
    assertThat(starts()).isEmpty();
    PodContainer container = container();
    eventually.until("it is up", BOUND, () -> Files.exists(folder.log()));
    eventually.pass(Duration.ofMillis(300));
    assertThat(container.isAlive()).isTrue();
    assertThat(folder.log()).as("a start that was given up").isEmptyFile();
    eventually.get(member(PATIENCE).start());
    assertThat(starts()).isEmpty();
  }

  @Test
  void aContainerThatIsJustComingIsWaitedFor() {
    MemberProcess member = member(PATIENCE);
    var start = member.start();
    eventually.pass(Duration.ofMillis(300));
    container();
    assertThat(eventually.get(start).alive()).isTrue();
  }

  @Test
  void aContainerThatIsAskedToEndEndsItsMemberFirst() throws IOException {
    PodContainer.program(
        programs(),
        "trap 'echo saved; exit 0' TERM",
        "echo ready",
        "while :; do " + Busybox.path() + " sleep 0.05; done");
    PodContainer container = container();
    MemberProcess member = member(PATIENCE);
    eventually.get(member.start());
    eventually.until("it is ready", BOUND, () -> logged().contains("ready"));
    container.terminate();
    eventually.get(member.ended());
    eventually.until("the container has ended", BOUND, () -> !container.isAlive());
    assertThat(container.exitCode()).isZero();
    assertThat(container.told()).as("its last words").contains("saved");
    assertThat(exits()).singleElement().matches(MemberEvent::expected);
    assertThat(exits().getFirst().detail())
        .endsWith("ended with exit code 0; its container was ended");
  }

  @Test
  void aContainerThatIsAskedToEndContinuesAMemberThatIsStopped() {
    PodContainer container = container();
    MemberProcess member = member(PATIENCE);
    eventually.get(member.start());
    eventually.get(member.pause());
    container.terminate();
    eventually.until("the container has ended", BOUND, () -> !container.isAlive());
    eventually.get(member.ended());
    assertThat(exits().getFirst().detail()).contains("ended by signal 15");
  }

  @Test
  void aContainerWithoutAMemberEndsWhenItIsAsked() {
    PodContainer container = container();
    // Its trap is set before its log is made.
    eventually.until("it is up", BOUND, () -> Files.exists(folder.log()));
    eventually.pass(Duration.ofMillis(100));
    container.terminate();
    eventually.until("the container has ended", BOUND, () -> !container.isAlive());
    assertThat(container.exitCode()).isZero();
  }

  @Test
  void theNextContainerMeetsTheAgentAgain() {
    PodContainer first = container();
    MemberProcess member = member(PATIENCE);
    eventually.get(member.start());
    first.terminate();
    eventually.until("the container has ended", BOUND, () -> !first.isAlive());
    eventually.get(member.ended());
    PodContainer second = container();
    ProcessStatus started = eventually.get(member.start());
    assertThat(ancestors(started.pid())).contains(second.pid());
    eventually.get(member.kill());
    assertThat(exits()).last().asString().doesNotContain("container");
  }

  @Test
  void aContainerThatIsKilledAsAWholeIsNoFailureOfItsMember() {
    PodContainer first = container();
    MemberProcess member = member(PATIENCE);
    ProcessStatus before = eventually.get(member.start());
    first.kill();
    eventually.get(member.ended());
    eventually.until("it is gone", BOUND, () -> !runs(before));
    assertThat(exits()).singleElement().matches(MemberEvent::expected);
    assertThat(exits().getFirst().detail()).endsWith("its container was ended");
    container();
    assertThat(eventually.get(member.start()).alive()).isTrue();
  }

  @Test
  void aSupervisorThatIsKilledAloneLeavesItsMemberToTheAgent() {
    PodContainer first = container();
    MemberProcess member = member(PATIENCE);
    eventually.get(member.start());
    List<ProcessHandle> left = ProcessHandle.of(first.pid()).orElseThrow().descendants().toList();
    ProcessHandle.of(first.pid()).orElseThrow().destroyForcibly();
    eventually.until("it is gone", BOUND, () -> !first.isAlive());
    PodContainer second = container();
    assertThat(eventually.get(member.kill()).bySignal(Exit.KILL)).isTrue();
    ProcessStatus started = eventually.get(member.start());
    assertThat(ancestors(started.pid())).contains(second.pid());
    left.forEach(ProcessHandle::destroyForcibly);
  }

  @Test
  void preparingTheFolderAgainDisturbsNothing() throws IOException {
    PodContainer container = container();
    MemberProcess member = member(PATIENCE);
    ProcessStatus started = eventually.get(member.start());
    folder.install(Busybox.path());
    assertThat(runs(started)).isTrue();
    eventually.get(member.kill());
    eventually.get(member.start());
    assertThat(container.isAlive()).isTrue();
  }

  @Test
  void aFolderThatIsNotPreparedIsSaidOnBothSides() throws IOException {
    Files.delete(folder.requests());
    MemberProcess member = member(PATIENCE);
    assertThatThrownBy(() -> member.start().toCompletableFuture().get())
        .hasMessageContaining("agent --install");
    PodContainer container = container();
    eventually.until("the container has ended", BOUND, () -> !container.isAlive());
    assertThat(container.exitCode()).isEqualTo(1);
    assertThat(container.told()).contains("agent --install");
  }

  @Test
  void whatAnEarlierAgentLeftOfAStartIsRemoved() throws IOException {
    Path stale = folder.newStart();
    assertThat(starts()).containsExactly(stale);
    folder.sweep();
    assertThat(starts()).isEmpty();
  }

  @Test
  void anArgumentOfSeveralLinesIsRefused() {
    assertThatThrownBy(() -> folder.write(List.of("etcd", "a\nb"), Map.of()))
        .hasMessageContaining("several lines");
  }

  private PodContainer container() {
    try {
      PodContainer container =
          new PodContainer(folder.root(), programs(), directory.resolve("stdout"));
      opened.add(container);
      return container;
    } catch (IOException failure) {
      throw new IllegalStateException(failure);
    }
  }

  private MemberProcess member(Duration patience) {
    MemberProcess member =
        new MemberProcess(
            "m1", new SupervisedGuard(folder, scheduler, patience), scheduler, entries::add);
    opened.add(member);
    return member;
  }

  private Path programs() {
    return directory.resolve("programs");
  }

  private String logged() {
    try {
      return Files.readString(folder.log());
    } catch (IOException failure) {
      throw new IllegalStateException(failure);
    }
  }

  private List<Path> starts() throws IOException {
    try (Stream<Path> all = Files.list(folder.root().resolve("run"))) {
      return all.filter(Files::isDirectory).toList();
    }
  }

  private List<Kind> kinds() {
    return entries.stream().map(entry -> ((MemberEvent) entry).kind()).toList();
  }

  private List<MemberEvent> exits() {
    return entries.stream()
        .map(entry -> (MemberEvent) entry)
        .filter(event -> event.kind() == Kind.EXITED)
        .toList();
  }

  private static List<Long> ancestors(long pid) {
    return Stream.iterate(
            ProcessHandle.of(pid).orElseThrow().parent(),
            Optional::isPresent,
            parent -> parent.orElseThrow().parent())
        .map(parent -> parent.orElseThrow().pid())
        .toList();
  }

  private static boolean runs(ProcessStatus process) {
    return ProcessStatus.of(process.pid())
        .filter(now -> now.startTicks() == process.startTicks() && now.alive())
        .isPresent();
  }
}
