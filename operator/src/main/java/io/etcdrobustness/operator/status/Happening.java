package io.etcdrobustness.operator.status;

import io.etcdrobustness.operator.model.AppliedHash;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/**
 * What happened to an object, for people. The same happening of the same object has the same name,
 * so that it is told once, however often it is noticed.
 *
 * @param reason one word, such as {@code UpgradeStep}
 * @param action what was done about it, in one word
 * @param note a sentence
 */
public record Happening(HasMetadata object, Type type, String reason, String action, String note) {

  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);
  private static final int LONGEST_NOTE = 1024;

  /** The two types that Kubernetes knows, by its names. */
  public enum Type {
    /** Something that is as it should be. */
    Normal,
    /** Something that a person should look at. */
    Warning
  }

  /**
   * As an event of Kubernetes.
   *
   * @param controller who tells it
   * @param instance which one of those
   */
  public Event event(Instant now, String controller, String instance) {
    String name = object.getMetadata().getName();
    String same =
        AppliedHash.digest(
            List.of(String.valueOf(object.getMetadata().getUid()), type.name(), reason, note));
    return new EventBuilder()
        .withNewMetadata()
        .withName(name + "." + same.substring(0, 16))
        .withNamespace(object.getMetadata().getNamespace())
        .endMetadata()
        .withEventTime(new MicroTime(MICROS.format(now)))
        .withType(type.name())
        .withReason(reason)
        .withAction(action)
        .withNote(note.length() <= LONGEST_NOTE ? note : note.substring(0, LONGEST_NOTE - 1) + "…")
        .withReportingController(controller)
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
