package io.etcdrobustness.operator.reconcile;

import io.etcdrobustness.operator.model.Labels;
import io.etcdrobustness.operator.status.Happening;
import io.etcdrobustness.operator.status.Happening.Type;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people what happened, as events of Kubernetes. An event that is not taken is no reason for
 * anything else to fail: statuses say the same.
 */
final class Happenings {

  private static final Logger LOG = LoggerFactory.getLogger(Happenings.class);

  private final KubernetesClient client;
  private final InstantSource clock;
  private final String instance;

  /**
   * Tells through this client.
   *
   * @param instance which replica tells
   */
  Happenings(KubernetesClient client, InstantSource clock, String instance) {
    this.client = client;
    this.clock = clock;
    this.instance = instance;
  }

  /** Something that is as it should be. */
  void normal(HasMetadata object, String reason, String action, String note) {
    tell(new Happening(object, Type.Normal, reason, action, note));
  }

  /** Something that a person should look at. */
  void warning(HasMetadata object, String reason, String action, String note) {
    tell(new Happening(object, Type.Warning, reason, action, note));
  }

  private void tell(Happening happening) {
    Event event = happening.event(clock.instant(), Labels.OPERATOR, instance);
    try {
      client.resource(event).create();
    } catch (KubernetesClientException refused) {
      if (refused.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        LOG.debug(
            "the event {} of {} was not taken: {}",
            happening.reason(),
            happening.object().getMetadata().getName(),
            refused.getMessage());
      }
    }
  }
}
