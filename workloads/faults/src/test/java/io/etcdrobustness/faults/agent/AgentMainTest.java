package io.etcdrobustness.faults.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.engine.RealScheduler;
import io.etcdrobustness.faults.fixture.Busybox;
import io.etcdrobustness.faults.fixture.Eventually;
import io.etcdrobustness.faults.fixture.FreePorts;
import io.etcdrobustness.faults.process.PodFolder;
import io.etcdrobustness.faults.proxy.Route;
import io.etcdrobustness.history.MemberEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(180)
class AgentMainTest {

  private static final String SOUND =
      "--member m1 --log m1.log --control 127.0.0.1:7000 --token-file token --peer-proxy"
          + " 127.0.0.1:7001 --client-proxy 0.0.0.0:2379 --client-target 127.0.0.1:12379 --route"
          + " m2.member:2380=m2@10.0.0.2:2380 -- etcd --name m1";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  @TempDir private Path directory;

  @Test
  void aSoundCommandLineIsUnderstood() throws Exception {
    AgentOptions options = AgentOptions.parse(List.of(SOUND.split(" ")));
    assertThat(options.member()).isEqualTo("m1");
    assertThat(options.kept()).isEqualTo(new AgentOptions.Child(List.of("etcd", "--name", "m1")));
    assertThat(options.heartbeat()).isEqualTo(Duration.ofSeconds(2));
    assertThat(options.routes())
        .containsExactly(new Route("m2.member:2380", "m2", "10.0.0.2", 2380));
    assertThat(options.clientTarget().getPort()).isEqualTo(12_379);
  }

  @Test
  void aMemberInAnotherContainerIsUnderstood() throws Exception {
    String line =
        SOUND
            .replace("m1.log", "/robustness/log/etcd.log")
            .replace("-- etcd --name m1", "--supervised /robustness --data /var/lib/etcd");
    AgentOptions options = AgentOptions.parse(List.of(line.split(" ")));
    assertThat(options.kept())
        .isEqualTo(
            new AgentOptions.Supervised(
                new PodFolder(Path.of("/robustness")), Path.of("/var/lib/etcd/data")));
    assertThat(run(line.replace("--data /var/lib/etcd", "").split(" +"))).isEqualTo(64);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("--data is missing");
  }

  @Test
  void theFolderIsPreparedAsOftenAsIsWanted() throws IOException {
    Path folder = directory.resolve("robustness");
    String busybox = Busybox.path().toString();
    for (int i = 0; i < 2; i++) {
      assertThat(run("--install", folder.toString(), "--busybox", busybox)).isZero();
    }
    try (Stream<Path> all = Files.walk(folder)) {
      assertThat(all.map(path -> folder.relativize(path).toString()))
          .containsExactlyInAnyOrder(
              "",
              "bin",
              "bin/busybox",
              "bin/guard.sh",
              "bin/member.sh",
              "bin/supervise.sh",
              "log",
              "run",
              "run/requests");
    }
    assertThat(PosixFilePermissions.toString(permissions(folder.resolve("run", "requests"))))
        .isEqualTo("rw-rw----");
    assertThat(PosixFilePermissions.toString(permissions(folder.resolve("bin", "busybox"))))
        .isEqualTo("rwxr-xr-x");
  }

  @Test
  void aFolderThatCannotBePreparedIsSaid() {
    String nowhere = directory.resolve("nowhere").toString();
    assertThat(run("--install", directory.toString(), "--busybox", nowhere)).isEqualTo(3);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains(nowhere);
    assertThat(run("--install")).isEqualTo(64);
    assertThat(run("--install", "a", "--busybox")).isEqualTo(64);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --member m1                    | ''                      | --member is missing
          -- etcd --name m1              | ''                      | the member's command is missing
          -- etcd --name m1              | --                      | the member's command is missing
          -- etcd --name m1              | --supervised /s --data /d | the log is /s/log/etcd.log, it is given as m1.log
          --log m1.log                   | --log /s/log/etcd.log --supervised /s --data /d | leave out --
          127.0.0.1:7000                 | somewhere               | --control has the form HOST:PORT, it is given as somewhere
          m2@10.0.0.2:2380               | 10.0.0.2:2380           | --route has the form
          --log m1.log                   | --log a --log b         | --log is given twice
          --log m1.log                   | --log a --colour red    | unknown option --colour
          --log m1.log                   | --log a --heartbeat 0   | --heartbeat is a positive number
          --log m1.log                   | log                     | expected an option, found log
          127.0.0.1:7001                 | 127.0.0.1:70010         | --peer-proxy has the form
          """)
  void aWrongCommandLineIsRefusedWithTheReason(String instead, String wrong, String why) {
    String line = SOUND.replace(instead, wrong).strip().replaceAll(" +", " ");
    assertThat(run(line.split(" "))).isEqualTo(64);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains(why).contains("usage: robustness");
  }

  @Test
  void aMemberThatEndsByItselfEndsItsAgent() throws IOException {
    assertThat(run(sound("sh", "-c", "exit 2"))).isEqualTo(3);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("member m1 ended by itself")
        .contains("exit code 2");
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("m1 STARTED pid ");
  }

  @Test
  void theHolderIsToldHowAMemberEndedBeforeItsAgentEnds() throws Exception {
    String[] line = sound("sh", "-c", "read -r go < " + directory.resolve("go") + "; exit 2");
    Process fifo = new ProcessBuilder("mkfifo", directory.resolve("go").toString()).start();
    assertThat(fifo.waitFor()).isZero();
    List<String> options = List.of(line);
    String control = options.get(options.indexOf("--control") + 1);
    Queue<MemberEvent> told = new ConcurrentLinkedQueue<>();
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    CompletableFuture<Integer> ended = CompletableFuture.supplyAsync(() -> run(line));
    try (RealScheduler scheduler = new RealScheduler("test", failures::add);
        RemoteAgent holder =
            new RemoteAgent(
                scheduler,
                URI.create("http://" + control),
                "secret",
                Duration.ofSeconds(4),
                entry -> told.add((MemberEvent) entry),
                trouble -> {})) {
      Eventually eventually = new Eventually(scheduler);
      eventually.until("the start is told", Duration.ofSeconds(60), () -> told.size() == 1);
      Files.writeString(directory.resolve("go"), "go\n");
      assertThat(eventually.get(ended)).isEqualTo(3);
      assertThat(told)
          .extracting(MemberEvent::kind)
          .containsExactly(MemberEvent.Kind.STARTED, MemberEvent.Kind.EXITED);
      assertThat(told).last().matches(exit -> !exit.expected());
      assertThat(told).last().asString().contains("exit code 2");
      assertThat(err.toString(StandardCharsets.UTF_8)).doesNotContain("has not asked");
      holder.close();
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void aTokenThatIsMissingIsSaid() throws IOException {
    String[] line = sound("sleep", "1");
    Files.delete(directory.resolve("token"));
    assertThat(run(line)).isEqualTo(3);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("token");
  }

  private String[] sound(String... command) throws IOException {
    Files.writeString(directory.resolve("token"), "secret\n");
    FreePorts ports = new FreePorts();
    List<String> line =
        new ArrayList<>(
            List.of(
                "--member",
                "m1",
                "--log",
                directory.resolve("m1.log").toString(),
                "--control",
                "127.0.0.1:" + ports.next(),
                "--token-file",
                directory.resolve("token").toString(),
                "--peer-proxy",
                "127.0.0.1:" + ports.next(),
                "--client-proxy",
                "127.0.0.1:" + ports.next(),
                "--client-target",
                "127.0.0.1:" + ports.next(),
                "--"));
    line.addAll(List.of(command));
    return line.toArray(String[]::new);
  }

  private static Set<PosixFilePermission> permissions(Path path) throws IOException {
    return Files.getPosixFilePermissions(path);
  }

  private int run(String... arguments) {
    return new AgentMain(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8))
        .run(arguments);
  }
}
