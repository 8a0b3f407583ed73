package io.etcdrobustness.faults;

import java.util.List;

/** Every injection of a run, by time. A function of the spec and the seed alone. */
public record FaultPlan(List<Injection> injections) {
  public FaultPlan {
    injections = List.copyOf(injections);
  }
}
