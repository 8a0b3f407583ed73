package io.etcdrobustness.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import org.junit.jupiter.api.Test;

class ManifestsTest {

  @Test
  void aFieldAtAWrongPlaceIsNoticedHoweverDeep() throws JsonProcessingException {
    String deployment =
        """
        apiVersion: apps/v1
        kind: Deployment
        spec: {template: {spec: {containers: [{name: a, %s: {}}]}}}
        """;

    assertThat(Manifests.problem(Chart.YAML.readTree(deployment.formatted("resources")))).isEmpty();
    assertThat(Manifests.problem(Chart.YAML.readTree(deployment.formatted("resource"))))
        .hasValueSatisfying(problem -> assertThat(problem).contains("resource"));
  }

  @Test
  void aKindThatNobodyKnowsIsNoticed() throws JsonProcessingException {
    assertThat(Manifests.problem(Chart.YAML.readTree("{apiVersion: apps/v1, kind: Deploymnt}")))
        .isPresent();
  }
}
