package io.etcdrobustness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code robustness etcd install}. */
@Tag("etcd")
class InstallTest {

  @Test
  void theBinaryOfACachedReleaseIsNamed() {
    Robustness.Ended ended = InProcess.robustness("etcd", "install", "v3.7.3");

    assertThat(ended.exitCode()).as("%s", ended).isZero();
    assertThat(Path.of(ended.out().strip())).isExecutable().hasFileName("etcd");
  }
}
