/**
 * Properties of leases: a renewed lease keeps its keys, a revoked one does not.
 *
 * <p>A lease ends on the leader's clock, which nobody here can read. All that is certain is a lower
 * bound: a renewal that etcd acknowledged cannot have begun before its request left, so the lease
 * lives at least till that moment plus its TTL. {@link io.etcdrobustness.checker.leases.LeaseBook}
 * keeps these bounds; nothing here ever says how long a lease lives at most.
 */
@NullMarked
package io.etcdrobustness.checker.leases;

import org.jspecify.annotations.NullMarked;
