package io.etcdrobustness.checker.minimal;

import io.etcdrobustness.checker.Violation;
import io.etcdrobustness.history.History;
import java.util.List;

/**
 * A part of a history that breaks a property.
 *
 * @param history the part, which is a history of its own
 * @param violation what is broken in it
 * @param operations ids of the operations whose answers are needed
 * @param watches ids of the watches that are needed
 * @param smallest whether the property no longer breaks when any one of these is left out; else the
 *     budget ended before that was reached
 * @param judgements how often a part was judged to find it
 */
public record Counterexample(
    History history,
    Violation violation,
    List<Long> operations,
    List<Long> watches,
    boolean smallest,
    int judgements) {

  public Counterexample {
    operations = List.copyOf(operations);
    watches = List.copyOf(watches);
  }

  /** Operations that stay although their answers are not needed, since nobody else wrote. */
  public int forgotten() {
    return history.operations().size() - operations.size();
  }
}
