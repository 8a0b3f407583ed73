package io.etcdrobustness.operator;

import io.etcdrobustness.operator.metrics.OperatorHttp;
import io.etcdrobustness.operator.metrics.OperatorMetrics;
import io.etcdrobustness.operator.metrics.SuiteMetrics;
import io.etcdrobustness.operator.model.Authority;
import io.etcdrobustness.operator.reconcile.OperatorRuntime;
import io.etcdrobustness.operator.reconcile.Secrecy;
import io.etcdrobustness.operator.reports.UploadTokens;
import io.etcdrobustness.runs.Seeds;
import io.etcdrobustness.runs.WallClock;
import io.etcdrobustness.runs.cluster.Certificates;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.OperatorException;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The role {@code operator}: wires what is real and stays until it is told to end. */
final class OperatorProcess {

  private static final Logger LOG = LoggerFactory.getLogger(OperatorProcess.class);
  private static final int FAILED = 3;
  private static final int TOKEN_BYTES = 32;
  private static final int TO_CLOSE_SECONDS = 20;

  private OperatorProcess() {}

  /** Runs until the process is ended; returns its exit code. */
  static int run(Settings settings) {
    CountDownLatch ended = new CountDownLatch(1);
    PrometheusMeterRegistry registry = OperatorMetrics.registry();
    OperatorMetrics metrics = new OperatorMetrics(registry);
    CountDownLatch closed = new CountDownLatch(1);
    // The lease is given back, so that another replica need not wait until it runs out.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(ended, closed), "end"));
    WatchedLater watched = new WatchedLater();
    try (KubernetesClient client = new KubernetesClientBuilder().build();
        Reports reports = Reports.open(settings, watched);
        OperatorRuntime runtime =
            OperatorRuntime.start(parts(client, settings, metrics, registry));
        OperatorHttp http = http(settings, registry, runtime)) {
      metrics.queue(runtime::runsWaiting);
      watched.by(runtime);
      LOG.info(
          "ready at {}{}: tests of {}, at most {} runs at once",
          http.address(),
          reports.inWords(),
          settings.watchNamespaces().isEmpty()
              ? "all namespaces that opted in"
              : "the namespaces " + String.join(", ", settings.watchNamespaces()),
          settings.maxParallel());
      ended.await();
      return 0;
    } catch (KubernetesClientException | OperatorException | IOException failure) {
      System.err.println("operator: cannot start: " + failure.getMessage());
      return FAILED;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return 0;
    } finally {
      closed.countDown();
    }
  }

  /** The process lives until its shutdown hooks have ended; so this one waits for the rest. */
  private static void end(CountDownLatch ended, CountDownLatch closed) {
    ended.countDown();
    try {
      var _ = closed.await(TO_CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static OperatorHttp http(
      Settings settings, PrometheusMeterRegistry registry, OperatorRuntime runtime)
      throws IOException {
    Health health = new Health(runtime::isHealthy, WallClock::now);
    return new OperatorHttp(
        new InetSocketAddress(settings.httpPort()),
        registry,
        () ->
            health.isLive()
                ? Optional.empty()
                : Optional.of("what is watched has not been healthy for minutes"),
        () ->
            health.isReady()
                ? Optional.empty()
                : Optional.of("not everything that is to be watched is being watched"));
  }

  private static OperatorRuntime.Parts parts(
      KubernetesClient client,
      Settings settings,
      OperatorMetrics metrics,
      PrometheusMeterRegistry registry)
      throws IOException {
    return new OperatorRuntime.Parts(
        client,
        settings.namespace(),
        settings.watchNamespaces(),
        settings.installation(),
        settings.maxParallel(),
        new Secrecy(
            OperatorProcess::authority,
            OperatorProcess::token,
            new UploadTokens(master(settings).getBytes(StandardCharsets.UTF_8))),
        Seeds::draw,
        settings.leaderElection() ? settings.identity() : Optional.empty(),
        OperatorProcess::leadLost,
        new ShownTests(metrics, new SuiteMetrics(registry)),
        OperatorMetrics.ofSdk(registry),
        WallClock::now,
        OperatorRuntime.Waits.DEFAULT);
  }

  /** Two that act would make everything twice: what is under way here must end at once. */
  private static void leadLost() {
    LOG.error("another replica leads by now; this one ends and will be started again");
    Runtime.getRuntime().halt(FAILED);
  }

  private static String master(Settings settings) throws IOException {
    if (settings.installation().reportsUrl().isEmpty()) {
      // Nobody asks for an upload token then.
      return token();
    }
    Path file = settings.reportsTokens().resolve("master");
    String master = Files.readString(file).strip();
    if (master.isEmpty()) {
      throw new IOException(file + " is empty; it must hold the key of upload tokens");
    }
    return master;
  }

  private static String token() {
    byte[] bytes = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static Authority authority() {
    Certificates certificates = new Certificates(WallClock.now());
    return new Authority() {
      @Override
      public String certificate() {
        return certificates.authority();
      }

      @Override
      public Issued issue(String name, List<String> hosts) {
        Certificates.Issued issued = certificates.issue(name, hosts);
        return new Issued(issued.certificate(), issued.privateKey());
      }
    };
  }
}
