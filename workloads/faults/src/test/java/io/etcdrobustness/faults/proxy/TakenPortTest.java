package io.etcdrobustness.faults.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.engine.RealScheduler;
import io.etcdrobustness.faults.fixture.EchoServer;
import io.etcdrobustness.faults.fixture.Eventually;
import io.etcdrobustness.faults.fixture.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Runs side by side draw ports that were free a moment ago; two may draw the same one. Never may
 * both listen. That neither does is the kernel's right: it announces a socket as listening before
 * it looks for others on the port ({@code inet_csk_listen_start}), so that two which begin in the
 * same instant can each see the other.
 */
@Timeout(60)
class TakenPortTest {

  private static final int ROUNDS = 50;
  private static final Duration BOUND = Duration.ofSeconds(20);

  private final FreePorts ports = new FreePorts();
  private final Queue<Object> failures = new ConcurrentLinkedQueue<>();
  private final RealScheduler scheduler = new RealScheduler("test", failures::add);
  private final Eventually eventually = new Eventually(scheduler);
  private final ProxyLoop first = new ProxyLoop(scheduler);
  private final ProxyLoop second = new ProxyLoop(scheduler);
  private EchoServer echo;

  /** What came of an attempt to listen. */
  private sealed interface Attempt {
    record Listens(AutoCloseable proxy) implements Attempt {}

    record Refused(IOException why) implements Attempt {}
  }

  private interface Opening {
    AutoCloseable open() throws IOException;
  }

  @BeforeEach
  void start() throws IOException {
    echo = new EchoServer(ports.next());
  }

  @AfterEach
  void stop() throws IOException {
    first.close();
    second.close();
    echo.close();
    scheduler.close();
    assertThat(failures).isEmpty();
  }

  @Test
  void ofTwoThatRaceForAPortAtMostOneListensAndTheOtherSaysWhichIsTaken() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      InetSocketAddress address =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.next());
      List<Attempt> attempts = race(() -> clients(first, address), () -> clients(second, address));

      List<Attempt.Listens> listening = new ArrayList<>();
      List<Attempt.Refused> refused = new ArrayList<>();
      for (Attempt attempt : attempts) {
        switch (attempt) {
          case Attempt.Listens listens -> listening.add(listens);
          case Attempt.Refused no -> refused.add(no);
        }
      }
      assertThat(listening).as("%s in round %d", attempts, round).hasSizeLessThan(2);
      assertThat(refused)
          .allSatisfy(attempt ->
              assertThat(attempt.why())
                  .hasMessageContaining("cannot listen on " + address)
                  .hasMessageContaining("Address already in use"));
      for (Attempt.Listens one : listening) {
        assertEcho(address);
        one.proxy().close();
      }
      // A selector lets go of a closed socket a moment after close has returned.
      List<Attempt> next = new ArrayList<>();
      eventually.until(
          "the port is free again",
          BOUND,
          () -> {
            next.add(attempt(() -> clients(second, address)));
            return next.getLast() instanceof Attempt.Listens;
          });
      assertEcho(address);
      close(next.getLast());
    }
  }

  @Test
  void aProxyOfPeersAndOneOfClientsDoNotShareAPortEither() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      InetSocketAddress address =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.next());
      List<Attempt> attempts =
          race(
              () -> clients(first, address),
              () -> new PeerProxy(second, address, List.of(), failures::add));

      assertThat(attempts)
          .as("round %d", round)
          .filteredOn(Attempt.Listens.class::isInstance)
          .hasSizeLessThan(2);
      for (Attempt attempt : attempts) {
        close(attempt);
      }
    }
  }

  private static void close(Attempt attempt) throws Exception {
    if (attempt instanceof Attempt.Listens(AutoCloseable proxy)) {
      proxy.close();
    }
  }

  private ClientProxy clients(ProxyLoop loop, InetSocketAddress address) throws IOException {
    return new ClientProxy(loop, address, "127.0.0.1", echo.port());
  }

  private List<Attempt> race(Opening one, Opening other) {
    CountDownLatch both = new CountDownLatch(2);
    CompletableFuture<Attempt> left = attempt(one, both);
    CompletableFuture<Attempt> right = attempt(other, both);
    return List.of(eventually.get(left), eventually.get(right));
  }

  private static CompletableFuture<Attempt> attempt(Opening opening, CountDownLatch both) {
    CompletableFuture<Attempt> outcome = new CompletableFuture<>();
    Thread.ofPlatform()
        .start(() -> {
          both.countDown();
          try {
            both.await();
            outcome.complete(attempt(opening));
          } catch (InterruptedException | RuntimeException failure) {
            outcome.completeExceptionally(failure);
          }
        });
    return outcome;
  }

  private static Attempt attempt(Opening opening) {
    try {
      return new Attempt.Listens(opening.open());
    } catch (IOException taken) {
      return new Attempt.Refused(taken);
    }
  }

  private static void assertEcho(InetSocketAddress address) throws IOException {
    try (Socket client = new Socket()) {
      client.connect(address);
      client.setSoTimeout(20_000);
      client.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
      assertThat(new String(client.getInputStream().readNBytes(5), StandardCharsets.US_ASCII))
          .isEqualTo("hello");
    }
  }
}
