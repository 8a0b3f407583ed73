package io.etcdrobustness.traffic.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.traffic.Access;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Encrypted connections to a real etcd that asks clients for their certificate. */
@Tag("etcd")
class EtcdTlsTest {

  @Test
  void clientsAndTheAdminTalkToAnEtcdThatWantsCertificates(@TempDir Path directory)
      throws Exception {
    TestCertificate own = TestCertificate.in(directory);
    try (RealEtcd etcd =
            RealEtcd.start(
                "v3.7.3",
                Optional.of(own.tls()),
                "--cert-file=" + own.certificate(),
                "--key-file=" + own.key(),
                "--trusted-ca-file=" + own.certificate(),
                "--client-cert-auth");
        EtcdConnections connections = new EtcdConnections(etcd.access());
        EtcdConnections plain =
            new EtcdConnections(new Access(etcd.access().endpoints(), Optional.empty()));
        EtcdAdmin admin = new EtcdAdmin(etcd.access(), Duration.ofSeconds(10))) {
      EtcdTest.awaitReady(connections.pinnedTo("m1"));
      EtcdTest.awaitReady(connections.toAnyMember());

      assertThat(
              admin
                  .memberList("m1")
                  .toCompletableFuture()
                  .get(30, TimeUnit.SECONDS)
                  .getFirst()
                  .name())
          .isEqualTo("m1");
      Outcome outcome =
          plain
              .pinnedTo("m1")
              .send(Request.Put.of("k", "v"), Duration.ofSeconds(10))
              .toCompletableFuture()
              .get(30, TimeUnit.SECONDS);
      assertThat(outcome).isInstanceOf(Outcome.Failed.class);
      assertThat(((Outcome.Failed) outcome).failure().kind()).isEqualTo(Failure.Kind.NOT_SENT);
    }
  }
}
