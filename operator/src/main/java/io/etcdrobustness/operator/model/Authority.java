package io.etcdrobustness.operator.model;

import java.util.List;

/** Issues the certificates of one run. */
public interface Authority {

  /** Its own certificate, as PEM. */
  String certificate();

  /** A certificate for whoever is reached under these hosts; without hosts, for a client. */
  Issued issue(String name, List<String> hosts);

  /** A certificate and its key, both as PEM. */
  record Issued(String certificate, String privateKey) {}
}
