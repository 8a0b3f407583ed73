package io.etcdrobustness.runs.processes;

import io.etcdrobustness.runs.cluster.EtcdMember;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where one member lives.
 *
 * @param name such as {@code m0}
 * @param clientPort etcd's own client port; clients reach it through {@code clientProxyPort}
 * @param peerPort etcd's own peer port; peers reach it through their proxies
 * @param clientProxyPort where recorded clients connect to
 * @param peerProxyPort the CONNECT proxy that this member dials its peers through
 * @param directory holds its data, log and certificates
 */
record MemberLayout(
    String name,
    int clientPort,
    int peerPort,
    int clientProxyPort,
    int peerProxyPort,
    Path directory) {

  /** The name that its peers dial; resolves nowhere but in the proxies. */
  String peerHost() {
    return name + ".member";
  }

  /**
   * As etcd is to be told.
   *
   * @param tls whether peers are encrypted; only then are they dialled by name, through the proxies
   */
  EtcdMember etcd(boolean tls) {
    return new EtcdMember(
        name,
        data().toString(),
        "127.0.0.1:" + peerPort,
        (tls ? peerHost() : "127.0.0.1") + ":" + peerPort,
        "127.0.0.1:" + clientPort,
        "127.0.0.1:" + clientProxyPort,
        Optional.empty(),
        directory.toString(),
        "",
        false);
  }

  Path data() {
    return directory.resolve("data");
  }

  Path log() {
    return directory.resolve("etcd.log");
  }
}
