package io.etcdrobustness.runs.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcdrobustness.runs.SubstrateException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortsTest {

  @Test
  void portsAreDistinctAndBelowTheEphemeralRange() throws SubstrateException {
    List<Integer> ports = Ports.free(28, 11_990);

    assertThat(ports).hasSize(28).doesNotHaveDuplicates();
    assertThat(ports).allMatch(port -> port >= 20_000 && port < 32_000);
  }

  @Test
  void aPortThatIsTakenIsPassedBy() throws SubstrateException, IOException {
    int start = 5_000;
    int first = Ports.free(1, start).getFirst();
    try (ServerSocket taken = new ServerSocket()) {
      taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), first));
      assertThat(Ports.free(4, start)).doesNotContain(first);
    }
  }

  @Test
  void theStartMayBeAnyNumber() throws SubstrateException {
    assertThat(Ports.free(2, -1)).hasSize(2);
    assertThat(Ports.free(2, Long.MAX_VALUE)).hasSize(2);
  }

  @Test
  void tooFewFreePortsAreAnErrorThatSaysWhatToDo() {
    assertThatThrownBy(() -> Ports.free(12_001, 0))
        .isInstanceOf(SubstrateException.class)
        .hasMessageContaining("12001 are needed")
        .hasMessageContaining("end what holds them");
  }

  @Test
  void theMembersOfAClusterThatIsStartedAgainHaveTheirPortsAgain(@TempDir Path directory)
      throws SubstrateException, IOException {
    Path members = directory.resolve("members");
    List<Integer> first = Ports.keptIn(members, 12, 5_000);

    assertThat(Ports.keptIn(members, 12, 9_000)).isEqualTo(first);
    assertThatThrownBy(() -> Ports.keptIn(members, 4, 5_000))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("holds 12 ports, and the cluster needs 4");
    try (ServerSocket taken = new ServerSocket()) {
      taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), first.get(3)));
      assertThatThrownBy(() -> Ports.keptIn(members, 12, 5_000))
          .isInstanceOf(SubstrateException.class)
          .hasMessageContaining("port %d of 127.0.0.1".formatted(first.get(3)))
          .hasMessageContaining("end what holds it");
    }
  }
}
