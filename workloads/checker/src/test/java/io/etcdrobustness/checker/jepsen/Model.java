package io.etcdrobustness.checker.jepsen;

import io.etcdrobustness.checker.jepsen.SmallTest.Kind;
import io.etcdrobustness.checker.jepsen.SmallTest.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a test's operations do, one after the other: the definition. */
final class Model {

  private final Kind kind;
  private final Map<Integer, List<Integer>> lists;
  private final Map<Integer, Integer> versions;

  private Model(Kind kind, Map<Integer, List<Integer>> lists, Map<Integer, Integer> versions) {
    this.kind = kind;
    this.lists = new HashMap<>(lists);
    this.versions = new HashMap<>(versions);
  }

  static Model start(Kind kind) {
    return new Model(kind, Map.of(), Map.of());
  }

  Model copy() {
    return new Model(kind, lists, versions);
  }

  /** Executes {@code steps}, and gives them with their results. */
  List<Step> execute(List<Step> steps) {
    return steps.stream().map(this::execute).toList();
  }

  private Step execute(Step step) {
    List<Integer> held = lists.getOrDefault(step.key(), List.of());
    return switch (step.f()) {
      case READ ->
          step.answering(
              Optional.of(
                  kind == Kind.REGISTER
                      ? List.of(version(step), held.isEmpty() ? -1 : held.getFirst())
                      : held));
      case ADD -> {
        List<Integer> more = new ArrayList<>(held);
        more.add(step.argument().getFirst());
        lists.put(step.key(), more);
        yield step;
      }
      case WRITE -> write(step, step.argument().getFirst());
      case CAS ->
          held.equals(List.of(step.argument().getFirst()))
              ? write(step, step.argument().get(1))
              : step.answering(Optional.of(List.of()));
    };
  }

  private Step write(Step step, int value) {
    lists.put(step.key(), List.of(value));
    versions.merge(step.key(), 1, Integer::sum);
    return step.answering(Optional.of(List.of(version(step), value)));
  }

  private int version(Step step) {
    return versions.getOrDefault(step.key(), 0);
  }

  /** Whether {@code told} are the answers that {@code expected} are, as far as they are told. */
  boolean same(List<Step> expected, List<Step> told) {
    for (int i = 0; i < expected.size(); i++) {
      List<Integer> one = expected.get(i).result().orElse(List.of());
      List<Integer> other = told.get(i).result().orElse(List.of());
      boolean same =
          kind == Kind.SET
              ? new HashSet<>(one).equals(new HashSet<>(other)) && one.size() == other.size()
              : one.equals(other);
      if (!same) {
        return false;
      }
    }
    return true;
  }
}
