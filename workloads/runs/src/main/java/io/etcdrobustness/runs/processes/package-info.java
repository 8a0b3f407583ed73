/**
 * The substrate {@code processes}: real etcd binaries on this machine's loopback.
 *
 * <p>Each member is a process under the agent of {@link io.etcdrobustness.faults}, which also holds
 * the proxy through which the member dials its peers and the one through which clients dial it.
 * Members know each other by names that exist in no resolver ({@code m1.member}); only the proxies
 * map them to addresses, so no byte between members can pass by the faults.
 */
@NullMarked
package io.etcdrobustness.runs.processes;

import org.jspecify.annotations.NullMarked;
