package io.etcdrobustness.runs.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcdrobustness.runs.SubstrateException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;

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
}
