package io.etcdrobustness.traffic.grpc;

import io.etcdrobustness.traffic.Access;
import io.etcdrobustness.traffic.wire.LoopChannels;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** Whatever holds of gRPC's own channels holds of those over a wire. */
class OverWireTest {

  @Nested
  class Requests extends GrpcEtcdClientTest {
    @Override
    EtcdConnections connect(Access access) {
      return new EtcdConnections(new LoopChannels(access));
    }
  }

  @Nested
  class Watches extends GrpcWatchStreamTest {
    Watches() throws Exception {}

    @Override
    EtcdConnections connect(Access access) {
      return new EtcdConnections(new LoopChannels(access));
    }
  }

  @Nested
  @Tag("etcd")
  class RealRequests extends EtcdTest {
    RealRequests() throws Exception {}

    @Override
    EtcdConnections connect(Access access) {
      return new EtcdConnections(new LoopChannels(access));
    }
  }

  @Nested
  @Tag("etcd")
  class RealWatches extends EtcdWatchTest {
    RealWatches() throws Exception {}

    @Override
    EtcdConnections connect(Access access) {
      return new EtcdConnections(new LoopChannels(access));
    }
  }
}
