package io.etcdrobustness.operator.model;

import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSecurityContextBuilder;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;

/** What Pod Security's profile "restricted" wants: no root, no capability, no way to get either. */
final class PodSecurity {

  private static final long USER = 10001;

  private PodSecurity() {}

  static PodSecurityContext pod() {
    return new PodSecurityContextBuilder()
        .withRunAsNonRoot(true)
        .withRunAsUser(USER)
        .withRunAsGroup(USER)
        .withFsGroup(USER)
        // Without it, Kubernetes walks through the whole data directory at every start.
        .withFsGroupChangePolicy("OnRootMismatch")
        .withNewSeccompProfile()
        .withType("RuntimeDefault")
        .endSeccompProfile()
        .build();
  }

  /** Of our own containers. */
  static SecurityContext ours() {
    return new SecurityContextBuilder(anyImage()).withReadOnlyRootFilesystem(true).build();
  }

  /** Of an image that may write where it likes. */
  static SecurityContext anyImage() {
    return new SecurityContextBuilder()
        .withAllowPrivilegeEscalation(false)
        .withNewCapabilities()
        .withDrop("ALL")
        .endCapabilities()
        .build();
  }
}
