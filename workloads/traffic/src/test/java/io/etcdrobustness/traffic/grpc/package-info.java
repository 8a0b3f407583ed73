/** Tests of the gRPC client, against a fake server on loopback and against real etcd. */
@NullMarked
package io.etcdrobustness.traffic.grpc;

import org.jspecify.annotations.NullMarked;
