/**
 * TCP proxies whose links can be cut, delayed, held and reset.
 *
 * <p>A {@link io.etcdrobustness.faults.proxy.PeerProxy} is what a member dials its peers through, a
 * {@link io.etcdrobustness.faults.proxy.ClientProxy} is what clients dial a member through. Both
 * pass bytes through {@link io.etcdrobustness.faults.proxy.Wire}s, one per direction and peer, that
 * hold the effects in force and count what passed and what did not.
 *
 * <p>Connections are served by virtual threads on blocking sockets: two for each direction, a
 * reader and a writer with a bounded queue between them, so that a delay delays every chunk by
 * itself and a slow reader slows its sender down.
 */
@NullMarked
package io.etcdrobustness.faults.proxy;

import org.jspecify.annotations.NullMarked;
