package io.etcdrobustness.faults.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcdrobustness.engine.RealScheduler;
import io.etcdrobustness.faults.Agent.Cut;
import io.etcdrobustness.faults.Agent.Drop;
import io.etcdrobustness.faults.Agent.Half;
import io.etcdrobustness.faults.Agent.Hold;
import io.etcdrobustness.faults.Agent.Late;
import io.etcdrobustness.faults.fixture.EchoServer;
import io.etcdrobustness.faults.fixture.Eventually;
import io.etcdrobustness.faults.fixture.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ClientProxyTest {

  private final FreePorts ports = new FreePorts();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final RealScheduler scheduler = new RealScheduler("test", failures::add);
  private final Eventually eventually = new Eventually(scheduler);
  private final ProxyLoop loop = new ProxyLoop(scheduler);
  private EchoServer echo;
  private ClientProxy proxy;

  @BeforeEach
  void start() throws IOException {
    echo = new EchoServer(ports.next());
    proxy = listen(echo.port());
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    loop.close();
    echo.close();
    scheduler.close();
    assertThat(failures).isEmpty();
  }

  @Test
  void bytesPassBothWaysAndAreCounted() throws IOException {
    try (Socket client = connect(proxy)) {
      assertEcho(client, "hello");
    }
    LinkCounters counters = eventually.get(proxy.link().counters());
    assertThat(counters.connections()).isEqualTo(1);
    assertThat(counters.outbound().forwarded()).isEqualTo(5);
    assertThat(counters.inbound().forwarded()).isEqualTo(5);
  }

  @Test
  void aClientThatComesDuringADropIsServedAfterIt() throws IOException {
    eventually.get(proxy.link().begin("f", Half.BOTH, new Drop()));
    try (Socket client = connect(proxy)) {
      client.getOutputStream().write("early".getBytes(StandardCharsets.US_ASCII));
      assertQuiet(client);
      assertThat(echo.accepted()).isZero();
      Measured measured = eventually.get(proxy.link().end("f"));
      assertThat(measured.dialsWithheld()).isEqualTo(1);
      assertThat(measured.forwarded()).isZero();
      assertThat(new String(client.getInputStream().readNBytes(5), StandardCharsets.US_ASCII))
          .isEqualTo("early");
    }
  }

  @Test
  void aClientThatGivesUpDuringADropIsForgotten() throws IOException {
    eventually.get(proxy.link().begin("f", Half.BOTH, new Drop()));
    connect(proxy).close();
    eventually.pass(Duration.ofSeconds(2));
    eventually.get(proxy.link().end("f"));
    try (Socket client = connect(proxy)) {
      assertEcho(client, "next");
    }
    assertThat(echo.accepted()).isEqualTo(1);
  }

  @Test
  void heldAnswersAreDeliveredAtTheEnd() throws IOException {
    try (Socket client = connect(proxy)) {
      assertEcho(client, "before");
      eventually.get(proxy.link().begin("f", Half.INBOUND, new Hold()));
      client.getOutputStream().write("asked".getBytes(StandardCharsets.US_ASCII));
      eventually.until("the member is asked", Duration.ofSeconds(20), () -> echo.received() == 11);
      assertQuiet(client);
      Measured measured = eventually.get(proxy.link().end("f"));
      assertThat(measured.held()).isEqualTo(5);
      assertThat(measured.delivered()).isEqualTo(5);
      assertThat(new String(client.getInputStream().readNBytes(5), StandardCharsets.US_ASCII))
          .isEqualTo("asked");
    }
  }

  @Test
  void latencyIsAddedBothWays() throws IOException {
    try (Socket client = connect(proxy)) {
      assertEcho(client, "before");
      eventually.get(
          proxy.link().begin("f", Half.BOTH, new Late(Duration.ofMillis(60), Duration.ZERO, 1)));
      long before = scheduler.now();
      assertEcho(client, "slow");
      assertThat(Duration.ofNanos(scheduler.now() - before))
          .isGreaterThanOrEqualTo(Duration.ofMillis(120));
    }
  }

  @Test
  void aCutIsSeenAsAReset() throws IOException {
    try (Socket client = connect(proxy)) {
      assertEcho(client, "before");
      eventually.get(proxy.link().begin("f", Half.BOTH, new Cut(Duration.ofSeconds(10))));
      assertThatThrownBy(() -> client.getInputStream().read())
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
      assertThat(eventually.get(proxy.link().end("f")).resets()).isEqualTo(1);
    }
  }

  @Test
  void aMemberThatIsDownIsSeenAsAReset() throws IOException {
    try (ClientProxy toNobody = listen(ports.next());
        Socket client = connect(toNobody)) {
      assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    }
  }

  private ClientProxy listen(int target) throws IOException {
    return new ClientProxy(
        loop,
        new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.next()),
        "127.0.0.1",
        target);
  }

  private static Socket connect(ClientProxy to) throws IOException {
    Socket socket = new Socket();
    socket.connect(to.address());
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static void assertEcho(Socket client, String text) throws IOException {
    client.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    assertThat(
            new String(
                client.getInputStream().readNBytes(text.length()), StandardCharsets.US_ASCII))
        .isEqualTo(text);
  }

  private static void assertQuiet(Socket socket) throws IOException {
    socket.setSoTimeout(500);
    assertThatThrownBy(() -> socket.getInputStream().read())
        .isInstanceOf(SocketTimeoutException.class);
    socket.setSoTimeout(20_000);
  }
}
