package io.etcdrobustness.faults;

import io.etcdrobustness.spec.FaultsSpec.FaultType;
import java.util.List;

/**
 * A fault that has begun and not ended.
 *
 * @param id the injection's, in the plan
 * @param target the role as planned
 * @param members who is hit
 * @param detail parameters in words; may be empty
 * @param start on the run's clock, ns
 * @param end when it heals at the latest, on the run's clock, ns
 */
public record FaultInEffect(
    String id,
    FaultType type,
    String target,
    List<String> members,
    String detail,
    long start,
    long end) {

  public FaultInEffect {
    members = List.copyOf(members);
  }

  /** For people: {@code Delay m0,m2 (50ms ± 10ms)}. */
  public String inWords() {
    return type + " " + String.join(",", members) + (detail.isEmpty() ? "" : " (" + detail + ")");
  }
}
