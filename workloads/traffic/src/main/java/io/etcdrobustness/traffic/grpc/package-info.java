/**
 * The clients that talk to a real etcd: {@link io.etcdrobustness.traffic.grpc.EtcdConnections}
 * makes them.
 *
 * <p>What is recorded goes through the plain gRPC stubs, one call being one attempt: jetcd sends
 * reads, leases and compactions again by itself, resumes watches at the wrong revision and has no
 * deadlines, and each of these would make us accuse etcd of what our client did. jetcd does what is
 * not recorded, in {@link io.etcdrobustness.traffic.grpc.EtcdAdmin}.
 *
 * <p>Rules of this package: nothing is ever sent twice; no callback blocks, for they all run on the
 * few threads that read the sockets; whatever goes wrong with a request becomes an {@link
 * io.etcdrobustness.history.Outcome}, never an exception.
 */
@NullMarked
package io.etcdrobustness.traffic.grpc;

import org.jspecify.annotations.NullMarked;
