package io.etcdrobustness.runs.differential;

import io.etcdrobustness.history.Request;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What was met on the way, and which wrong answers were found out. */
final class Tally {

  private final Map<String, Integer> seen = new TreeMap<>();
  private final Map<String, Integer> found = new TreeMap<>();
  private final Map<String, Integer> passed = new TreeMap<>();

  /** A request ended like this. */
  void saw(Request request, String how) {
    count(seen, request.getClass().getSimpleName() + " " + how);
  }

  /** An answer that is wrong in {@code field} was refused, or was not. */
  void judged(String field, boolean refused) {
    count(refused ? found : passed, field);
  }

  /** The ways in which requests have ended. */
  Set<String> seen() {
    return new TreeSet<>(seen.keySet());
  }

  /** The fields in which a wrong answer has passed. */
  Set<String> unchecked() {
    return new TreeSet<>(passed.keySet());
  }

  private static void count(Map<String, Integer> counts, String what) {
    counts.merge(what, 1, Integer::sum);
  }

  @Override
  public String toString() {
    return "ended: %s%nwrong answers refused: %s%nwrong answers that pass: %s"
        .formatted(seen, found, passed);
  }
}
