package io.etcdrobustness.operator.reconcile;

import io.etcdrobustness.operator.model.Authority;
import io.etcdrobustness.operator.model.Installation;
import io.etcdrobustness.operator.reconcile.OperatorRuntime.Waits;
import io.etcdrobustness.operator.reports.UploadTokens;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** How tests start operators: everything real but certificates, which take time. */
final class TestOperator {

  static final Installation INSTALLATION =
      new Installation(
          "localhost/etcd-robustness:test",
          "localhost/etcd",
          List.of(),
          Optional.of("http://reports.test.svc:8081"),
          true);

  private TestOperator() {}

  /** An operator whose own namespace and only watched one is this. */
  static OperatorRuntime.Parts in(KubernetesClient client, String namespace) {
    AtomicLong seeds = new AtomicLong(1000);
    return new OperatorRuntime.Parts(
        client,
        namespace,
        Set.of(namespace),
        INSTALLATION,
        4,
        new Secrecy(
            FakeAuthority::new,
            () -> "agents-token",
            new UploadTokens("the master key of tests".getBytes(StandardCharsets.UTF_8))),
        seeds::incrementAndGet,
        Optional.empty(),
        () -> {},
        new RunObserver() {},
        Metrics.NOOP,
        InstantSource.system(),
        new Waits(Duration.ofMinutes(5), Duration.ofMinutes(1), Duration.ofSeconds(5)));
  }

  /** One that runs, for this world. */
  static OperatorRuntime started(World world) {
    return OperatorRuntime.start(in(world.client, world.namespace));
  }

  static OperatorRuntime.Parts withMaxParallel(OperatorRuntime.Parts parts, int most) {
    return with(parts, parts.watched(), most, parts.waits(), parts.observer(), parts.metrics());
  }

  static OperatorRuntime.Parts withWaits(OperatorRuntime.Parts parts, Waits waits) {
    return with(
        parts, parts.watched(), parts.maxParallel(), waits, parts.observer(), parts.metrics());
  }

  static OperatorRuntime.Parts watchingAll(OperatorRuntime.Parts parts) {
    return with(
        parts, Set.of(), parts.maxParallel(), parts.waits(), parts.observer(), parts.metrics());
  }

  static OperatorRuntime.Parts observed(
      OperatorRuntime.Parts parts, RunObserver observer, Metrics metrics) {
    return with(parts, parts.watched(), parts.maxParallel(), parts.waits(), observer, metrics);
  }

  static OperatorRuntime.Parts electing(OperatorRuntime.Parts parts, String name) {
    return new OperatorRuntime.Parts(
        parts.client(),
        parts.namespace(),
        parts.watched(),
        parts.installation(),
        parts.maxParallel(),
        parts.secretly(),
        parts.seeds(),
        Optional.of(name),
        parts.leadLost(),
        parts.observer(),
        parts.metrics(),
        parts.clock(),
        parts.waits());
  }

  private static OperatorRuntime.Parts with(
      OperatorRuntime.Parts parts,
      Set<String> watched,
      int most,
      Waits waits,
      RunObserver observer,
      Metrics metrics) {
    return new OperatorRuntime.Parts(
        parts.client(),
        parts.namespace(),
        watched,
        parts.installation(),
        most,
        parts.secretly(),
        parts.seeds(),
        parts.leader(),
        parts.leadLost(),
        observer,
        metrics,
        parts.clock(),
        waits);
  }

  /** Certificates that certify nothing. */
  static final class FakeAuthority implements Authority {
    @Override
    public String certificate() {
      return "the CA";
    }

    @Override
    public Issued issue(String name, List<String> hosts) {
      return new Issued("certificate of " + name + " at " + hosts, "key of " + name);
    }
  }
}
