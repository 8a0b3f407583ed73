/**
 * The proxies through which a member dials its peers and its clients reach it: bytes are dropped,
 * held, delayed and connections reset here, and everything is counted.
 *
 * <p>Stock etcd sends all peer traffic through a proxy by environment alone: its peer transports
 * use Go's {@code ProxyFromEnvironment} (etcd {@code client/pkg/transport/transport.go}), so {@code
 * HTTPS_PROXY} and https peer URLs turn each dial into {@code CONNECT host:port}. TLS stays end to
 * end. A {@link io.etcdrobustness.faults.proxy.PeerProxy} answers those, a {@link
 * io.etcdrobustness.faults.proxy.ClientProxy} stands before the client port; both lead through
 * {@link io.etcdrobustness.faults.proxy.ProxiedLink links}, which carry the faults.
 *
 * <p>All proxies of an agent run on one {@link io.etcdrobustness.faults.proxy.ProxyLoop}; the state
 * of links, tunnels and pipes is touched on that thread only. TCP hides loss: there is no honest
 * way to lose single packets here, so none is offered.
 */
@NullMarked
package io.etcdrobustness.faults.proxy;

import org.jspecify.annotations.NullMarked;
