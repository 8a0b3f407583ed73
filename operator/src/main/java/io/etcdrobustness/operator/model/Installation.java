package io.etcdrobustness.operator.model;

import java.util.Optional;

/**
 * What runs need to know of the operator's installation.
 *
 * @param image the operator's own image, which is also the runner's and the agents'
 * @param etcdImageRepository where etcd's images are; a release is the tag
 * @param reportsUrl where runners bring their reports; empty: reports stay in the runner's pod
 */
public record Installation(String image, String etcdImageRepository, Optional<String> reportsUrl) {}
