package io.etcdrobustness.operator.reconcile;

import io.etcdrobustness.operator.model.AppliedHash;
import io.etcdrobustness.operator.model.Labels;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.function.Supplier;

/** Brings desired objects into the cluster. */
final class Applier {

  private final KubernetesClient client;

  Applier(KubernetesClient client) {
    this.client = client;
  }

  /**
   * By server-side apply, unless just this was applied before.
   *
   * @param anew whether nothing was ever applied
   */
  void apply(HasMetadata desired, boolean anew) {
    HasMetadata there = anew ? null : client.resource(desired).get();
    if (there == null || !AppliedHash.isApplied(there, desired)) {
      client.resource(desired).fieldManager(Labels.OPERATOR).forceConflicts().serverSideApply();
    }
  }

  /**
   * Makes a Secret if there is none of this name: whoever read the first one must not be misled.
   */
  void createOnce(String namespace, String name, Supplier<Secret> drawn) {
    if (client.secrets().inNamespace(namespace).withName(name).get() != null) {
      return;
    }
    try {
      client.resource(drawn.get()).create();
    } catch (KubernetesClientException refused) {
      if (refused.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw refused;
      }
    }
  }
}
