package io.etcdrobustness.operator.status;

import io.etcdrobustness.resource.Status.Condition;
import io.etcdrobustness.resource.Status.ConditionStatus;
import io.etcdrobustness.resource.Status.ConditionType;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Conditions that keep the time of their last transition while their status stays the same. */
public final class Conditions {

  private final Map<ConditionType, Condition> before = new EnumMap<>(ConditionType.class);
  private final Map<ConditionType, Condition> now = new EnumMap<>(ConditionType.class);
  private final Instant time;
  private final @Nullable Long generation;

  /**
   * None yet.
   *
   * @param generation of the spec that they are about
   */
  public Conditions(List<Condition> before, Instant time, @Nullable Long generation) {
    before.forEach(condition -> this.before.put(condition.type(), condition));
    this.time = time;
    this.generation = generation;
  }

  /** With one more; it keeps the time of its last transition if its status is as before. */
  public Conditions with(
      ConditionType type, ConditionStatus status, String reason, String message) {
    Condition old = before.get(type);
    String since =
        old != null && old.status() == status ? old.lastTransitionTime() : Times.text(time);
    now.put(type, new Condition(type, status, reason, message, since, generation));
    return this;
  }

  Conditions isTrue(ConditionType type, String reason, String message) {
    return with(type, ConditionStatus.True, reason, message);
  }

  Conditions isFalse(ConditionType type, String reason, String message) {
    return with(type, ConditionStatus.False, reason, message);
  }

  Conditions isUnknown(ConditionType type, String reason, String message) {
    return with(type, ConditionStatus.Unknown, reason, message);
  }

  /** All of them. */
  public List<Condition> all() {
    return List.copyOf(now.values());
  }

  /** The condition of this type. */
  static Optional<Condition> find(List<Condition> conditions, ConditionType type) {
    return conditions.stream().filter(condition -> condition.type() == type).findFirst();
  }

  /** Times as Kubernetes writes them. */
  static final class Times {
    private Times() {}

    static String text(Instant time) {
      return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
  }
}
