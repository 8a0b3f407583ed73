package io.etcdrobustness.faults.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.engine.RealScheduler;
import io.etcdrobustness.faults.MemberControl.State;
import io.etcdrobustness.faults.fixture.Eventually;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A pod is gone without a word: its connections neither close nor answer. */
@Timeout(180)
class DeadConnectionTest {

  private static final Duration HEARTBEAT = Duration.ofSeconds(4);
  private static final int AT_ONCE = 3;

  private final Queue<Object> failures = new ConcurrentLinkedQueue<>();
  private final Queue<String> troubles = new ConcurrentLinkedQueue<>();
  private final RealScheduler scheduler = new RealScheduler("test", failures::add);
  private final Eventually eventually = new Eventually(scheduler);
  private final Queue<Socket> accepted = new ConcurrentLinkedQueue<>();
  private final Queue<Socket> dead = new ConcurrentLinkedQueue<>();
  private final CountDownLatch together = new CountDownLatch(AT_ONCE);
  private final ServerSocket listening = listening();
  private final RemoteAgent agent =
      new RemoteAgent(
          scheduler,
          URI.create("http://127.0.0.1:" + listening.getLocalPort()),
          "secret",
          HEARTBEAT,
          _ -> {},
          troubles::add);

  private ServerSocket listening() {
    try {
      ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      Thread.ofVirtual().start(() -> accept(socket));
      return socket;
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }

  @AfterEach
  void stop() throws IOException {
    agent.close();
    listening.close();
    for (Socket socket : accepted) {
      socket.close();
    }
    scheduler.close();
    assertThat(failures).isEmpty();
  }

  @Test
  void theirsAreForgottenWithTheFirstThatDoesNotAnswer() {
    // As many connections as there were requests at once are kept for later ones.
    List<CompletableFuture<State>> asked = new ArrayList<>();
    for (int i = 0; i < AT_ONCE; i++) {
      asked.add(agent.state().toCompletableFuture());
    }
    asked.forEach(eventually::get);

    dead.addAll(accepted);
    assertThat(dead).hasSizeGreaterThanOrEqualTo(AT_ONCE);
    eventually.until("a heartbeat is lost", Duration.ofSeconds(40), () -> !troubles.isEmpty());

    long before = scheduler.now();
    eventually.get(agent.start(List.of("--name=m0")).toCompletableFuture());
    assertThat(Duration.ofNanos(scheduler.now() - before)).isLessThan(Duration.ofSeconds(25));
    eventually.until("it is told once each", Duration.ofSeconds(40), () -> troubles.size() > 1);
    assertThat(troubles)
        .satisfiesExactly(
            lost -> assertThat(lost).contains("no heartbeat got through"),
            found -> assertThat(found).contains("is reached again after"));
  }

  private void accept(ServerSocket on) {
    try {
      while (true) {
        Socket socket = on.accept();
        accepted.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException closed) {
      assertThat(on.isClosed()).isTrue();
    }
  }

  private void serve(Socket socket) {
    try (InputStream in = new BufferedInputStream(socket.getInputStream())) {
      while (true) {
        ControlRequest request = ControlMessages.request(body(in));
        if (dead.contains(socket)) {
          continue;
        }
        String reply = ControlMessages.text(reply(request));
        socket
            .getOutputStream()
            .write(
                "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s"
                    .formatted(reply.length(), reply)
                    .getBytes(StandardCharsets.US_ASCII));
      }
    } catch (IOException ended) {
      accepted.remove(socket);
    } catch (MalformedMessageException | InterruptedException failure) {
      failures.add(failure);
    }
  }

  private ControlReply reply(ControlRequest request) throws InterruptedException {
    return switch (request) {
      case ControlRequest.Heartbeat _ -> new ControlReply.Events("journal", 1, List.of());
      case ControlRequest.State _ -> {
        together.countDown();
        together.await();
        yield new ControlReply.Stands(new State(Optional.empty(), false, true));
      }
      case ControlRequest.Start _,
          ControlRequest.Stop _,
          ControlRequest.Inject _,
          ControlRequest.Heal _,
          ControlRequest.HealAll _ ->
          new ControlReply.Done();
    };
  }

  private static String body(InputStream in) throws IOException {
    int length = 0;
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      String lower = line.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Integer.parseInt(lower.substring(lower.indexOf(':') + 1).strip());
      }
    }
    return new String(in.readNBytes(length), StandardCharsets.UTF_8);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int read = in.read(); read != '\n'; read = in.read()) {
      if (read < 0) {
        throw new IOException("the connection ended");
      }
      if (read != '\r') {
        line.append((char) read);
      }
    }
    return line.toString();
  }
}
