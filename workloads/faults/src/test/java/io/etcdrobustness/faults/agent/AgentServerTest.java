package io.etcdrobustness.faults.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.engine.RealScheduler;
import io.etcdrobustness.faults.Agent;
import io.etcdrobustness.faults.MemberControl;
import io.etcdrobustness.faults.fixture.Eventually;
import io.etcdrobustness.faults.fixture.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class AgentServerTest {

  private static final Duration HEARTBEAT = Duration.ofSeconds(2);
  private static final Duration BOUND = Duration.ofSeconds(60);

  /** Counts what it is asked to do. */
  private static final class CountingAgent implements Agent {
    final AtomicInteger healedAll = new AtomicInteger();

    @Override
    public CompletionStage<Void> inject(String id, Command command, Duration length) {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Proof> heal(String id) {
      return CompletableFuture.completedFuture(new Proof(true, "healed " + id));
    }

    @Override
    public CompletionStage<Void> healAll() {
      healedAll.incrementAndGet();
      return CompletableFuture.completedFuture(null);
    }
  }

  /** Remembers what it was told. */
  private static final class RememberingControl implements MemberControl {
    final Queue<Object> told = new ConcurrentLinkedQueue<>();

    @Override
    public CompletionStage<Void> start(List<String> arguments) {
      told.add(arguments);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> stop(Duration grace) {
      told.add(grace);
      return CompletableFuture.failedFuture(new IllegalStateException("it clings to life"));
    }

    @Override
    public CompletionStage<State> state() {
      return CompletableFuture.completedFuture(new State(Optional.of(4_711L), true, false));
    }
  }

  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final Queue<String> log = new ConcurrentLinkedQueue<>();
  private final Queue<String> missed = new ConcurrentLinkedQueue<>();
  private final RealScheduler scheduler = new RealScheduler("test", failures::add);
  private final Eventually eventually = new Eventually(scheduler);
  private final CountingAgent agent = new CountingAgent();
  private final RememberingControl control = new RememberingControl();
  @TempDir private Path directory;
  private final HttpClient http = HttpClient.newHttpClient();
  private AgentServer server;

  @BeforeEach
  void start() throws IOException {
    server =
        new AgentServer(
            new AgentServer.Offer(
                agent,
                Optional.of(control),
                new MemberJournal("journal", scheduler),
                new MemberLog(log(), "log-1")),
            scheduler,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), new FreePorts().next()),
            "secret",
            HEARTBEAT,
            log::add);
  }

  @AfterEach
  void stop() {
    server.close();
    http.shutdownNow();
    scheduler.close();
    assertThat(failures).isEmpty();
  }

  @Test
  void everythingHealsWhenTheHolderFallsSilent() {
    RemoteAgent holder = remote("secret");
    eventually.get(holder.inject("p", new Agent.Pause(), Duration.ofMinutes(5)));
    eventually.pass(HEARTBEAT.multipliedBy(2).plusSeconds(1));
    assertThat(agent.healedAll).as("as long as the heart beats").hasValue(0);
    holder.close();
    eventually.until("all is healed", BOUND, () -> agent.healedAll.get() == 1);
    assertThat(log).singleElement().asString().contains("the holder was silent");
    assertThat(missed).isEmpty();
  }

  @Test
  void aHolderThatIsNotHeardIsTold() {
    try (RemoteAgent holder = remote("secret")) {
      eventually.get(holder.healAll());
      server.close();
      eventually.until("a missed heartbeat", BOUND, () -> !missed.isEmpty());
    }
    assertThat(missed.peek()).contains("no heartbeat got through");
  }

  @Test
  void aWrongTokenIsRefusedAndIsNoSignOfLife() {
    try (RemoteAgent stranger = remote("guess")) {
      assertThatThrownBy(() -> stranger.heal("f").toCompletableFuture().get())
          .hasMessageContaining("bearer token");
      eventually.pass(HEARTBEAT.multipliedBy(2).plusSeconds(1));
    }
    assertThat(agent.healedAll).hasValue(0);
    assertThat(missed.peek()).contains("bearer token");
  }

  @Test
  void aMessageThatIsNotUnderstoodIsAnsweredWithTheReason() throws Exception {
    HttpResponse<String> answer = post("/v1/control", "{\"call\":\"explode\"}");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("not explode");
    assertThat(post("/v1/control/more", "{}").statusCode()).isEqualTo(404);
    assertThat(post("/v1/control", "x".repeat(ControlMessages.LONGEST + 1)).statusCode())
        .isEqualTo(413);
  }

  @Test
  void aMemberIsStartedStoppedAndAskedAfter() {
    try (RemoteAgent holder = remote("secret")) {
      eventually.get(holder.start(List.of("--name=m1", "a b")));
      assertThatThrownBy(() -> holder.stop(HEARTBEAT).toCompletableFuture().get())
          .hasMessageContaining("it clings to life");
      assertThat(eventually.get(holder.state()))
          .isEqualTo(new MemberControl.State(Optional.of(4_711L), true, false));
    }
    assertThat(control.told).containsExactly(List.of("--name=m1", "a b"), HEARTBEAT);
  }

  @Test
  void aMemberThatItsAgentStartedIsNotStartedFromElsewhere() throws IOException {
    server.close();
    server =
        new AgentServer(
            new AgentServer.Offer(
                agent,
                Optional.empty(),
                new MemberJournal("journal", scheduler),
                new MemberLog(log(), "log-1")),
            scheduler,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), new FreePorts().next()),
            "secret",
            HEARTBEAT,
            log::add);
    try (RemoteAgent holder = remote("secret")) {
      assertThatThrownBy(() -> holder.start(List.of()).toCompletableFuture().get())
          .hasMessageContaining("not started or stopped from elsewhere");
    }
  }

  @Test
  void theLogIsReadInPiecesToItsEndAndOn() throws IOException {
    byte[] all = new byte[2 * MemberLog.LONGEST + 17];
    RandomSource random = new RandomSource(7);
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) random.nextLong();
    }
    try (RemoteAgent holder = remote("secret")) {
      LogChunk none = eventually.get(holder.log(LogPosition.START));
      assertThat(none.bytes().hasRemaining()).as("there is no log yet").isFalse();
      Files.write(log(), all);
      ByteBuffer read = ByteBuffer.allocate(all.length + 4);
      LogPosition position = readOn(holder, none.next(), read);
      assertThat(position).isEqualTo(new LogPosition("log-1", all.length));
      assertThat(read.array()).startsWith(all);
      Files.write(log(), new byte[] {1, 2, 3, 4}, StandardOpenOption.APPEND);
      assertThat(eventually.get(holder.log(position)).bytes())
          .isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}));
    }
  }

  @Test
  void anotherLogIsReadFromItsBeginning() throws IOException {
    Files.writeString(log(), "the log of the next pod");
    try (RemoteAgent holder = remote("secret")) {
      LogChunk chunk = eventually.get(holder.log(new LogPosition("log-0", 5)));
      assertThat(chunk.from()).isEqualTo(new LogPosition("log-1", 0));
      assertThat(eventually.get(holder.log(new LogPosition("log-1", 1_000))).from())
          .isEqualTo(new LogPosition("log-1", 0));
      assertThat(eventually.get(holder.log(new LogPosition("log-1", 4))).bytes())
          .isEqualTo(ByteBuffer.wrap("log of the next pod".getBytes(StandardCharsets.UTF_8)));
    }
  }

  @Test
  void aLogKeepsItsNameWhenItsAgentIsStartedAgain() throws IOException {
    assertThat(new MemberLog(log(), "log-2").read(LogPosition.START).from().log())
        .isEqualTo("log-1");
  }

  @Test
  void aLogIsForWhoeverKnowsTheTokenAndAsksSoundly() throws Exception {
    Files.writeString(log(), "private");
    try (RemoteAgent stranger = remote("guess")) {
      assertThatThrownBy(() -> stranger.log(LogPosition.START).toCompletableFuture().get())
          .hasMessageContaining("bearer token");
    }
    assertThat(get("/v1/log?offset=-1").statusCode()).isEqualTo(400);
    assertThat(get("/v1/log").body()).contains("?offset=N");
    assertThat(get("/v1/log/../../etc/passwd?offset=0").statusCode()).isEqualTo(404);
    assertThat(get("/v1/log?offset=3").body()).isEqualTo("vate");
  }

  private LogPosition readOn(RemoteAgent holder, LogPosition from, ByteBuffer into) {
    LogPosition position = from;
    LogChunk chunk = eventually.get(holder.log(position));
    while (chunk.bytes().hasRemaining()) {
      into.put(chunk.bytes());
      position = chunk.next();
      chunk = eventually.get(holder.log(position));
    }
    return position;
  }

  private Path log() {
    return directory.resolve("m1.log");
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(uri() + path))
            .header("Authorization", "Bearer secret")
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, String body)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(uri().resolve(path))
            .header("Authorization", "Bearer secret")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private RemoteAgent remote(String token) {
    return new RemoteAgent(scheduler, uri(), token, HEARTBEAT, entry -> {}, missed::add);
  }

  private URI uri() {
    return URI.create("http://127.0.0.1:" + server.address().getPort());
  }
}
