package io.etcdrobustness.operator.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class ApiTroubleTest {

  @Test
  void aFailureWithoutAWordIsToldByItsKind() {
    assertThat(
            ApiTrouble.inWords(
                new KubernetesClientException((String) null, new TimeoutException())))
        .isEqualTo("no answer (TimeoutException)");
    assertThat(ApiTrouble.inWords(new KubernetesClientException((String) null)))
        .isEqualTo("no answer (KubernetesClientException)");
  }

  @Test
  void theFirstWordIsTold() {
    assertThat(ApiTrouble.inWords(new KubernetesClientException("forbidden")))
        .isEqualTo("forbidden");
    assertThat(
            ApiTrouble.inWords(
                new KubernetesClientException((String) null, new IOException("refused"))))
        .isEqualTo("refused");
  }
}
