package io.etcdrobustness.runs.cluster;

import java.util.Optional;

/**
 * Where one etcd listens, where it is found, and where its files are. Addresses are {@code
 * host:port}.
 *
 * @param name such as {@code m0}
 * @param data its data directory
 * @param peerListen where it listens for peers
 * @param peerAdvertise where peers are told to find it
 * @param clientListen where it listens for clients
 * @param clientAdvertise where clients are told to find it
 * @param metricsListen where it tells its metrics, unencrypted; empty: nowhere but with clients
 * @param certificates the folder of {@code ca.crt}
 * @param keyPrefix of {@code PREFIXpeer.crt}, {@code PREFIXpeer.key}, {@code PREFIXserver.crt} and
 *     {@code PREFIXserver.key} in that folder
 * @param fromAnywhere whether a peer's address tells nothing of who it is: a pod's does not stand
 *     in its certificate, and may change
 */
public record EtcdMember(
    String name,
    String data,
    String peerListen,
    String peerAdvertise,
    String clientListen,
    String clientAdvertise,
    Optional<String> metricsListen,
    String certificates,
    String keyPrefix,
    boolean fromAnywhere) {

  /** Where peers find it. */
  public String peerUrl(boolean tls) {
    return (tls ? "https://" : "http://") + peerAdvertise;
  }
}
