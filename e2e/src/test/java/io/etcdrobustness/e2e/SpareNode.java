package io.etcdrobustness.e2e;

import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;

/**
 * A second node, which on a cluster of one lets that one be drained: it is ready, and a taint keeps
 * every pod away, so that a pod of the drained node waits until its node is given back. Without a
 * kubelet it stays ready for half a minute, and so must be made when it is wanted.
 */
final class SpareNode implements AutoCloseable {

  private static final String NAME = "spare";

  private final KubernetesClient client;

  private SpareNode(KubernetesClient client) {
    this.client = client;
  }

  static SpareNode in(KubernetesClient client) {
    client
        .resource(
            new NodeBuilder()
                .withNewMetadata()
                .withName(NAME)
                .endMetadata()
                .withNewSpec()
                .addNewTaint()
                .withKey("etcdrobustness.io/spare")
                .withEffect("NoSchedule")
                .endTaint()
                .endSpec()
                .build())
        .create();
    client
        .nodes()
        .withName(NAME)
        .subresource("status")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"status\": {\"conditions\": [{\"type\": \"Ready\", \"status\": \"True\"}]}}");
    return new SpareNode(client);
  }

  @Override
  public void close() {
    client.nodes().withName(NAME).delete();
  }
}
