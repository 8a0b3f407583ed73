package io.etcdrobustness.faults.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.engine.RealScheduler;
import io.etcdrobustness.faults.Agent;
import io.etcdrobustness.faults.MemberControl.State;
import io.etcdrobustness.faults.fixture.Busybox;
import io.etcdrobustness.faults.fixture.EchoServer;
import io.etcdrobustness.faults.fixture.EtcdBinary;
import io.etcdrobustness.faults.fixture.Eventually;
import io.etcdrobustness.faults.fixture.FreePorts;
import io.etcdrobustness.faults.fixture.PodContainer;
import io.etcdrobustness.faults.fixture.Started;
import io.etcdrobustness.faults.process.PodFolder;
import io.etcdrobustness.faults.process.ProcessStatus;
import io.etcdrobustness.history.MemberEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The agent's process, a process for its member's container, and a holder elsewhere. */
@Timeout(400)
class AgentInPodTest {

  private static final Duration BOUND = Duration.ofSeconds(90);
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final Duration HEARTBEAT = Duration.ofSeconds(5);

  private final FreePorts ports = new FreePorts();
  private final int control = ports.next();
  private final int clientProxy = ports.next();
  private final int clientPort = ports.next();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final Queue<MemberEvent> events = new ConcurrentLinkedQueue<>();
  private final RealScheduler scheduler = new RealScheduler("holder", failures::add);
  // Of its own, so that a condition may wait for an answer of the holder's loop.
  private final RealScheduler watching = new RealScheduler("watching", failures::add);
  private final Eventually eventually = new Eventually(watching);
  private final List<AutoCloseable> opened = new ArrayList<>();
  @TempDir private Path directory;
  private PodFolder folder = new PodFolder(Path.of("unset"));

  @BeforeEach
  void prepare() throws IOException {
    folder = new PodFolder(directory.resolve("robustness"));
    folder.install(Busybox.path());
    Files.writeString(directory.resolve("token"), "secret\n");
    PodContainer.program(
        programs(),
        "echo \"$@\"",
        "b=" + Busybox.path(),
        "$b mkdir -p " + volume().resolve("data", "member"),
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
  void anAgentThatIsKilledTakesItsMemberWithItAndTheNextStartsItAgain() throws IOException {
    PodContainer container = container();
    Process first = agent();
    RemoteAgent holder = holder();
    long pid = started(holder, "--name=m1");
    eventually.until("its disk is made", BOUND, () -> !state(holder).diskEmpty());
    eventually.until("the holder is told", BOUND, () -> events.size() == 1);
    first.destroyForcibly();
    eventually.until("the member is gone", BOUND, () -> !runs(pid));
    assertThat(container.isAlive()).isTrue();
    agent();
    eventually.until(
        "the member is there again",
        BOUND,
        () -> reached(holder) && state(holder).pid().filter(now -> now != pid).isPresent());
    eventually.until("the holder is told again", BOUND, () -> events.size() == 2);
    assertThat(events)
        .extracting(MemberEvent::kind)
        .containsExactly(MemberEvent.Kind.STARTED, MemberEvent.Kind.STARTED);
  }

  @Test
  void anAgentThatIsAskedToEndEndsItsMemberFirst() throws IOException {
    container();
    Process agent = agent();
    RemoteAgent holder = holder();
    long pid = started(holder, "--name=m1");
    eventually.until("the holder is told", BOUND, () -> events.size() == 1);
    agent.destroy();
    eventually.until("the agent has ended", BOUND, () -> !agent.isAlive());
    assertThat(runs(pid)).isFalse();
    assertThat(events).last().matches(MemberEvent::expected);
    assertThat(events).last().asString().contains("signal 15");
  }

  @Test
  void theHolderReadsTheLog() throws IOException {
    container();
    agent();
    RemoteAgent holder = holder();
    started(holder, "--name=m1");
    eventually.until(
        "the log is there",
        BOUND,
        () -> text(eventually.get(holder.log(LogPosition.START))).equals("--name=m1\n"));
  }

  @Test
  void aNameIsResolvedAtEachDialAndMayBeUnknownAtFirst() throws IOException {
    Path hosts = Files.writeString(directory.resolve("hosts"), "127.0.0.9 someone\n");
    agent("m1.member", "-Djdk.net.hosts.file=" + hosts);
    holder();
    assertThat(dial()).as("the name is not known yet").isEqualTo(-1);
    try (EchoServer member = new EchoServer(clientPort)) {
      Files.writeString(hosts, "127.0.0.9 m1.member\n");
      assertThat(dial()).as("nobody listens on that address").isEqualTo(-1);
      Files.writeString(hosts, "127.0.0.1 m1.member\n");
      assertThat(dial()).as("the address has changed").isEqualTo('x');
      assertThat(member.accepted()).isEqualTo(1);
    }
  }

  @Test
  @Tag("etcd")
  void aRealEtcdIsStartedKilledPausedReplacedAndKeepsItsData() throws Exception {
    PodContainer.program(programs(), "exec " + EtcdBinary.of("v3.7.3") + " \"$@\"");
    PodContainer container = container();
    agent();
    RemoteAgent holder = holder();
    int peer = ports.next();
    long first =
        started(
            holder,
            "--name=m1",
            "--data-dir=" + volume().resolve("data"),
            "--listen-client-urls=http://127.0.0.1:" + clientPort,
            "--advertise-client-urls=http://127.0.0.1:" + clientPort,
            "--listen-peer-urls=http://127.0.0.1:" + peer,
            "--initial-advertise-peer-urls=http://127.0.0.1:" + peer,
            "--initial-cluster=m1=http://127.0.0.1:" + peer);
    eventually.until("it serves", BOUND, () -> post("kv/put", KEY + ",\"value\":\"YmFy\"}"));

    eventually.get(holder.inject("kill", new Agent.Kill(), LONG));
    assertThat(runs(first)).isFalse();
    Agent.Proof killed = eventually.get(holder.heal("kill"));
    assertThat(killed.effective()).as(killed.measurement()).isTrue();
    assertThat(container.isAlive()).isTrue();
    eventually.until("it serves again", BOUND, this::hasKey);

    eventually.get(holder.inject("pause", new Agent.Pause(), LONG));
    eventually.pass(Duration.ofMillis(200));
    assertThat(hasKey()).isFalse();
    Agent.Proof paused = eventually.get(holder.heal("pause"));
    assertThat(paused.effective()).as(paused.measurement()).isTrue();
    eventually.until("it goes on", BOUND, this::hasKey);

    container.terminate();
    eventually.until("the container has ended", BOUND, () -> !container.isAlive());
    assertThat(container.told()).contains("closed etcd server");
    container();
    eventually.until("it serves in the next one", BOUND, this::hasKey);
    eventually.get(holder.stop(Duration.ofSeconds(10)));
    assertThat(state(holder).pid()).isEmpty();
    eventually.get(holder.upToDate());
    assertThat(events).allMatch(MemberEvent::expected);
  }

  private static final String KEY = "{\"key\":\"Zm9v\"";

  private boolean hasKey() {
    return post("kv/range", KEY + "}");
  }

  /** Whether etcd answers, with the value if it was asked for. */
  private boolean post(String call, String body) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/v3/%s".formatted(clientProxy, call)))
            .timeout(Duration.ofSeconds(5))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() == 200
          && (call.equals("kv/put") || answer.body().contains("YmFy"));
    } catch (IOException notServed) {
      return false;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** What comes back for an x through the proxy of the clients; -1 if the connection ends. */
  private int dial() throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), clientProxy));
      socket.setSoTimeout((int) BOUND.toMillis());
      socket.getOutputStream().write('x');
      return socket.getInputStream().read();
    } catch (SocketException reset) {
      return -1;
    }
  }

  private long started(RemoteAgent holder, String... arguments) {
    eventually.until("the agent answers", BOUND, () -> reached(holder));
    eventually.get(holder.start(List.of(arguments)));
    return state(holder).pid().orElseThrow();
  }

  private boolean reached(RemoteAgent holder) {
    return holder.state().handle((state, failure) -> failure == null).toCompletableFuture().join();
  }

  private State state(RemoteAgent holder) {
    return eventually.get(holder.state());
  }

  private RemoteAgent holder() {
    RemoteAgent holder =
        new RemoteAgent(
            scheduler,
            URI.create("http://127.0.0.1:" + control),
            "secret",
            HEARTBEAT,
            entry -> events.add((MemberEvent) entry),
            trouble -> {});
    opened.add(holder);
    eventually.until("the agent answers", BOUND, () -> reached(holder));
    return holder;
  }

  private Process agent() throws IOException {
    return agent("127.0.0.1");
  }

  private Process agent(String memberHost, String... jvmOptions) throws IOException {
    Path output = directory.resolve("agent.log");
    Process agent =
        AgentProcess.start(
            output,
            List.of(jvmOptions),
            List.of(
                "--member",
                "m1",
                "--log",
                folder.log().toString(),
                "--control",
                "127.0.0.1:" + control,
                "--token-file",
                directory.resolve("token").toString(),
                "--heartbeat",
                Long.toString(HEARTBEAT.toMillis()),
                "--peer-proxy",
                "127.0.0.1:" + ports.next(),
                "--client-proxy",
                "127.0.0.1:" + clientProxy,
                "--client-target",
                memberHost + ":" + clientPort,
                "--supervised",
                folder.root().toString(),
                "--data",
                volume().toString()));
    opened.add(() -> {
      agent.destroyForcibly();
      assertThat(agent.waitFor()).isNotEqualTo(64);
    });
    return agent;
  }

  private PodContainer container() throws IOException {
    PodContainer container =
        new PodContainer(folder.root(), programs(), directory.resolve("stdout"));
    opened.add(container);
    return container;
  }

  private Path programs() {
    return directory.resolve("programs");
  }

  private Path volume() {
    return directory.resolve("volume");
  }

  private static String text(LogChunk chunk) {
    return StandardCharsets.UTF_8.decode(chunk.bytes()).toString();
  }

  private static boolean runs(long pid) {
    return ProcessStatus.of(pid).filter(ProcessStatus::alive).isPresent();
  }
}
