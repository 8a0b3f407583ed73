package io.etcdrobustness.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a person does first after {@code helm install}: {@code helm test}. */
@Tag("e2e")
@ExtendWith(RealCluster.class)
class ChartTest {

  @Test
  void helmTestIsARobustnessTestThatPasses(RealCluster.Started cluster) throws Exception {
    cluster.kubectl(
        "label",
        "--overwrite",
        "namespace",
        RealCluster.OPERATOR_NAMESPACE,
        "etcdrobustness.io/enabled=true");
    assertThat(
            cluster.helm(
                "test",
                "etcd-robustness",
                "--namespace",
                RealCluster.OPERATOR_NAMESPACE,
                "--logs",
                "--timeout",
                "15m"))
        .contains("Passed");
  }
}
