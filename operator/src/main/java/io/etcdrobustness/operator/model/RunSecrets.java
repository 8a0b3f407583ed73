package io.etcdrobustness.operator.model;

import io.etcdrobustness.operator.model.Authority.Issued;
import io.etcdrobustness.resource.RobustnessRun;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Secrets of a run. They are made once: whoever reads them must find the same ever after. */
public final class RunSecrets {

  private RunSecrets() {}

  /** Certificates of this run; the authority's key is nowhere. */
  public static Secret tls(RobustnessRun run, Authority authority) {
    Names names = Names.of(run);
    Map<String, String> data = new TreeMap<>();
    data.put("ca.crt", authority.certificate());
    put(data, "client", authority.issue("robustness", List.of()));
    for (String member : names.members()) {
      String host = names.host(member);
      put(data, member + "-peer", authority.issue(member, List.of(host)));
      put(
          data,
          member + "-server",
          authority.issue(member, List.of(host, "localhost", "127.0.0.1")));
    }
    return secret(run, names, names.tls(), data);
  }

  /**
   * Tokens of this run.
   *
   * @param agent what its agents take orders by
   * @param upload what its report is taken by
   */
  public static Secret token(RobustnessRun run, String agent, String upload) {
    Names names = Names.of(run);
    return secret(run, names, names.token(), Map.of("agent", agent, "upload", upload));
  }

  private static void put(Map<String, String> data, String name, Issued issued) {
    data.put(name + ".crt", issued.certificate());
    data.put(name + ".key", issued.privateKey());
  }

  private static Secret secret(
      RobustnessRun run, Names names, String name, Map<String, String> data) {
    Map<String, String> encoded = new TreeMap<>();
    data.forEach((key, text) ->
        encoded.put(
            key, Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8))));
    return new SecretBuilder()
        .withMetadata(Owned.by(run, name, Labels.of(names, Labels.RUNNER_COMPONENT)))
        .withType("Opaque")
        .withImmutable(true)
        .withData(encoded)
        .build();
  }
}
