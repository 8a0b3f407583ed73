package io.etcdrobustness.runs.browse;

import io.etcdrobustness.checker.Verdict;

/**
 * How a run or a test stands, as it is marked on pages: by a colour, and by a letter and a shape
 * for whoever does not see colours. What a person must look at first comes first.
 */
public enum Mark {
  FAILED("Failed", "F"),
  ERROR("Error", "E"),
  INCONCLUSIVE("Inconclusive", "I"),
  GOING("Going", "▸"),
  WAITING("Waiting", "·"),
  PASSED("Passed", "P");

  private final String label;
  private final String letter;

  Mark(String label, String letter) {
    this.label = label;
    this.letter = letter;
  }

  /** That of a verdict. */
  public static Mark of(Verdict verdict) {
    return switch (verdict) {
      case PASSED -> PASSED;
      case FAILED -> FAILED;
      case INCONCLUSIVE -> INCONCLUSIVE;
      case ERROR -> ERROR;
    };
  }

  /** As people read it, and as addresses and the style name it. */
  public String label() {
    return label;
  }

  /** What stands in a cell. */
  String letter() {
    return letter;
  }

  /** Whether a run that is marked so has come to its end. */
  public boolean isVerdict() {
    return this != GOING && this != WAITING;
  }
}
