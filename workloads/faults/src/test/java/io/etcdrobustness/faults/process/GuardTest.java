package io.etcdrobustness.faults.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.engine.RealScheduler;
import io.etcdrobustness.faults.fixture.EtcdBinary;
import io.etcdrobustness.faults.fixture.Eventually;
import io.etcdrobustness.faults.fixture.FreePorts;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class GuardTest {

  private static final Duration BOUND = Duration.ofSeconds(20);

  @TempDir private Path directory;

  @Test
  void aStoppedProcessDiesWithItsOwner() throws IOException {
    assertDiesWithItsOwner("sleep", "1000");
  }

  @Test
  @Tag("etcd")
  void aStoppedEtcdDiesWithItsOwner() throws IOException {
    FreePorts ports = new FreePorts();
    String client = "http://127.0.0.1:" + ports.next();
    String peer = "http://127.0.0.1:" + ports.next();
    assertDiesWithItsOwner(
        EtcdBinary.of("v3.7.3"),
        "--data-dir=" + directory.resolve("data"),
        "--listen-client-urls=" + client,
        "--advertise-client-urls=" + client,
        "--listen-peer-urls=" + peer,
        "--initial-advertise-peer-urls=" + peer,
        "--initial-cluster=default=" + peer);
  }

  private void assertDiesWithItsOwner(String... command) throws IOException {
    List<String> line =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                GuardedChild.class.getName(),
                directory.toString()));
    line.addAll(List.of(command));
    Process owner = new ProcessBuilder(line).redirectError(Redirect.INHERIT).start();
    try (RealScheduler scheduler = new RealScheduler("test", failure -> {});
        BufferedReader lines = owner.inputReader()) {
      Eventually eventually = new Eventually(scheduler);
      String pid = lines.readLine();
      assertThat(pid).as("the pid that the child told").isNotNull();
      long member = Long.parseLong(pid);
      eventually.until(
          "state T",
          BOUND,
          () -> ProcessStatus.of(member).filter(ProcessStatus::stopped).isPresent());
      long startTicks = ProcessStatus.of(member).orElseThrow().startTicks();
      owner.destroyForcibly();
      eventually.until(
          "pid " + pid + " is gone",
          BOUND,
          () ->
              ProcessStatus.of(member)
                  .filter(now -> now.startTicks() == startTicks && now.alive())
                  .isEmpty());
    } finally {
      owner.destroyForcibly();
    }
  }
}
