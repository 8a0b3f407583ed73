package io.etcdrobustness.faults.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.engine.RealScheduler;
import io.etcdrobustness.faults.Agent;
import io.etcdrobustness.faults.Agent.Drop;
import io.etcdrobustness.faults.Agent.Half;
import io.etcdrobustness.faults.Agent.Late;
import io.etcdrobustness.faults.Agent.Link;
import io.etcdrobustness.faults.fixture.EtcdBinary;
import io.etcdrobustness.faults.fixture.Eventually;
import io.etcdrobustness.faults.fixture.FreePorts;
import io.etcdrobustness.faults.process.MemberCommand;
import io.etcdrobustness.faults.process.MemberProcess;
import io.etcdrobustness.faults.proxy.ClientProxy;
import io.etcdrobustness.faults.proxy.PeerProxy;
import io.etcdrobustness.faults.proxy.ProxyLoop;
import io.etcdrobustness.faults.proxy.Route;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Stock etcd behind the proxies: what the faults are for. */
@Tag("etcd")
@Timeout(600)
class ThreeMembersTest {

  private static final Duration BOUND = Duration.ofSeconds(120);
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final Pattern LEADER = Pattern.compile("\"leader\":\"(\\d+)\"");
  private static final Pattern MEMBER = Pattern.compile("\"member_id\":\"(\\d+)\"");

  /** One etcd and its agent. */
  private record Node(
      String name, PeerProxy peers, ClientProxy clients, MemberProcess process, LocalAgent agent) {}

  private record Status(String member, String leader) {}

  private final FreePorts ports = new FreePorts();
  private final Queue<Object> failures = new ConcurrentLinkedQueue<>();
  private final RealScheduler scheduler = new RealScheduler("test", failures::add);
  private final Eventually eventually = new Eventually(scheduler);
  private final ProxyLoop loop = new ProxyLoop(scheduler);
  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<String, Node> nodes = new LinkedHashMap<>();
  @TempDir private Path directory;

  @BeforeEach
  void start() throws IOException {
    String binary = EtcdBinary.of("v3.7.3");
    Map<String, Integer> peerPorts = new LinkedHashMap<>();
    for (String name : List.of("m0", "m1", "m2")) {
      peerPorts.put(name, ports.next());
    }
    String cluster =
        peerPorts.entrySet().stream()
            .map(e -> "%s=https://%s.member:%d".formatted(e.getKey(), e.getKey(), e.getValue()))
            .collect(Collectors.joining(","));
    for (String name : peerPorts.keySet()) {
      nodes.put(name, node(name, binary, peerPorts, cluster));
    }
    nodes.values().forEach(node -> eventually.get(node.process().start()));
    eventually.until(
        "all follow one leader",
        BOUND,
        () -> leaders().size() == 3 && leaders().values().stream().distinct().count() == 1);
  }

  @AfterEach
  void stop() {
    for (Node node : nodes.values()) {
      node.process().close();
      eventually.get(node.process().ended());
      node.peers().close();
      node.clients().close();
    }
    loop.close();
    http.shutdownNow();
    scheduler.close();
    assertThat(failures).isEmpty();
  }

  @Test
  void aLeaderThatIsCutOffIsReplacedAndFollowsAfterwards() {
    String old = leader();
    List<String> others = nodes.keySet().stream().filter(name -> !name.equals(old)).toList();
    Map<String, Agent> cuts = new LinkedHashMap<>();
    for (String other : others) {
      cuts.put(old + ">" + other, cut(old, other));
      cuts.put(other + ">" + old, cut(other, old));
    }
    eventually.until(
        "the others elect another leader",
        BOUND,
        () -> {
          Map<String, String> seen = leaders();
          return others.stream().allMatch(name -> !seen.getOrDefault(name, old).equals(old));
        });
    eventually.until(
        "the majority writes", BOUND, () -> put(others.getFirst(), Duration.ofSeconds(10)));
    assertThat(put(old, Duration.ofSeconds(1))).as("a put on the side of the minority").isFalse();
    cuts.forEach((id, agent) -> {
      Agent.Proof proof = eventually.get(agent.heal(id));
      assertThat(proof.effective()).as(id + ": " + proof.measurement()).isTrue();
    });
    eventually.until(
        "all follow one leader again",
        BOUND,
        () -> leaders().size() == 3 && leaders().values().stream().distinct().count() == 1);
    eventually.until("the old leader writes again", BOUND, () -> put(old, Duration.ofSeconds(5)));
  }

  @Test
  void delayOfTheLeadersLinksIsFeltByAPut() {
    String leader = leader();
    long undisturbed = fastestPut(leader);
    Late late = new Late(Duration.ofMillis(60), Duration.ofMillis(10), 5);
    Map<String, Agent> delays = new LinkedHashMap<>();
    for (String other : nodes.keySet()) {
      if (!other.equals(leader)) {
        delays.put(leader + ">" + other, inject(leader, other, late));
        delays.put(other + ">" + leader, inject(other, leader, late));
      }
    }
    long delayed = fastestPut(leader);
    assertThat(Duration.ofNanos(delayed))
        .as("undisturbed it took %s", Duration.ofNanos(undisturbed))
        .isGreaterThan(Duration.ofMillis(90));
    delays.forEach((id, agent) -> {
      Agent.Proof proof = eventually.get(agent.heal(id));
      assertThat(proof.effective()).as(id + ": " + proof.measurement()).isTrue();
    });
  }

  private Node node(String name) {
    return Objects.requireNonNull(nodes.get(name));
  }

  private Agent cut(String from, String to) {
    return inject(from, to, new Drop());
  }

  private Agent inject(String from, String to, Agent.Effect effect) {
    LocalAgent agent = node(from).agent();
    eventually.get(agent.inject(from + ">" + to, new Link(to, Half.BOTH, effect), LONG));
    return agent;
  }

  private long fastestPut(String name) {
    long fastest = Long.MAX_VALUE;
    int puts = 0;
    for (int tries = 0; puts < 5; tries++) {
      assertThat(tries).as("of which %d were answered", puts).isLessThan(20);
      long before = scheduler.now();
      if (put(name, Duration.ofSeconds(10))) {
        fastest = Math.min(fastest, scheduler.now() - before);
        puts++;
      }
    }
    return fastest;
  }

  private String leader() {
    AtomicReference<String> found = new AtomicReference<>("");
    eventually.until(
        "all follow one leader",
        BOUND,
        () -> {
          Map<String, String> seen = leaders();
          seen.values().stream().findFirst().ifPresent(found::set);
          return seen.size() == 3 && seen.values().stream().distinct().count() == 1;
        });
    return Objects.requireNonNull(found.get());
  }

  /** Of each member that answers, whom it takes for leader, by name. */
  private Map<String, String> leaders() {
    Map<String, Status> statuses = new LinkedHashMap<>();
    for (String name : nodes.keySet()) {
      status(name).ifPresent(status -> statuses.put(name, status));
    }
    Map<String, String> leaders = new LinkedHashMap<>();
    statuses.forEach((name, status) ->
        statuses.forEach((candidate, other) -> {
          if (other.member().equals(status.leader())) {
            leaders.put(name, candidate);
          }
        }));
    return leaders;
  }

  private Optional<Status> status(String name) {
    return post(name, "/v3/maintenance/status", "{}", Duration.ofSeconds(3))
        .flatMap(body -> {
          Matcher leader = LEADER.matcher(body);
          Matcher member = MEMBER.matcher(body);
          return leader.find() && member.find()
              ? Optional.of(new Status(member.group(1), leader.group(1)))
              : Optional.empty();
        });
  }

  private boolean put(String name, Duration timeout) {
    return post(name, "/v3/kv/put", "{\"key\":\"Zm9v\",\"value\":\"YmFy\"}", timeout)
        .filter(body -> body.contains("\"revision\""))
        .isPresent();
  }

  private Optional<String> post(String name, String path, String body, Duration timeout) {
    int port = node(name).clients().address().getPort();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(timeout)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      return response.statusCode() == 200 ? Optional.of(response.body()) : Optional.empty();
    } catch (IOException notServed) {
      return Optional.empty();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private Node node(String name, String binary, Map<String, Integer> peerPorts, String cluster)
      throws IOException {
    int peerPort = Objects.requireNonNull(peerPorts.get(name));
    List<Route> routes = new ArrayList<>();
    peerPorts.forEach((peer, port) -> {
      if (!peer.equals(name)) {
        routes.add(new Route(peer + ".member:" + port, peer, "127.0.0.1", port));
      }
    });
    PeerProxy peers = new PeerProxy(loop, free(), routes, failures::add);
    int clientPort = ports.next();
    ClientProxy clients = new ClientProxy(loop, free(), "127.0.0.1", clientPort);
    MemberProcess process =
        new MemberProcess(
            new MemberCommand(
                name,
                List.of(
                    binary,
                    "--name=" + name,
                    "--data-dir=" + directory.resolve(name),
                    "--peer-auto-tls",
                    "--unsafe-no-fsync",
                    "--listen-peer-urls=https://127.0.0.1:" + peerPort,
                    "--initial-advertise-peer-urls=https://%s.member:%d".formatted(name, peerPort),
                    "--initial-cluster=" + cluster,
                    "--listen-client-urls=http://127.0.0.1:" + clientPort,
                    "--advertise-client-urls=http://127.0.0.1:" + clientPort),
                peers.environment(),
                directory,
                directory.resolve(name + ".log")),
            scheduler,
            entry -> {});
    return new Node(
        name, peers, clients, process, new LocalAgent(scheduler, process, peers, clients));
  }

  private InetSocketAddress free() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.next());
  }
}
