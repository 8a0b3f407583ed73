package io.etcdrobustness.history;

import java.util.List;

/**
 * One injected fault, from the moment before it was made to the moment after it was healed.
 *
 * @param id the injection's id in the plan
 * @param kind the fault's name, such as {@code Pause}
 * @param target the role as planned, such as {@code leader}
 * @param members names of the members that it hit, as resolved at injection
 * @param detail parameters in words, such as {@code 50ms ± 10ms}
 * @param start before the injection began
 * @param end after it had healed; {@link Long#MAX_VALUE} if it never did
 * @param result whether it took effect
 * @param proof the measurement that shows it, or why there is none
 */
public record FaultWindow(
    String id,
    String kind,
    String target,
    List<String> members,
    String detail,
    long start,
    long end,
    Result result,
    String proof)
    implements Entry {

  public FaultWindow {
    members = List.copyOf(members);
  }

  /** Whether an injection took effect. */
  public enum Result {
    /** Measured to have taken effect. */
    CONFIRMED,
    /** Carried out, but no effect was measured. */
    NOT_OBSERVED,
    /** Not carried out: the substrate cannot, or there was nobody to hit. */
    SKIPPED
  }
}
