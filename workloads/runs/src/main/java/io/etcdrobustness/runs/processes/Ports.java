package io.etcdrobustness.runs.processes;

import io.etcdrobustness.runs.SubstrateException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds free ports of loopback, below 32768: a port of the ephemeral range could become the near
 * end of some outgoing connection while its member is down, and the member could not come back.
 */
final class Ports {

  private static final int LOWEST = 20_000;
  private static final int HIGHEST = 32_000;
  private static final String FILE = "ports";

  private Ports() {}

  /**
   * The ports that a cluster in {@code directory} had before, so that its members find each other
   * again: they know each other by their ports. Ports that are free now if there was none.
   *
   * @throws SubstrateException if there are none, or one of them is taken by somebody else
   */
  static List<Integer> keptIn(Path directory, int count, long start)
      throws IOException, SubstrateException {
    Path file = directory.resolve(FILE);
    if (!Files.exists(file)) {
      List<Integer> found = free(count, start);
      Files.createDirectories(directory);
      Files.writeString(
          file, String.join("\n", found.stream().map(String::valueOf).toList()) + "\n");
      return found;
    }
    List<Integer> kept = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      if (!line.matches("[0-9]{1,5}")) {
        throw new IOException(file + " holds '" + line + "', which is no port");
      }
      kept.add(Integer.valueOf(line));
    }
    if (kept.size() != count) {
      throw new IOException(
          "%s holds %d ports, and the cluster needs %d".formatted(file, kept.size(), count));
    }
    for (int port : kept) {
      if (!isFree(port)) {
        throw new SubstrateException(
            "port %d of 127.0.0.1, which a member had before (%s), is taken; end what holds it"
                .formatted(port, file));
      }
    }
    return kept;
  }

  /**
   * Ports that are free now.
   *
   * @param start where to begin to look; runs side by side that begin elsewhere do not meet
   */
  static List<Integer> free(int count, long start) throws SubstrateException {
    List<Integer> found = new ArrayList<>();
    int span = HIGHEST - LOWEST;
    for (int i = 0; i < span && found.size() < count; i++) {
      int port = LOWEST + (int) Math.floorMod(start + i, (long) span);
      if (isFree(port)) {
        found.add(port);
      }
    }
    if (found.size() < count) {
      throw new SubstrateException(
          "of the ports %d to %d on 127.0.0.1 only %d are free, and %d are needed; end what holds them"
              .formatted(LOWEST, HIGHEST, found.size(), count));
    }
    return found;
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException taken) {
      return false;
    }
  }
}
