package io.etcdrobustness.operator.model;

import io.fabric8.kubernetes.api.model.LocalObjectReference;
import java.util.List;
import java.util.Optional;

/**
 * What runs need to know of the operator's installation.
 *
 * @param image the operator's own image, which is also the runner's and the agents'
 * @param etcdImageRepository where etcd's images are; a release is the tag
 * @param imagePullSecrets names of Secrets for these images, in the namespaces of runs
 * @param reportsUrl where runners bring their reports; empty: reports stay in the runner's pod
 * @param nodeDrain whether the operator may keep pods off nodes
 */
public record Installation(
    String image,
    String etcdImageRepository,
    List<String> imagePullSecrets,
    Optional<String> reportsUrl,
    boolean nodeDrain) {

  public Installation {
    imagePullSecrets = List.copyOf(imagePullSecrets);
  }

  List<LocalObjectReference> pullSecrets() {
    return imagePullSecrets.stream().map(LocalObjectReference::new).toList();
  }
}
