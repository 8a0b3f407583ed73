package io.etcdrobustness.runs.upgrade;

/**
 * What became of one step.
 *
 * @param step in words
 * @param start ns of the run's clock; -1 if it has not begun
 * @param end likewise; -1 if it has not come to its end
 * @param detail why it has not, as far as it is known; empty if it has
 */
public record StepResult(String step, State state, long start, long end, String detail) {

  /** How far it came. */
  public enum State {
    /** Done. */
    DONE,
    /** It was carried out, and what should have come of it did not within its bound. */
    FAILED,
    /** It could not be carried out: the environment failed. */
    ERROR,
    /** The run ended before it did. */
    CUT_SHORT,
    /** Never begun. */
    NOT_BEGUN
  }
}
