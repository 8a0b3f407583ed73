package io.etcdrobustness.operator.runner;

import io.etcdrobustness.resource.Status.Condition;
import io.etcdrobustness.resource.Status.ConditionStatus;
import io.etcdrobustness.resource.Status.ConditionType;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Conditions that keep the time of their last transition while their status stays the same. */
final class Conditions {

  private final Map<ConditionType, Condition> conditions = new EnumMap<>(ConditionType.class);
  private final Instant now;
  private final @Nullable Long generation;

  Conditions(List<Condition> before, Instant now, @Nullable Long generation) {
    before.forEach(condition -> conditions.put(condition.type(), condition));
    this.now = now;
    this.generation = generation;
  }

  void set(ConditionType type, ConditionStatus status, String reason, String message) {
    Condition before = conditions.get(type);
    String since =
        before != null && before.status() == status
            ? before.lastTransitionTime()
            : now.truncatedTo(ChronoUnit.SECONDS).toString();
    conditions.put(type, new Condition(type, status, reason, message, since, generation));
  }

  List<Condition> all() {
    return List.copyOf(conditions.values());
  }
}
