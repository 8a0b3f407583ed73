package io.etcdrobustness.faults.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.Test;

class ConnectRequestFuzzTest {

  @FuzzTest
  void anyHeadIsEitherATunnelToOneAuthorityOrRefused(FuzzedDataProvider data) {
    switch (ConnectRequest.parse(data.consumeRemainingAsString())) {
      case ConnectRequest.Connect connect ->
          assertThat(connect.authority()).matches("[a-z0-9._:\\[\\]-]+:[0-9]{1,5}");
      case ConnectRequest.Refused refused -> assertThat(refused.status()).startsWith("4");
    }
  }

  @Test
  void goWritesItLikeThis() {
    String head =
        "CONNECT m0.member:23801 HTTP/1.1\r\nHost: m0.member:23801\r\n"
            + "User-Agent: Go-http-client/1.1\r\n\r\n";
    assertThat(ConnectRequest.parse(head)).isEqualTo(new ConnectRequest.Connect("m0.member:23801"));
    assertThat(ConnectRequest.parse("CONNECT [::1]:2380 HTTP/1.1\r\n\r\n"))
        .isEqualTo(new ConnectRequest.Connect("[::1]:2380"));
  }
}
