package io.etcdrobustness.faults.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.engine.RealScheduler;
import io.etcdrobustness.faults.Agent.Cut;
import io.etcdrobustness.faults.Agent.Drop;
import io.etcdrobustness.faults.Agent.Effect;
import io.etcdrobustness.faults.Agent.Half;
import io.etcdrobustness.faults.Agent.Hold;
import io.etcdrobustness.faults.Agent.Late;
import io.etcdrobustness.faults.fixture.EchoServer;
import io.etcdrobustness.faults.fixture.Eventually;
import io.etcdrobustness.faults.fixture.FreePorts;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class PeerProxyTest {

  private static final Duration BOUND = Duration.ofSeconds(20);
  private static final int QUIET_MILLIS = 500;

  private final FreePorts ports = new FreePorts();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final Queue<String> refused = new ConcurrentLinkedQueue<>();
  private final RealScheduler scheduler = new RealScheduler("test", failures::add);
  private final Eventually eventually = new Eventually(scheduler);
  private final ProxyLoop loop = new ProxyLoop(scheduler);
  private EchoServer echo;
  private PeerProxy proxy;
  private ProxiedLink link;

  @BeforeEach
  void start() throws IOException {
    echo = new EchoServer(ports.next());
    proxy = listen(echo.port());
    link = proxy.link("m1").orElseThrow();
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
  void aNameThatNoResolverKnowsIsMappedToItsPeer() throws IOException {
    try (Socket dialler = connect()) {
      send(dialler, "hello");
      assertThat(read(dialler, 5)).isEqualTo("hello");
    }
    LinkCounters counters = eventually.get(link.counters());
    assertThat(counters.dials()).isEqualTo(1);
    assertThat(counters.connections()).isEqualTo(1);
    assertThat(counters.outbound()).isEqualTo(new LinkCounters.Bytes(5, 0));
    assertThat(counters.inbound()).isEqualTo(new LinkCounters.Bytes(5, 0));
  }

  @Test
  void aHalfCloseIsPassedOn() throws IOException {
    try (Socket dialler = connect()) {
      send(dialler, "last words");
      dialler.shutdownOutput();
      assertThat(new String(dialler.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
          .isEqualTo("last words");
    }
    eventually.until("the peer sees the end", BOUND, () -> echo.ended() == 1);
  }

  @Test
  void anUnknownDestinationIsForbiddenAndReported() throws IOException {
    try (Socket dialler = dial()) {
      send(dialler, "CONNECT 127.0.0.1:" + echo.port() + " HTTP/1.1\r\n\r\n");
      assertThat(readHead(dialler)).startsWith("HTTP/1.1 403 ");
    }
    assertThat(refused).hasSize(1);
    assertThat(refused.peek()).contains("127.0.0.1:" + echo.port()).contains("403");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET http://m1.member:2380/version HTTP/1.1\r\n\r\n",
        "CONNECT nowhere HTTP/1.1\r\n\r\n",
        "nonsense\r\n\r\n"
      })
  void whatIsNoConnectIsRefused(String head) throws IOException {
    try (Socket dialler = dial()) {
      send(dialler, head);
      assertThat(readHead(dialler)).containsPattern("^HTTP/1.1 40[05] ");
    }
    assertThat(refused).hasSize(1);
  }

  @Test
  void aHeadWithoutAnEndIsRefused() throws IOException {
    try (Socket dialler = dial()) {
      send(dialler, "CONNECT m1.member:2380 HTTP/1.1\r\nX: " + "x".repeat(9_000));
      assertThat(readHead(dialler)).startsWith("HTTP/1.1 431 ");
    }
  }

  @Test
  void aPeerThatIsNotThereIsABadGateway() throws IOException {
    try (PeerProxy toNobody = listen(ports.next());
        Socket dialler = dial(toNobody)) {
      send(dialler, "CONNECT m1.member:2380 HTTP/1.1\r\n\r\n");
      assertThat(readHead(dialler)).startsWith("HTTP/1.1 502 ");
    }
  }

  @Test
  void droppedOutboundBytesDoNotArriveAndTheConnectionIsResetWhenItEnds() throws IOException {
    try (Socket dialler = connect()) {
      begin("f", Half.OUTBOUND, new Drop());
      send(dialler, "lost");
      AtomicLong withheld = new AtomicLong();
      eventually.until(
          "4 bytes are withheld",
          BOUND,
          () -> {
            var _ = link.counters().thenAccept(c -> withheld.set(c.outbound().withheld()));
            return withheld.get() == 4;
          });
      assertQuiet(dialler);
      assertThat(echo.received()).isZero();
      Measured measured = eventually.get(link.end("f"));
      assertThat(measured.forwarded()).isZero();
      assertThat(measured.withheld()).isEqualTo(4);
      assertReset(dialler);
    }
    eventually.until("the peer sees the reset", BOUND, () -> echo.broken() == 1);
  }

  @Test
  void droppedInboundBytesReachThePeerButTheAnswerDoesNotArrive() throws IOException {
    try (Socket dialler = connect()) {
      begin("f", Half.INBOUND, new Drop());
      send(dialler, "asked");
      eventually.until("the peer hears it", BOUND, () -> echo.received() == 5);
      assertQuiet(dialler);
      Measured measured = eventually.get(link.end("f"));
      assertThat(measured.forwarded()).isZero();
      assertThat(measured.withheld()).isEqualTo(5);
      assertReset(dialler);
    }
  }

  @Test
  void aConnectionThatLostNothingOutlivesADrop() throws IOException {
    try (Socket dialler = connect()) {
      begin("f", Half.BOTH, new Drop());
      eventually.get(link.end("f"));
      send(dialler, "still here");
      assertThat(read(dialler, 10)).isEqualTo("still here");
    }
  }

  @ParameterizedTest
  @EnumSource(Half.class)
  void aDialWaitsForTheEndOfADrop(Half half) throws IOException {
    begin("f", half, new Drop());
    try (Socket dialler = dial()) {
      send(dialler, "CONNECT m1.member:2380 HTTP/1.1\r\n\r\n");
      assertQuiet(dialler);
      assertThat(echo.accepted()).isZero();
      assertThat(eventually.get(link.end("f")).dialsWithheld()).isEqualTo(1);
      assertThat(readHead(dialler)).startsWith("HTTP/1.1 200 ");
      send(dialler, "hello");
      assertThat(read(dialler, 5)).isEqualTo("hello");
    }
  }

  @Test
  void theEndOfAConnectionIsNotSeenThroughADrop() throws IOException {
    try (Socket dialler = connect()) {
      begin("f", Half.BOTH, new Drop());
      dialler.shutdownOutput();
      eventually.pass(Duration.ofMillis(QUIET_MILLIS));
      assertThat(echo.ended()).isZero();
      eventually.get(link.end("f"));
      eventually.until("the peer sees the end", BOUND, () -> echo.ended() == 1);
    }
  }

  @Test
  void heldBytesAreDeliveredAtTheEnd() throws IOException {
    try (Socket dialler = connect()) {
      begin("f", Half.BOTH, new Hold());
      send(dialler, "patience");
      assertQuiet(dialler);
      assertThat(echo.received()).isZero();
      Measured measured = eventually.get(link.end("f"));
      assertThat(measured.held()).isEqualTo(8);
      assertThat(measured.delivered()).isEqualTo(8);
      assertThat(measured.forwarded()).isZero();
      assertThat(read(dialler, 8)).isEqualTo("patience");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Half.class,
      names = {"OUTBOUND", "INBOUND"})
  void lateBytesTakeTheirTimeOnTheirHalf(Half half) throws IOException {
    Duration latency = Duration.ofSeconds(1);
    try (Socket dialler = connect()) {
      begin("f", half, new Late(latency, Duration.ofMillis(10), 42));
      long before = scheduler.now();
      send(dialler, "slow");
      assertThat(read(dialler, 4)).isEqualTo("slow");
      assertThat(Duration.ofNanos(scheduler.now() - before))
          .isGreaterThanOrEqualTo(Duration.ofMillis(90));
      Measured measured = eventually.get(link.end("f"));
      assertThat(measured.lateChunks()).isPositive();
      assertThat(measured.longestDelay()).isGreaterThanOrEqualTo(Duration.ofMillis(90));
    }
  }

  @Test
  void delayIsPipelinedNotAddedUp() throws IOException {
    Duration latency = Duration.ofSeconds(1);
    try (Socket dialler = connect()) {
      dialler.setTcpNoDelay(true);
      begin("f", Half.OUTBOUND, new Late(latency, Duration.ZERO, 0));
      long before = scheduler.now();
      for (int i = 0; i < 40; i++) {
        send(dialler, "chunk");
        eventually.pass(Duration.ofMillis(1));
      }
      read(dialler, 200);
      // 40 chunks one after the other would take 40 s.
      assertThat(Duration.ofNanos(scheduler.now() - before)).isLessThan(Duration.ofSeconds(20));
    }
  }

  @Test
  void tenMegabytesPassUnharmedThroughLatency() throws Exception {
    begin("f", Half.BOTH, new Late(Duration.ofMillis(5), Duration.ofMillis(5), 7));
    assertTenMegabytesPass();
    assertThat(eventually.get(link.end("f")).lateChunks()).isPositive();
  }

  @Test
  void tenMegabytesPassUnharmedThroughHolds() throws Exception {
    begin("f0", Half.BOTH, new Hold());
    for (int i = 0; i < 20; i++) {
      int turn = i;
      scheduler.after(
          Duration.ofMillis(10L * (i + 1)),
          () -> {
            var _ = link.end("f" + turn);
            var _ = link.begin("f" + (turn + 1), Half.BOTH, new Hold());
          });
    }
    scheduler.after(
        Duration.ofMillis(300),
        () -> {
          var _ = link.end("f20");
        });
    assertTenMegabytesPass();
  }

  @Test
  void anEndOfLatencyKeepsTheOrder() throws Exception {
    begin("f", Half.BOTH, new Late(Duration.ofMillis(300), Duration.ofMillis(50), 7));
    scheduler.after(
        Duration.ofMillis(150),
        () -> {
          var _ = link.end("f");
        });
    assertTenMegabytesPass();
  }

  @Test
  void aHeldSenderIsHeldBackNotBuffered() throws Exception {
    try (Socket dialler = connect()) {
      begin("f", Half.OUTBOUND, new Hold());
      dialler.setSendBufferSize(64 << 10);
      CompletableFuture<Long> sent = new CompletableFuture<>();
      Thread.ofVirtual()
          .start(() -> {
            try {
              byte[] chunk = new byte[64 << 10];
              for (int i = 0; i < 64 * 16; i++) {
                dialler.getOutputStream().write(chunk);
              }
              sent.complete(64L << 20);
            } catch (IOException reset) {
              sent.complete(-1L);
            }
          });
      eventually.pass(Duration.ofSeconds(2));
      assertThat(sent).isNotDone();
      Measured measured = eventually.get(link.end("f"));
      assertThat(measured.held()).isBetween(1L, (long) Pipe.HELD_LIMIT + (64 << 10));
      assertThat(measured.delivered()).isEqualTo(measured.held());
    }
  }

  @Test
  void cutsResetAgainAndAgain() throws IOException {
    try (Socket first = connect()) {
      begin("f", Half.BOTH, new Cut(Duration.ofMillis(1_500)));
      assertReset(first);
      try (Socket second = connect()) {
        assertReset(second);
      }
      assertThat(eventually.get(link.end("f")).resets()).isGreaterThanOrEqualTo(2);
    }
    eventually.until("the peer sees both resets", BOUND, () -> echo.broken() >= 2);
    try (Socket third = connect()) {
      send(third, "whole");
      assertThat(read(third, 5)).isEqualTo("whole");
      assertQuiet(third);
    }
  }

  @Test
  void ofOverlappingFaultsTheMostSevereIsInForceAndTheOtherGoesOnAfterIt() throws IOException {
    try (Socket dialler = connect()) {
      begin("hold", Half.BOTH, new Hold());
      begin("late", Half.BOTH, new Late(Duration.ofMillis(50), Duration.ZERO, 0));
      send(dialler, "x");
      assertQuiet(dialler);
      eventually.get(link.end("hold"));
      assertThat(read(dialler, 1)).isEqualTo("x");
      long before = scheduler.now();
      send(dialler, "y");
      assertThat(read(dialler, 1)).isEqualTo("y");
      assertThat(Duration.ofNanos(scheduler.now() - before))
          .isGreaterThanOrEqualTo(Duration.ofMillis(100));
      assertThat(eventually.get(link.end("late")).lateChunks()).isPositive();
    }
  }

  @Test
  void theTimeOfAHoldIsNotTakenForLatency() throws IOException {
    try (Socket dialler = connect()) {
      begin("late", Half.OUTBOUND, new Late(Duration.ofSeconds(1), Duration.ZERO, 0));
      send(dialler, "x");
      begin("hold", Half.BOTH, new Hold());
      eventually.pass(Duration.ofMillis(1_200));
      eventually.get(link.end("hold"));
      assertThat(read(dialler, 1)).isEqualTo("x");
      assertThat(eventually.get(link.end("late")).lateChunks()).isZero();
    }
  }

  @Test
  void bytesThatAHoldKeptWaitingProveNoLatencyUnderneath() throws IOException {
    try (Socket dialler = connect()) {
      begin("hold", Half.OUTBOUND, new Hold());
      begin("late", Half.OUTBOUND, new Late(Duration.ofMillis(50), Duration.ZERO, 0));
      send(dialler, "x");
      assertQuiet(dialler);
      eventually.get(link.end("hold"));
      assertThat(read(dialler, 1)).isEqualTo("x");
      assertThat(eventually.get(link.end("late")).lateChunks()).isZero();
    }
  }

  @Test
  void theMembersEnvironmentLeavesNoWayPastTheProxy() {
    assertThat(proxy.environment())
        .containsEntry("HTTPS_PROXY", "http://127.0.0.1:" + proxy.address().getPort())
        .containsEntry("NO_PROXY", "")
        .containsEntry("no_proxy", "");
  }

  @Test
  void theLaterOfTwoDropsEndsThem() throws IOException {
    try (Socket dialler = connect()) {
      begin("one", Half.BOTH, new Drop());
      begin("two", Half.OUTBOUND, new Drop());
      send(dialler, "lost");
      assertQuiet(dialler);
      eventually.get(link.end("one"));
      assertQuiet(dialler);
      Measured two = eventually.get(link.end("two"));
      assertThat(two.withheld()).isEqualTo(4);
      assertReset(dialler);
    }
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    assertThatThrownBy(
            () -> link.begin("f", Half.BOTH, new Cut(Duration.ZERO)).toCompletableFuture().get())
        .hasMessageContaining("must be positive");
    assertThatThrownBy(() -> link.end("never").toCompletableFuture().get())
        .hasMessageContaining("never");
  }

  private void assertTenMegabytesPass() throws Exception {
    byte[] chunk = new byte[10_007];
    int chunks = 1_000;
    RandomSource random = new RandomSource(11);
    CRC32 sent = new CRC32();
    CRC32 received = new CRC32();
    try (Socket dialler = connect()) {
      CompletableFuture<Void> reading = new CompletableFuture<>();
      Thread.ofVirtual()
          .start(() -> {
            try {
              byte[] buffer = new byte[64 << 10];
              InputStream in = dialler.getInputStream();
              for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
                received.update(buffer, 0, n);
              }
              reading.complete(null);
            } catch (IOException failure) {
              reading.completeExceptionally(failure);
            }
          });
      OutputStream out = dialler.getOutputStream();
      for (int i = 0; i < chunks; i++) {
        for (int j = 0; j < chunk.length; j += 8) {
          chunk[j] = (byte) random.nextLong();
        }
        sent.update(chunk);
        out.write(chunk);
      }
      dialler.shutdownOutput();
      eventually.get(reading);
    }
    assertThat(echo.received()).isEqualTo((long) chunk.length * chunks);
    assertThat(received.getValue()).isEqualTo(sent.getValue());
  }

  private void begin(String id, Half half, Effect effect) {
    eventually.get(link.begin(id, half, effect));
  }

  private PeerProxy listen(int port) throws IOException {
    return new PeerProxy(
        loop,
        new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.next()),
        List.of(new Route("m1.member:2380", "m1", "127.0.0.1", port)),
        refused::add);
  }

  private Socket connect() throws IOException {
    Socket dialler = dial();
    send(dialler, "CONNECT M1.member:2380 HTTP/1.1\r\nHost: m1.member:2380\r\n\r\n");
    assertThat(readHead(dialler)).startsWith("HTTP/1.1 200 ");
    return dialler;
  }

  private Socket dial() throws IOException {
    return dial(proxy);
  }

  private static Socket dial(PeerProxy through) throws IOException {
    Socket socket = new Socket();
    socket.connect(through.address());
    socket.setSoTimeout((int) BOUND.toMillis());
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String read(Socket socket, int bytes) throws IOException {
    return new String(socket.getInputStream().readNBytes(bytes), StandardCharsets.US_ASCII);
  }

  private static String readHead(Socket socket) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = socket.getInputStream().read();
      if (next < 0) {
        return head.toString();
      }
      head.append((char) next);
    }
    return head.toString();
  }

  private static void assertQuiet(Socket socket) throws IOException {
    socket.setSoTimeout(QUIET_MILLIS);
    assertThatThrownBy(() -> socket.getInputStream().read())
        .isInstanceOf(SocketTimeoutException.class);
    socket.setSoTimeout((int) BOUND.toMillis());
  }

  private static void assertReset(Socket socket) {
    assertThatThrownBy(() -> socket.getInputStream().read())
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("reset");
  }
}
