package io.etcdrobustness.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReleaseTest {

  @Test
  void preReleasesComeBeforeTheirReleaseAndNumbersAreNotText() {
    List<String> inOrder =
        List.of("v3.5.9", "v3.5.20", "v3.8.0-alpha.2", "v3.8.0-alpha.10", "v3.8.0-rc.0", "v3.8.0");

    Stream<Release> sorted = inOrder.reversed().stream().map(Release::parse).sorted();

    assertThat(sorted.map(Release::toString)).isEqualTo(inOrder);
  }

  @ParameterizedTest
  @ValueSource(strings = {"3.7.3", "v3.7", "v3.7.3.1", "latest", "", "v3.7.3-", "v99999.1.1"})
  void anythingElseIsRefused(String text) {
    assertThatThrownBy(() -> Release.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("write it as v3.7.3");
  }
}
