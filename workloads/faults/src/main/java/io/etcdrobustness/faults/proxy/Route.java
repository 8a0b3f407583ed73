package io.etcdrobustness.faults.proxy;

/**
 * Where a peer is really to be found.
 *
 * @param authority {@code host:port} as the dialling member asks for it; the host need not be known
 *     to any resolver
 * @param peer the name of the member behind it; several routes may lead to one peer
 * @param host its real host
 * @param port its real port
 */
public record Route(String authority, String peer, String host, int port) {}
