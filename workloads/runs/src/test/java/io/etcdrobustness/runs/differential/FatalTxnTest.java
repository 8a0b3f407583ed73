package io.etcdrobustness.runs.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The requests that random ones leave out are left out for a reason. */
@Tag("etcd")
class FatalTxnTest {

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"v3.7.3", "v3.6.16", "v3.5.33"})
  void aTxnThatKeepsTheValueOfAKeyItHasDeletedEndsEtcd(String version) throws Exception {
    Request.Txn fatal = Fatal.of("a");
    assertThat(Fatal.maybe(fatal)).isTrue();
    try (OneMember etcd = new OneMember(version, directory)) {
      assertThat(etcd.send(Request.Put.of("a", "1")).outcome()).isInstanceOf(Outcome.Ok.class);

      assertThat(etcd.send(fatal).outcome()).isInstanceOf(Outcome.Unknown.class);

      assertThat(etcd.send(Request.Range.of("a", "")).outcome()).isNotInstanceOf(Outcome.Ok.class);
      assertThat(etcd.log())
          .contains("\"level\":\"panic\"")
          .containsAnyOf(
              "index out of range [0] with length 0", "failed Put: etcdserver: key not found");
    }
  }
}
