package io.etcdrobustness.faults.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcdrobustness.engine.RealScheduler;
import io.etcdrobustness.faults.Agent;
import io.etcdrobustness.faults.fixture.Eventually;
import io.etcdrobustness.faults.fixture.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AgentServerTest {

  private static final Duration HEARTBEAT = Duration.ofMillis(200);
  private static final Duration BOUND = Duration.ofSeconds(20);

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

  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final Queue<String> log = new ConcurrentLinkedQueue<>();
  private final Queue<String> missed = new ConcurrentLinkedQueue<>();
  private final RealScheduler scheduler = new RealScheduler("test", failures::add);
  private final Eventually eventually = new Eventually(scheduler);
  private final CountingAgent agent = new CountingAgent();
  private final HttpClient http = HttpClient.newHttpClient();
  private AgentServer server;

  @BeforeEach
  void start() throws IOException {
    server =
        new AgentServer(
            agent,
            new MemberJournal("journal", scheduler),
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
    eventually.pass(HEARTBEAT.multipliedBy(5));
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
      eventually.pass(HEARTBEAT.multipliedBy(3));
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
