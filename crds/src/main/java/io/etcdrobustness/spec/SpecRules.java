package io.etcdrobustness.spec;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * All that a spec must keep to: ranges and forms of single fields, which stand as annotations at
 * the records, and rules between fields. The reader of files and the operator ask the same rules.
 */
public final class SpecRules {

  private final List<Rule> rules;

  /**
   * Rules.
   *
   * @param knownProperties names that {@code checks.exclude} and {@code pass.requireSometimes} may
   *     hold; empty: any
   */
  public SpecRules(Set<String> knownProperties) {
    this.rules =
        Stream.of(
                RunRules.all(),
                ClusterRules.all(),
                UpgradeRules.all(),
                WorkloadRules.all(),
                FaultRules.all(),
                StepRules.all(),
                EvidenceRules.all(knownProperties))
            .flatMap(List::stream)
            .toList();
  }

  /** Everything that is wrong in {@code spec}; empty if a run can be made of it. */
  public List<Problem> problems(TestSpec spec) {
    return problems(spec, Set.of());
  }

  /**
   * Everything that is wrong in {@code spec}.
   *
   * @param unreadable paths of fields that are wrong already, whose values here are only defaults
   */
  List<Problem> problems(TestSpec spec, Set<String> unreadable) {
    List<Problem> problems = new ArrayList<>(Constraints.problems(spec));
    problems.removeIf(problem -> unreadable.contains(problem.path()));
    Set<String> wrong = new HashSet<>(unreadable);
    problems.forEach(problem -> wrong.add(problem.path()));
    for (Rule rule : rules) {
      if (rule.canTell(wrong)) {
        rule.check()
            .check(spec, (path, message) -> problems.add(new Problem("spec." + path, message)));
      }
    }
    return problems;
  }
}
