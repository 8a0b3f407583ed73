package io.etcdrobustness.spec;

import static io.etcdrobustness.spec.SuiteMatrix.MATRIX;
import static io.etcdrobustness.spec.SuiteMatrix.TEMPLATE;
import static io.etcdrobustness.spec.SuiteMatrix.combinations;
import static io.etcdrobustness.spec.SuiteMatrix.wanted;
import static io.etcdrobustness.spec.SuiteMatrix.within;

import io.etcdrobustness.spec.SuiteMatrix.Placed;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All that a suite must keep to: what its own fields must be, and that every combination is a test.
 * The reader of files and the operator ask the same rules.
 */
public final class SuiteRules {

  /** More are a table that nobody reads. */
  static final int MOST_RUNS = 512;

  /** What each axis says of a test. */
  private static final Map<String, List<String>> AXES =
      Map.of(
          "versions", List.of("spec.cluster.version", "spec.upgrade"),
          "upgrades", List.of("spec.cluster.version", "spec.upgrade"),
          "profiles", List.of("spec.workload.profile"),
          "faults", List.of("spec.faults.profile"),
          "seeds", List.of("spec.seed"));

  private final SpecRules rules;

  /**
   * Rules.
   *
   * @param knownProperties as those of {@link SpecRules}
   */
  public SuiteRules(Set<String> knownProperties) {
    this.rules = new SpecRules(knownProperties);
  }

  /** What is found, after what was wrong before. */
  private static final class Found {
    private final Set<String> wrong;
    private final List<Problem> problems = new ArrayList<>();

    Found(Set<String> wrong) {
      this.wrong = new HashSet<>(wrong);
    }

    void add(String path, String message) {
      wrong.add(path);
      problems.add(new Problem(path, message));
    }

    boolean isEmpty() {
      return wrong.isEmpty();
    }

    Set<String> paths() {
      return wrong;
    }
  }

  /** Everything that is wrong in {@code spec}; empty if runs can be made of it. */
  public List<Problem> problems(SuiteSpec spec) {
    return problems(spec, Set.of());
  }

  /**
   * Everything that is wrong in {@code spec}.
   *
   * @param unreadable paths of fields that are wrong already, whose values here are only defaults
   */
  List<Problem> problems(SuiteSpec spec, Set<String> unreadable) {
    Found found = new Found(unreadable);
    for (Problem problem : Constraints.problems(spec)) {
      if (!within(problem.path(), TEMPLATE)) {
        found.add(problem.path(), problem.message());
      }
    }
    matrix(spec, found);
    template(spec, found);
    long runs = SuiteMatrix.size(spec.matrix());
    if (runs > MOST_RUNS) {
      found.add(
          MATRIX,
          "%d combinations are more than %d; write fewer, or several suites"
              .formatted(runs, MOST_RUNS));
      return found.problems;
    }
    List<Placed> all = combinations(spec);
    exclusions(spec, all, found);
    tests(wanted(spec, all), found);
    return found.problems;
  }

  private static void matrix(SuiteSpec spec, Found found) {
    SuiteSpec.Matrix matrix = spec.matrix();
    if (matrix.isEmpty() && found.paths().stream().noneMatch(wrong -> within(wrong, MATRIX))) {
      found.add(
          MATRIX, "names nothing that runs differ in; write versions: [v3.6.16, v3.7.3], or seeds");
    }
    RunRules.distinct(MATRIX + ".versions", matrix.versions(), found::add);
    RunRules.distinct(MATRIX + ".upgrades", matrix.upgrades(), found::add);
    RunRules.distinct(MATRIX + ".profiles", matrix.profiles(), found::add);
    RunRules.distinct(MATRIX + ".faults", matrix.faults(), found::add);
    RunRules.distinct(MATRIX + ".seeds", matrix.seeds(), found::add);
    for (int i = 0; i < matrix.upgrades().size(); i++) {
      if (matrix.upgrades().get(i).size() < 2) {
        found.add(
            MATRIX + ".upgrades[" + i + "]",
            "an upgrade goes from one release to another; write two or more, or one of versions");
      }
    }
  }

  /** What the template says and a suite would not do is not passed over in silence. */
  private static void template(SuiteSpec spec, Found found) {
    TestSpec template = spec.template();
    SuiteSpec.Matrix matrix = spec.matrix();
    if (template.mode() != TestSpec.Mode.Once) {
      found.add(
          TEMPLATE + ".mode",
          "a suite makes one run of each combination; leave mode away, or write Once");
    }
    if (template.suspend()) {
      found.add(TEMPLATE + ".suspend", "a suite is suspended as a whole; write spec.suspend: true");
    }
    if (template.upgrade() != null && !matrix.versions().isEmpty() && matrix.upgrades().isEmpty()) {
      found.add(
          TEMPLATE + ".upgrade",
          "a run of one of matrix.versions has no upgrade; write matrix.upgrades, or leave it away");
    }
    if (!template.faults().steps().isEmpty() && !matrix.faults().isEmpty()) {
      found.add(
          TEMPLATE + ".faults.steps",
          "steps are an exact script, the same whatever matrix.faults says; leave one of them away");
    }
  }

  private static void exclusions(SuiteSpec spec, List<Placed> all, Found found) {
    for (int i = 0; i < spec.exclude().size(); i++) {
      SuiteSpec.Exclusion exclusion = spec.exclude().get(i);
      String path = "spec.exclude[" + i + "]";
      if (exclusion.isEmpty()) {
        if (found.paths().stream().noneMatch(wrong -> within(wrong, path))) {
          found.add(path, "leaves out everything; write what of the matrix, such as version");
        }
        continue;
      }
      SuiteSpec.Matrix matrix = spec.matrix();
      boolean known =
          among(path + ".version", exclusion.version(), "versions", matrix.versions(), found)
              & among(
                  path + ".upgrade",
                  exclusion.upgrade().isEmpty() ? null : exclusion.upgrade(),
                  "upgrades",
                  matrix.upgrades(),
                  found)
              & among(path + ".profile", exclusion.profile(), "profiles", matrix.profiles(), found)
              & among(path + ".faults", exclusion.faults(), "faults", matrix.faults(), found)
              & among(path + ".seed", exclusion.seed(), "seeds", matrix.seeds(), found);
      if (known && all.stream().noneMatch(placed -> exclusion.matches(placed.combination()))) {
        found.add(path, "no combination has all of this; leave it away, or one of its fields");
      }
    }
    if (found.isEmpty() && wanted(spec, all).isEmpty()) {
      found.add("spec.exclude", "leaves out every combination; leave one in");
    }
  }

  private static boolean among(
      String path, @Nullable Object value, String axis, List<?> values, Found found) {
    if (value == null || values.contains(value)) {
      return true;
    }
    if (found.paths().stream().noneMatch(wrong -> within(wrong, MATRIX + "." + axis))) {
      found.add(
          path,
          "%s is not in matrix.%s; %s"
              .formatted(
                  Quoted.of(value.toString()),
                  axis,
                  values.isEmpty()
                      ? "write that axis, or leave this away"
                      : "write one of it: "
                          + Quoted.bare(
                              String.join(", ", values.stream().map(Object::toString).toList()),
                              200)));
    }
    return false;
  }

  /** Every combination must be a test. */
  private void tests(List<Placed> wanted, Found found) {
    Set<String> wrong = found.paths();
    Map<Problem, List<Placed>> inWhich = new LinkedHashMap<>();
    for (Placed placed : wanted) {
      for (Problem problem :
          rules.problems(placed.combination().spec(), unreadable(wrong, placed))) {
        inWhich
            .computeIfAbsent(
                new Problem(placed.place(problem.path()), problem.message()),
                _ -> new ArrayList<>())
            .add(placed);
      }
    }
    inWhich.forEach((problem, in) -> {
      long concerned = wanted.stream().filter(placed -> placed.gives(problem.path())).count();
      found.add(
          problem.path(),
          in.size() == concerned
              ? problem.message()
              : "with %s%s: %s"
                  .formatted(
                      in.getFirst().combination().inWords(),
                      in.size() == 1 ? "" : " and " + (in.size() - 1) + " more",
                      problem.message()));
    });
  }

  /** What cannot be told of a test, because something is wrong already. */
  private static Set<String> unreadable(Set<String> wrong, Placed placed) {
    Set<String> unreadable = new HashSet<>();
    for (String path : wrong) {
      if (within(path, TEMPLATE)) {
        unreadable.add("spec" + path.substring(TEMPLATE.length()));
      }
      placed
          .places()
          .forEach((field, place) -> {
            if (within(path, place) || within(place, path)) {
              unreadable.add(field);
            }
          });
      AXES.forEach((axis, fields) -> {
        // What stands in its place is of the template, where nobody wrote it.
        if (within(path, MATRIX + "." + axis)
            && fields.stream().noneMatch(placed.places()::containsKey)) {
          unreadable.addAll(fields);
        }
      });
    }
    return unreadable;
  }
}
