package io.etcdrobustness.checker;

/** The answer of a run, from best to worst: merging takes the worse one. */
public enum Verdict {
  /** Nothing violated, and the evidence suffices. */
  PASSED("Passed", 0),
  /** Nothing violated, but the evidence is too thin. */
  INCONCLUSIVE("Inconclusive", 2),
  /** The environment failed. */
  ERROR("Error", 3),
  /** A property is violated. */
  FAILED("Failed", 1);

  private final String label;
  private final int exitCode;

  Verdict(String label, int exitCode) {
    this.label = label;
    this.exitCode = exitCode;
  }

  /** As users read it. */
  public String label() {
    return label;
  }

  /** The command line's contract. */
  public int exitCode() {
    return exitCode;
  }

  /** The worse of the two. */
  public Verdict worse(Verdict other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
