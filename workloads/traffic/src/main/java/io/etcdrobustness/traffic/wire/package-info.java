/**
 * gRPC over whatever carries bytes, on the run's loop and by its clock: what is sent, and when, is
 * a function of what was asked for and of what came back, and of nothing else. gRPC's own client
 * has threads, timers and randomness of its own.
 *
 * <p>What must not live here: what requests mean ({@code traffic.grpc}), and how bytes travel.
 */
@NullMarked
package io.etcdrobustness.traffic.wire;

import org.jspecify.annotations.NullMarked;
