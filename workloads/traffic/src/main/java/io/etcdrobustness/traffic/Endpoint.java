package io.etcdrobustness.traffic;

/**
 * Where clients reach a member.
 *
 * @param member its name
 */
public record Endpoint(String member, String host, int port) {}
