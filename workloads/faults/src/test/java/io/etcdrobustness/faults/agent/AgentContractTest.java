package io.etcdrobustness.faults.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcdrobustness.engine.RealScheduler;
import io.etcdrobustness.faults.Agent;
import io.etcdrobustness.faults.Agent.Clients;
import io.etcdrobustness.faults.Agent.Cut;
import io.etcdrobustness.faults.Agent.Drop;
import io.etcdrobustness.faults.Agent.Half;
import io.etcdrobustness.faults.Agent.Hold;
import io.etcdrobustness.faults.Agent.Kill;
import io.etcdrobustness.faults.Agent.Late;
import io.etcdrobustness.faults.Agent.Link;
import io.etcdrobustness.faults.Agent.Pause;
import io.etcdrobustness.faults.Agent.Proof;
import io.etcdrobustness.faults.fixture.EchoServer;
import io.etcdrobustness.faults.fixture.Eventually;
import io.etcdrobustness.faults.fixture.FreePorts;
import io.etcdrobustness.faults.process.MemberCommand;
import io.etcdrobustness.faults.process.MemberProcess;
import io.etcdrobustness.faults.process.ProcessStatus;
import io.etcdrobustness.faults.proxy.ClientProxy;
import io.etcdrobustness.faults.proxy.PeerProxy;
import io.etcdrobustness.faults.proxy.ProxyLoop;
import io.etcdrobustness.faults.proxy.Route;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
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
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What every agent promises, near and far. */
@ParameterizedClass
@EnumSource(AgentContractTest.Place.class)
@Timeout(60)
class AgentContractTest {

  enum Place {
    LOCAL,
    REMOTE
  }

  private static final Duration BOUND = Duration.ofSeconds(20);
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final Duration HEARTBEAT = Duration.ofSeconds(10);

  @Parameter private Place place = Place.LOCAL;
  @TempDir private Path directory;

  private final FreePorts ports = new FreePorts();
  private final Queue<Object> failures = new ConcurrentLinkedQueue<>();
  private final RealScheduler scheduler = new RealScheduler("test", failures::add);
  private final Eventually eventually = new Eventually(scheduler);
  private final ProxyLoop loop = new ProxyLoop(scheduler);
  private EchoServer echo;
  private PeerProxy peers;
  private ClientProxy clients;
  private MemberProcess process;
  private AgentServer server;
  private RemoteAgent remote;
  private Agent agent;

  @BeforeEach
  void start() throws IOException {
    echo = new EchoServer(ports.next());
    peers =
        new PeerProxy(
            loop,
            free(),
            List.of(new Route("m2.member:2380", "m2", "127.0.0.1", echo.port())),
            failures::add);
    clients = new ClientProxy(loop, free(), "127.0.0.1", echo.port());
    process =
        new MemberProcess(
            new MemberCommand(
                "m1", List.of("sleep", "1000"), Map.of(), directory, directory.resolve("m1.log")),
            scheduler,
            entry -> {});
    eventually.get(process.start());
    LocalAgent local = new LocalAgent(scheduler, process, peers, clients);
    server =
        new AgentServer(
            new AgentServer.Offer(
                local,
                Optional.empty(),
                new MemberJournal("journal", scheduler),
                new MemberLog(directory.resolve("m1.log"), "test")),
            scheduler,
            free(),
            "secret",
            HEARTBEAT,
            failures::add);
    remote =
        new RemoteAgent(
            scheduler,
            URI.create("http://127.0.0.1:" + server.address().getPort()),
            "secret",
            HEARTBEAT,
            entry -> {},
            failures::add);
    agent =
        switch (place) {
          case LOCAL -> local;
          case REMOTE -> remote;
        };
  }

  @AfterEach
  void stop() throws IOException {
    remote.close();
    server.close();
    process.close();
    peers.close();
    clients.close();
    loop.close();
    echo.close();
    scheduler.close();
    assertThat(failures).isEmpty();
  }

  @Test
  void aPauseIsProvedByTheStateOfTheProcess() {
    inject("p", new Pause(), LONG);
    assertThat(stopped()).isTrue();
    eventually.pass(Duration.ofMillis(100));
    Proof proof = heal("p");
    assertThat(stopped()).isFalse();
    assertThat(proof.effective()).isTrue();
    assertThat(proof.measurement()).containsPattern("pid \\d+ was in state T for \\d+\\.\\d+ s");
    assertThat(heal("p")).isEqualTo(proof);
  }

  @Test
  void aFaultHealsItselfAndKeepsItsProof() {
    inject("p", new Pause(), Duration.ofMillis(100));
    eventually.until("it goes on by itself", BOUND, () -> !stopped());
    assertThat(heal("p").effective()).isTrue();
  }

  @Test
  void theLaterOfTwoPausesEndsThem() {
    inject("p1", new Pause(), LONG);
    inject("p2", new Pause(), LONG);
    eventually.pass(Duration.ofMillis(50));
    assertThat(heal("p1").effective()).isTrue();
    assertThat(stopped()).isTrue();
    assertThat(heal("p2").effective()).isTrue();
    assertThat(stopped()).isFalse();
  }

  @Test
  void aKilledMemberIsDownUntilTheEndAndThenAnotherProcess() {
    long before = process.status().orElseThrow().pid();
    inject("k", new Kill(), LONG);
    assertThat(process.status()).isEmpty();
    Proof proof = heal("k");
    long after = process.status().orElseThrow().pid();
    assertThat(after).isNotEqualTo(before);
    assertThat(proof.effective()).isTrue();
    assertThat(proof.measurement())
        .isEqualTo("pid " + before + " ended by signal 9, started again as pid " + after);
  }

  @Test
  void aKillWithinAPauseEndsInAStoppedMember() {
    inject("p", new Pause(), LONG);
    eventually.pass(Duration.ofMillis(50));
    inject("k", new Kill(), LONG);
    assertThat(heal("k").effective()).isTrue();
    eventually.until("the new process is stopped too", BOUND, this::stopped);
    assertThat(heal("p").effective()).isTrue();
    assertThat(stopped()).isFalse();
  }

  @Test
  void aPauseWithinAKillTakesEffectWhenTheMemberIsStarted() {
    inject("k", new Kill(), LONG);
    inject("p", new Pause(), LONG);
    assertThat(heal("k").effective()).isTrue();
    eventually.until("the new process is stopped", BOUND, this::stopped);
    eventually.pass(Duration.ofMillis(50));
    assertThat(heal("p").effective()).isTrue();
  }

  @Test
  void theLaterOfTwoKillsStartsItAndOnlyTheFirstIsConfirmed() {
    inject("k1", new Kill(), LONG);
    inject("k2", new Kill(), LONG);
    heal("k1");
    assertThat(process.status()).isEmpty();
    assertThat(heal("k2").effective()).isFalse();
    assertThat(process.status()).isPresent();
  }

  @Test
  void aMemberThatCrashedByItselfCannotBeKilled() {
    ProcessHandle.of(process.status().orElseThrow().pid()).orElseThrow().destroyForcibly();
    eventually.get(process.ended());
    assertThatThrownBy(() -> agent.inject("k", new Kill(), LONG).toCompletableFuture().get())
        .hasMessageContaining("m1 is down");
    Proof proof = heal("k");
    assertThat(proof.effective()).isFalse();
    assertThat(proof.measurement()).contains("was not injected").contains("m1 is down");
  }

  @Test
  void aDropIsProvedByWhatDidNotPass() throws IOException {
    try (Socket dialler = dial()) {
      inject("d", new Link("m2", Half.BOTH, new Drop()), LONG);
      send(dialler, "lost");
      assertQuiet(dialler);
      Proof proof = heal("d");
      assertThat(proof.effective()).isTrue();
      assertThat(proof.measurement()).isEqualTo("0 bytes forwarded, 4 bytes and 0 dials withheld");
    }
  }

  @Test
  void aDropOnASilentLinkProvesNothing() {
    inject("d", new Link("m2", Half.BOTH, new Drop()), LONG);
    Proof proof = heal("d");
    assertThat(proof.effective()).isFalse();
    assertThat(proof.measurement()).contains("nobody tried");
  }

  @Test
  void latencyIsProvedByTheDelayThatWasMeasured() throws IOException {
    try (Socket dialler = dial()) {
      Late late = new Late(Duration.ofMillis(60), Duration.ofMillis(5), 3);
      inject("l", new Link("m2", Half.INBOUND, late), LONG);
      send(dialler, "slow");
      assertThat(read(dialler, 4)).isEqualTo("slow");
      assertThat(heal("l").effective()).isTrue();
    }
  }

  @Test
  void aCutIsProvedByTheConnectionsThatWereReset() throws IOException {
    try (Socket dialler = dial()) {
      inject("c", new Link("m2", Half.BOTH, new Cut(Duration.ofSeconds(30))), LONG);
      assertThatThrownBy(() -> dialler.getInputStream().read()).hasMessageContaining("reset");
      assertThat(heal("c")).isEqualTo(new Proof(true, "connections reset: 1"));
    }
  }

  @Test
  void aStallOfClientsIsProvedByTheBytesThatWaited() throws IOException {
    try (Socket client = new Socket()) {
      client.connect(clients.address());
      send(client, "a");
      assertThat(read(client, 1)).isEqualTo("a");
      inject("h", new Clients(new Hold()), LONG);
      send(client, "held");
      assertQuiet(client);
      Proof proof = heal("h");
      assertThat(proof.effective()).isTrue();
      assertThat(proof.measurement()).startsWith("4 bytes and 0 dials held, 4 bytes delivered");
      assertThat(read(client, 4)).isEqualTo("held");
    }
  }

  @Test
  void injectingTwiceIsInjectingOnce() {
    inject("p", new Pause(), LONG);
    inject("p", new Pause(), LONG);
    heal("p");
    assertThat(stopped()).isFalse();
    inject("p", new Pause(), LONG);
    assertThat(stopped()).as("a late copy of a message does not bring a fault back").isFalse();
  }

  @Test
  void healAllEndsEverything() throws IOException {
    try (Socket dialler = dial()) {
      inject("p", new Pause(), LONG);
      inject("l", new Link("m2", Half.BOTH, new Hold()), LONG);
      send(dialler, "held");
      eventually.get(agent.healAll());
      assertThat(stopped()).isFalse();
      assertThat(read(dialler, 4)).isEqualTo("held");
    }
  }

  @Test
  void anUnknownPeerIsRefusedWithTheNamesOfThoseThatAreKnown() {
    assertThatThrownBy(() ->
            agent
                .inject("d", new Link("m9", Half.BOTH, new Drop()), LONG)
                .toCompletableFuture()
                .get())
        .hasMessageContaining("no link leads to a peer m9, only to [m2]");
  }

  @Test
  void aFaultThatNeverWasIsNotConfirmed() {
    assertThat(heal("x")).isEqualTo(new Proof(false, "no fault x was injected here"));
  }

  private void inject(String id, Agent.Command command, Duration length) {
    eventually.get(agent.inject(id, command, length));
  }

  private Proof heal(String id) {
    return eventually.get(agent.heal(id));
  }

  private boolean stopped() {
    return process.status().filter(ProcessStatus::stopped).isPresent();
  }

  private InetSocketAddress free() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.next());
  }

  private Socket dial() throws IOException {
    Socket dialler = new Socket();
    dialler.connect(peers.address());
    send(dialler, "CONNECT m2.member:2380 HTTP/1.1\r\n\r\n");
    String established = "HTTP/1.1 200 Connection established\r\n\r\n";
    assertThat(read(dialler, established.length())).isEqualTo(established);
    return dialler;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String read(Socket socket, int bytes) throws IOException {
    return new String(socket.getInputStream().readNBytes(bytes), StandardCharsets.US_ASCII);
  }

  private static void assertQuiet(Socket socket) throws IOException {
    socket.setSoTimeout(500);
    assertThatThrownBy(() -> socket.getInputStream().read())
        .isInstanceOf(SocketTimeoutException.class);
    socket.setSoTimeout(20_000);
  }
}
