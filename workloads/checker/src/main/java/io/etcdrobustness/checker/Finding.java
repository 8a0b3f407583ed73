package io.etcdrobustness.checker;

import java.util.ArrayList;
import java.util.List;

/**
 * What judging one property gave.
 *
 * @param hits how often the property was put to the test: operations, events, chances. Zero hits
 *     prove nothing
 * @param violations what broke it, the earliest first; {@link Judge} keeps at most {@link
 *     #MOST_VIOLATIONS}, after it has compared all of them with the known issues
 * @param violationCount how many there were in all
 * @param note one sentence: what was proved, or why it could not be decided
 */
public record Finding(
    String property,
    Property.Kind kind,
    Status status,
    long hits,
    List<Violation> violations,
    long violationCount,
    String note) {

  /** A judged finding keeps no more violations than this. */
  public static final int MOST_VIOLATIONS = 20;

  public Finding {
    violations = List.copyOf(violations);
  }

  /** How the property stands. */
  public enum Status {
    /** Put to the test and not broken; of a SOMETIMES: seen. */
    HOLDS,
    /** Broken. */
    VIOLATED,
    /**
     * Broken, but every violation bears the signature of a known issue that the test acknowledges:
     * reported, and without weight for the verdict.
     */
    KNOWN,
    /** Time, memory or evidence did not suffice to tell. */
    UNDECIDED,
    /** The history holds nothing that puts it to the test; of a SOMETIMES: not seen. */
    NOT_EXERCISED,
    /** The test leaves it out. */
    EXCLUDED;

    /** How much it weighs where several histories were judged: more hides less. */
    private int weight() {
      return switch (this) {
        case VIOLATED -> 5;
        case UNDECIDED -> 4;
        case KNOWN -> 3;
        case HOLDS -> 2;
        case NOT_EXERCISED -> 1;
        case EXCLUDED -> 0;
      };
    }
  }

  /** A finding of {@code property} from what was found: VIOLATED, HOLDS or NOT_EXERCISED. */
  public static Finding of(Property property, long hits, List<Violation> violations, String note) {
    Status status =
        !violations.isEmpty() ? Status.VIOLATED : hits > 0 ? Status.HOLDS : Status.NOT_EXERCISED;
    return new Finding(
        property.name(), property.kind(), status, hits, violations, violations.size(), note);
  }

  /** A finding of {@code property} that could not be decided. */
  public static Finding undecided(Property property, long hits, String note) {
    return new Finding(
        property.name(), property.kind(), Status.UNDECIDED, hits, List.of(), 0, note);
  }

  /** The finding of {@code property} that the test leaves out. */
  public static Finding excluded(Property property) {
    return new Finding(
        property.name(),
        property.kind(),
        Status.EXCLUDED,
        0,
        List.of(),
        0,
        "the test leaves it out");
  }

  /** This finding with at most {@link #MOST_VIOLATIONS} violations; the count stays. */
  public Finding trimmed() {
    return violations.size() <= MOST_VIOLATIONS
        ? this
        : with(status, violations.subList(0, MOST_VIOLATIONS), note);
  }

  /**
   * The finding over two histories, of which the other one gave {@code other}; the worse counts.
   */
  public Finding and(Finding other) {
    if (!other.property.equals(property)) {
      throw new IllegalArgumentException(other.property + " is not " + property);
    }
    boolean otherIsWorse = other.status.weight() > status.weight();
    Finding worse = otherIsWorse ? other : this;
    List<Violation> both = new ArrayList<>(worse.violations);
    both.addAll(otherIsWorse ? violations : other.violations);
    return new Finding(
        property,
        kind,
        worse.status,
        hits + other.hits,
        both,
        violationCount + other.violationCount,
        worse.note);
  }

  /** This finding of a property, with another status, other violations and another note. */
  Finding with(Status newStatus, List<Violation> newViolations, String newNote) {
    return new Finding(property, kind, newStatus, hits, newViolations, violationCount, newNote);
  }
}
