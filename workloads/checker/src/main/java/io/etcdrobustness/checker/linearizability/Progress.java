package io.etcdrobustness.checker.linearizability;

import io.etcdrobustness.history.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** How far a search came, and what stopped it there; words are only made at the end. */
final class Progress {

  private static final int MOST_REASONS = 8;

  private long furthest;
  private Optional<Operation> stuck = Optional.empty();
  private Supplier<String> why = () -> "nothing fits";
  private List<Sighting> seen = List.of();
  private final List<Supplier<String>> rejected = new ArrayList<>();

  /** The furthest revision that was tried. */
  long furthest() {
    return furthest;
  }

  /** A gap is about to be filled. */
  void arrived(long gap, List<Sighting> sightings, int ways) {
    if (gap > furthest) {
      reset(gap);
      seen = sightings;
      why = () -> ways == 0 ? "no request can have made it" : "no request that could have fits";
    }
  }

  /** The answer of {@code operation} fits nothing. */
  void stuck(long revision, Operation operation, Supplier<String> difference) {
    if (revision > furthest) {
      reset(revision);
    }
    if (revision == furthest && stuck.isEmpty()) {
      stuck = Optional.of(operation);
      why = difference;
    }
  }

  /** The answer of {@code operation} is wrong whatever was chosen before. */
  void certain(long revision, Operation operation, Supplier<String> difference) {
    reset(revision);
    stuck = Optional.of(operation);
    why = difference;
  }

  /** A candidate does not fit into {@code gap}. */
  void rejected(long gap, String candidate, Supplier<String> reason) {
    if (gap == furthest && rejected.size() < MOST_REASONS) {
      rejected.add(() -> candidate + " " + reason.get());
    }
  }

  /** Where it ended. */
  DeadEnd deadEnd() {
    return new DeadEnd(
        furthest, stuck, why.get(), seen, rejected.stream().map(Supplier::get).distinct().toList());
  }

  private void reset(long revision) {
    furthest = revision;
    stuck = Optional.empty();
    seen = List.of();
    rejected.clear();
  }
}
