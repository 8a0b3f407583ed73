package io.etcdrobustness.traffic.grpc;

import io.etcdrobustness.traffic.Access;
import io.etcdrobustness.traffic.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One member of a real etcd on loopback, with a data directory of its own. */
public final class RealEtcd implements AutoCloseable {

  private final Process process;
  private final Path directory;
  private final int port;
  private final Optional<Access.Tls> tls;

  /**
   * Starts {@code version} from the cache of binaries; fails with a sentence how to get it.
   *
   * @param more further flags
   */
  public static RealEtcd start(String version, String... more) throws IOException {
    return start(version, Optional.empty(), more);
  }

  static RealEtcd start(String version, Optional<Access.Tls> tls, String... more)
      throws IOException {
    Path cache =
        Path.of(
            System.getProperty(
                "robustness.etcd.dir",
                System.getProperty("user.home") + "/.cache/etcd-robustness/etcd"));
    Path binary = cache.resolve(version).resolve("etcd");
    if (!Files.isExecutable(binary)) {
      throw new IllegalStateException(
          "there is no etcd %s at %s: run `robustness etcd install %s`, or name another directory with -Drobustness.etcd.dir"
              .formatted(version, binary, version));
    }
    return new RealEtcd(binary, tls, more);
  }

  private RealEtcd(Path binary, Optional<Access.Tls> tls, String... more) throws IOException {
    this.tls = tls;
    directory = Files.createTempDirectory("etcd-test");
    port = freePort();
    String scheme = tls.isPresent() ? "https" : "http";
    String client = scheme + "://127.0.0.1:" + port;
    String peer = "http://127.0.0.1:" + freePort();
    List<String> command =
        new ArrayList<>(
            List.of(
                binary.toString(),
                "--name=m1",
                "--data-dir=" + directory.resolve("data"),
                "--listen-client-urls=" + client,
                "--advertise-client-urls=" + client,
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=m1=" + peer,
                "--log-level=error",
                "--unsafe-no-fsync"));
    command.addAll(Arrays.asList(more));
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
  }

  private static int freePort() throws IOException {
    // Below the range of ephemeral ports, so that no connection takes it before etcd does.
    for (int port = 20_000 + (int) (ProcessHandle.current().pid() % 5_000); port < 32_000; port++) {
      if (TAKEN.add(port)) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
          return socket.getLocalPort();
        } catch (java.net.BindException taken) {
          continue;
        }
      }
    }
    throw new IOException("no port below 32000 is free on loopback");
  }

  private static final java.util.Set<Integer> TAKEN =
      java.util.concurrent.ConcurrentHashMap.newKeySet();

  /** How to reach it. */
  public Access access() {
    return new Access(List.of(new Endpoint("m1", "127.0.0.1", port)), tls);
  }

  /** What it has written. */
  public String log() throws IOException {
    return Files.readString(directory.resolve("log"));
  }

  @Override
  public void close() throws IOException, InterruptedException {
    process.destroyForcibly();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new IllegalStateException("etcd (pid " + process.pid() + ") does not end");
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
