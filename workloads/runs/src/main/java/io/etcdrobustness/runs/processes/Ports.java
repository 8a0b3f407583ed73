package io.etcdrobustness.runs.processes;

import io.etcdrobustness.runs.SubstrateException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds free ports of loopback, below 32768: a port of the ephemeral range could become the near
 * end of some outgoing connection while its member is down, and the member could not come back.
 */
final class Ports {

  private static final int LOWEST = 20_000;
  private static final int HIGHEST = 32_000;

  private Ports() {}

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
