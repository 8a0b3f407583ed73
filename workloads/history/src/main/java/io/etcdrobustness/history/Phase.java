package io.etcdrobustness.history;

/**
 * The run entered a phase.
 *
 * @param name which
 * @param time when
 */
public record Phase(Name name, long time) implements Entry {

  /** The phases of a run, in their order. */
  public enum Name {
    /** The cluster serves, the first operation is about to be sent. */
    TRAFFIC,
    /** Traffic goes on, no fault is active any more. */
    HEALED,
    /** Traffic has ended; what follows are the final reads. */
    FINAL_READS,
    /** Everything has been recorded. */
    END
  }
}
