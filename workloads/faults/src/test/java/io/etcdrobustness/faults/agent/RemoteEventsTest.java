package io.etcdrobustness.faults.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcdrobustness.engine.RealScheduler;
import io.etcdrobustness.faults.Agent;
import io.etcdrobustness.faults.fixture.Eventually;
import io.etcdrobustness.faults.fixture.FreePorts;
import io.etcdrobustness.faults.process.MemberCommand;
import io.etcdrobustness.faults.process.MemberProcess;
import io.etcdrobustness.faults.proxy.ClientProxy;
import io.etcdrobustness.faults.proxy.PeerProxy;
import io.etcdrobustness.faults.proxy.ProxyLoop;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.MemberEvent.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A holder elsewhere records the same events as one beside the member, whatever the wire does. */
@Timeout(180)
class RemoteEventsTest {

  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final Duration HEARTBEAT = Duration.ofSeconds(4);
  private static final Duration LONG = Duration.ofMinutes(5);

  @TempDir private Path directory;

  private final FreePorts ports = new FreePorts();
  private final InetSocketAddress control = free();
  private final Queue<Object> failures = new ConcurrentLinkedQueue<>();
  private final Queue<String> troubles = new ConcurrentLinkedQueue<>();
  private final Queue<Entry> beside = new ConcurrentLinkedQueue<>();
  private final Queue<Entry> elsewhere = new ConcurrentLinkedQueue<>();
  // Two schedulers are two clocks, as on two machines.
  private final RealScheduler theirs = new RealScheduler("agent", failures::add);
  private final RealScheduler ours = new RealScheduler("holder", failures::add);
  private final Eventually eventually = new Eventually(ours);
  private final MemberJournal journal = new MemberJournal("journal", theirs);
  private final ProxyLoop loop = new ProxyLoop(theirs);
  private final List<AutoCloseable> opened = new ArrayList<>();
  private MemberProcess process;
  private LocalAgent local;
  private AgentServer server;
  private RemoteAgent remote;

  private InetSocketAddress free() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.next());
  }

  @BeforeEach
  void start() throws IOException {
    PeerProxy peers = new PeerProxy(loop, free(), List.of(), failures::add);
    ClientProxy clients = new ClientProxy(loop, free(), "127.0.0.1", ports.next());
    opened.add(peers);
    opened.add(clients);
    process =
        new MemberProcess(
            new MemberCommand(
                "m1", List.of("sleep", "1000"), Map.of(), directory, directory.resolve("m1.log")),
            theirs,
            entry -> {
              beside.add(entry);
              journal.record(entry);
            });
    local = new LocalAgent(theirs, process, peers, clients);
    server = serve(journal);
    eventually.get(process.start());
    remote =
        new RemoteAgent(
            ours,
            URI.create("http://127.0.0.1:" + control.getPort()),
            "secret",
            HEARTBEAT,
            elsewhere::add,
            troubles::add);
  }

  @AfterEach
  void stop() throws Exception {
    remote.close();
    server.close();
    process.close();
    eventually.get(process.ended());
    for (AutoCloseable each : opened) {
      each.close();
    }
    loop.close();
    theirs.close();
    ours.close();
    assertThat(failures).isEmpty();
  }

  private AgentServer serve(MemberJournal served) throws IOException {
    return new AgentServer(
        new AgentServer.Offer(
            local, Optional.empty(), served, new MemberLog(directory.resolve("m1.log"), "test")),
        theirs,
        control,
        "secret",
        HEARTBEAT.multipliedBy(20),
        failures::add);
  }

  private static List<String> inWords(Queue<Entry> entries) {
    return entries.stream()
        .map(entry -> (MemberEvent) entry)
        .map(event -> event.member() + " " + event.kind() + " " + event.detail() + event.expected())
        .toList();
  }

  private static List<Kind> kinds(Queue<Entry> entries) {
    return entries.stream().map(entry -> ((MemberEvent) entry).kind()).toList();
  }

  @Test
  void startsExitsPausesAndResumptionsAreRecordedElsewhere() {
    eventually.get(remote.inject("p", new Agent.Pause(), LONG));
    eventually.get(remote.heal("p"));
    eventually.get(remote.inject("k", new Agent.Kill(), LONG));
    eventually.get(remote.heal("k"));
    eventually.get(remote.upToDate());

    assertThat(kinds(elsewhere))
        .containsExactly(Kind.STARTED, Kind.PAUSED, Kind.RESUMED, Kind.EXITED, Kind.STARTED);
    assertThat(inWords(elsewhere)).isEqualTo(inWords(beside));
    assertThat(inWords(elsewhere).get(3)).contains("ended by signal 9");
    assertThat(troubles).isEmpty();
  }

  @Test
  void anEventIsToldWithoutBeingAskedForAndAtItsTimeOnOurClock() {
    eventually.get(remote.upToDate());
    long before = ours.now();
    eventually.get(process.pause());
    long after = ours.now();
    eventually.until("the pause is told", BOUND, () -> elsewhere.size() == 2);

    MemberEvent pause = (MemberEvent) List.copyOf(elsewhere).getLast();
    // The clocks agree within half a round trip, and none takes longer than a heartbeat may.
    long slack = HEARTBEAT.dividedBy(2).toNanos();
    assertThat(pause.time()).isBetween(before - slack, after + slack);
  }

  @Test
  void whatHappensWhileThereIsNoConnectionIsToldAfterIt() throws IOException {
    eventually.get(remote.upToDate());
    server.close();
    eventually.get(process.kill());
    eventually.get(process.start());
    eventually.until("a heartbeat is missed", BOUND, () -> !troubles.isEmpty());
    assertThat(kinds(elsewhere)).containsExactly(Kind.STARTED);
    assertThatThrownBy(() -> remote.upToDate().toCompletableFuture().get())
        .hasMessageContaining("was not reached");

    server = serve(journal);
    eventually.until("all is told", BOUND, () -> elsewhere.size() == 3);
    assertThat(inWords(elsewhere)).isEqualTo(inWords(beside));
  }

  @Test
  void anAgentThatWasStartedAgainIsHeardFromItsFirstEvent() throws IOException {
    eventually.get(remote.upToDate());
    server.close();
    MemberJournal second = new MemberJournal("second", theirs);
    second.record(new MemberEvent("m1", Kind.STARTED, 0, 0, "again", true, theirs.now()));
    server = serve(second);
    eventually.until("the second start is told", BOUND, () -> elsewhere.size() == 2);
    assertThat(inWords(elsewhere).getLast()).contains("again");
    assertThat(troubles).anyMatch(trouble -> trouble.contains("the agent was started again"));
  }

  @Test
  void aStrangerIsToldNothing() {
    Queue<Entry> stolen = new ConcurrentLinkedQueue<>();
    try (RemoteAgent stranger =
        new RemoteAgent(
            ours,
            URI.create("http://127.0.0.1:" + control.getPort()),
            "guess",
            HEARTBEAT,
            stolen::add,
            troubles::add)) {
      assertThatThrownBy(() -> stranger.upToDate().toCompletableFuture().get())
          .hasMessageContaining("bearer token");
    }
    assertThat(stolen).isEmpty();
  }
}
