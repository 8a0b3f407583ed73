package io.etcdrobustness.traffic;

import java.util.List;
import java.util.Optional;

/**
 * How clients reach the cluster.
 *
 * @param endpoints one per member, in the order of the members' names
 * @param tls what a client needs for encrypted connections; absent: plain text
 */
public record Access(List<Endpoint> endpoints, Optional<Tls> tls) {

  public Access {
    endpoints = List.copyOf(endpoints);
  }

  /** PEM texts: the CA's certificate, the client's certificate and its PKCS #8 key. */
  public record Tls(String caCertificate, String certificate, String privateKey) {}
}
