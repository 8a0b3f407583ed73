package io.etcdrobustness.operator.reconcile;

import io.etcdrobustness.operator.model.AppliedHash;
import io.etcdrobustness.operator.model.Labels;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people what happened, as events of Kubernetes. The same happening of the same object has
 * the same name, so that it is told once, however often it is noticed. An event that is not taken
 * is no reason for anything else to fail: statuses say the same.
 */
final class Happenings {

  private static final Logger LOG = LoggerFactory.getLogger(Happenings.class);
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);
  private static final int LONGEST_NOTE = 1024;

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
    tell("Normal", object, reason, action, note);
  }

  /** Something that a person should look at. */
  void warning(HasMetadata object, String reason, String action, String note) {
    tell("Warning", object, reason, action, note);
  }

  private void tell(String type, HasMetadata object, String reason, String action, String note) {
    Event event = event(type, object, reason, action, note, clock.instant());
    try {
      client.resource(event).create();
    } catch (KubernetesClientException refused) {
      if (refused.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        LOG.debug(
            "the event {} of {} was not taken: {}",
            reason,
            object.getMetadata().getName(),
            refused.getMessage());
      }
    }
  }

  private Event event(
      String type, HasMetadata object, String reason, String action, String note, Instant now) {
    String name = object.getMetadata().getName();
    String same =
        AppliedHash.digest(
            List.of(String.valueOf(object.getMetadata().getUid()), type, reason, note));
    return new EventBuilder()
        .withNewMetadata()
        .withName(name + "." + same.substring(0, 16))
        .withNamespace(object.getMetadata().getNamespace())
        .endMetadata()
        .withEventTime(new MicroTime(MICROS.format(now)))
        .withType(type)
        .withReason(reason)
        .withAction(action)
        .withNote(note.length() <= LONGEST_NOTE ? note : note.substring(0, LONGEST_NOTE - 1) + "…")
        .withReportingController(Labels.OPERATOR)
        .withReportingInstance(instance)
        .withNewRegarding()
        .withApiVersion(object.getApiVersion())
        .withKind(object.getKind())
        .withName(name)
        .withNamespace(object.getMetadata().getNamespace())
        .withUid(object.getMetadata().getUid())
        .endRegarding()
        .build();
  }
}
