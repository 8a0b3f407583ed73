package io.etcdrobustness.spec;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Reads a {@code RobustnessSuite} from YAML. All mistakes are found at once, as by {@link
 * SpecReader}; every combination must be a test, and what is wrong in some of them stands where the
 * value comes from: at an item of the matrix, or in the template.
 */
public final class SuiteReader {

  /** What a suite's {@code kind} must be. */
  public static final String KIND = "RobustnessSuite";

  private static final DocumentReader SUITES = new DocumentReader(KIND, "suite");

  /** As many as GitHub lets a matrix have. */
  private static final int MOST_RUNS = 256;

  private static final String TEMPLATE = "spec.template";
  private static final String MATRIX = "spec.matrix";

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
   * A reader.
   *
   * @param knownProperties as those of {@link SpecReader}
   */
  public SuiteReader(Set<String> knownProperties) {
    this.rules = new SpecRules(knownProperties);
  }

  /** A combination, and where in the file those fields of its test stand that the matrix gives. */
  private record Placed(Combination combination, Map<String, String> places) {

    /** Where {@code path} of the test stands in the file. */
    String place(String path) {
      for (Map.Entry<String, String> place : places.entrySet()) {
        if (within(path, place.getKey())) {
          return place.getValue() + path.substring(place.getKey().length());
        }
      }
      return TEMPLATE + path.substring("spec".length());
    }

    /** Whether what stands at {@code place} of the file is part of its test. */
    boolean gives(String place) {
      return within(place, TEMPLATE)
          || places.values().stream().anyMatch(given -> within(place, given));
    }
  }

  /** One value of an axis, absent if there is no such axis, and where it stands. */
  private record Value<T>(@Nullable T value, String place) {}

  /**
   * Reads a suite.
   *
   * @param file name for messages
   * @throws SpecException with every mistake, if it is not a suite
   */
  public SuiteDocument read(String file, String yaml) throws SpecException {
    Mistakes mistakes = new Mistakes(file);
    return SUITES.read(
        yaml,
        mistakes,
        (reader, node) -> spec(reader, node, mistakes),
        (name, spec) ->
            new SuiteDocument(
                name,
                spec,
                wanted(spec, combinations(spec)).stream().map(Placed::combination).toList()));
  }

  private SuiteSpec spec(NodeReader reader, Node node, Mistakes mistakes) {
    SuiteSpec spec = reader.record(SuiteSpec.class, node, "spec");
    for (String field : List.of("template", "matrix")) {
      if (!mistakes.knows("spec." + field) && !mistakes.paths().contains("spec." + field)) {
        mistakes.add("spec." + field, missing(field));
      }
    }
    for (Problem problem : Constraints.problems(spec)) {
      if (!within(problem.path(), TEMPLATE)) {
        mistakes.add(problem.path(), problem.message());
      }
    }
    matrix(spec, mistakes);
    template(spec, mistakes);
    long runs = size(spec.matrix());
    if (runs > MOST_RUNS) {
      mistakes.add(
          MATRIX,
          "%d combinations are more than %d; write fewer, or several suites"
              .formatted(runs, MOST_RUNS));
      return spec;
    }
    List<Placed> all = combinations(spec);
    exclusions(spec, all, mistakes);
    tests(wanted(spec, all), mistakes);
    return spec;
  }

  private static String missing(String field) {
    return field.equals("template")
        ? "is missing; write template: {} to take every default, or the spec of a RobustnessTest"
        : "is missing; write what runs differ in, such as matrix: {versions: [v3.6.16, v3.7.3]}";
  }

  private static void matrix(SuiteSpec spec, Mistakes mistakes) {
    SuiteSpec.Matrix matrix = spec.matrix();
    if (matrix.isEmpty() && mistakes.paths().stream().noneMatch(wrong -> within(wrong, MATRIX))) {
      mistakes.add(
          MATRIX, "names nothing that runs differ in; write versions: [v3.6.16, v3.7.3], or seeds");
    }
    RunRules.distinct(MATRIX + ".versions", matrix.versions(), mistakes::add);
    RunRules.distinct(MATRIX + ".upgrades", matrix.upgrades(), mistakes::add);
    RunRules.distinct(MATRIX + ".profiles", matrix.profiles(), mistakes::add);
    RunRules.distinct(MATRIX + ".faults", matrix.faults(), mistakes::add);
    RunRules.distinct(MATRIX + ".seeds", matrix.seeds(), mistakes::add);
    for (int i = 0; i < matrix.upgrades().size(); i++) {
      if (matrix.upgrades().get(i).size() < 2) {
        mistakes.add(
            MATRIX + ".upgrades[" + i + "]",
            "an upgrade goes from one release to another; write two or more, or one of versions");
      }
    }
  }

  /** What the template says and a suite would not do is not passed over in silence. */
  private static void template(SuiteSpec spec, Mistakes mistakes) {
    TestSpec template = spec.template();
    SuiteSpec.Matrix matrix = spec.matrix();
    if (template.mode() != TestSpec.Mode.Once) {
      mistakes.add(
          TEMPLATE + ".mode",
          "a suite makes one run of each combination; leave mode away, or write Once");
    }
    if (template.upgrade() != null && !matrix.versions().isEmpty() && matrix.upgrades().isEmpty()) {
      mistakes.add(
          TEMPLATE + ".upgrade",
          "a run of one of matrix.versions has no upgrade; write matrix.upgrades, or leave it away");
    }
    if (!template.faults().steps().isEmpty() && !matrix.faults().isEmpty()) {
      mistakes.add(
          TEMPLATE + ".faults.steps",
          "steps are an exact script, the same whatever matrix.faults says; leave one of them away");
    }
  }

  private static void exclusions(SuiteSpec spec, List<Placed> all, Mistakes mistakes) {
    for (int i = 0; i < spec.exclude().size(); i++) {
      SuiteSpec.Exclusion exclusion = spec.exclude().get(i);
      String path = "spec.exclude[" + i + "]";
      if (exclusion.isEmpty()) {
        if (mistakes.paths().stream().noneMatch(wrong -> within(wrong, path))) {
          mistakes.add(path, "leaves out everything; write what of the matrix, such as version");
        }
        continue;
      }
      SuiteSpec.Matrix matrix = spec.matrix();
      boolean known =
          among(path + ".version", exclusion.version(), "versions", matrix.versions(), mistakes)
              & among(
                  path + ".upgrade",
                  exclusion.upgrade().isEmpty() ? null : exclusion.upgrade(),
                  "upgrades",
                  matrix.upgrades(),
                  mistakes)
              & among(
                  path + ".profile", exclusion.profile(), "profiles", matrix.profiles(), mistakes)
              & among(path + ".faults", exclusion.faults(), "faults", matrix.faults(), mistakes)
              & among(path + ".seed", exclusion.seed(), "seeds", matrix.seeds(), mistakes);
      if (known && all.stream().noneMatch(placed -> exclusion.matches(placed.combination()))) {
        mistakes.add(path, "no combination has all of this; leave it away, or one of its fields");
      }
    }
    if (mistakes.isEmpty() && wanted(spec, all).isEmpty()) {
      mistakes.add("spec.exclude", "leaves out every combination; leave one in");
    }
  }

  private static boolean among(
      String path, @Nullable Object value, String axis, List<?> values, Mistakes mistakes) {
    if (value == null || values.contains(value)) {
      return true;
    }
    if (mistakes.paths().stream().noneMatch(wrong -> within(wrong, MATRIX + "." + axis))) {
      mistakes.add(
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
  private void tests(List<Placed> wanted, Mistakes mistakes) {
    Set<String> wrong = mistakes.paths();
    Map<Problem, List<Placed>> found = new LinkedHashMap<>();
    for (Placed placed : wanted) {
      for (Problem problem : rules.problems(placed.combination.spec(), unreadable(wrong, placed))) {
        found
            .computeIfAbsent(
                new Problem(placed.place(problem.path()), problem.message()),
                _ -> new ArrayList<>())
            .add(placed);
      }
    }
    found.forEach((problem, in) -> {
      long concerned = wanted.stream().filter(placed -> placed.gives(problem.path())).count();
      mistakes.add(
          problem.path(),
          in.size() == concerned
              ? problem.message()
              : "with %s%s: %s"
                  .formatted(
                      in.getFirst().combination.inWords(),
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
      placed.places.forEach((field, place) -> {
        if (within(path, place) || within(place, path)) {
          unreadable.add(field);
        }
      });
      AXES.forEach((axis, fields) -> {
        // What stands in its place is of the template, where nobody wrote it.
        if (within(path, MATRIX + "." + axis)
            && fields.stream().noneMatch(placed.places::containsKey)) {
          unreadable.addAll(fields);
        }
      });
    }
    return unreadable;
  }

  private static long size(SuiteSpec.Matrix matrix) {
    return Math.max(1L, (long) matrix.versions().size() + matrix.upgrades().size())
        * Math.max(1, matrix.profiles().size())
        * Math.max(1, matrix.faults().size())
        * Math.max(1, matrix.seeds().size());
  }

  private static List<Placed> wanted(SuiteSpec spec, List<Placed> all) {
    return all.stream()
        .filter(
            placed -> spec.exclude().stream().noneMatch(each -> each.matches(placed.combination)))
        .toList();
  }

  private static List<Placed> combinations(SuiteSpec spec) {
    SuiteSpec.Matrix matrix = spec.matrix();
    List<Value<List<String>>> etcds = new ArrayList<>();
    for (int i = 0; i < matrix.versions().size(); i++) {
      etcds.add(new Value<>(List.of(matrix.versions().get(i)), MATRIX + ".versions[" + i + "]"));
    }
    for (int i = 0; i < matrix.upgrades().size(); i++) {
      // One that is too short is told already, and must not be taken for a release.
      if (matrix.upgrades().get(i).size() > 1) {
        etcds.add(new Value<>(matrix.upgrades().get(i), MATRIX + ".upgrades[" + i + "]"));
      }
    }
    if (etcds.isEmpty()) {
      etcds.add(new Value<>(List.of(), ""));
    }
    List<Placed> all = new ArrayList<>();
    for (Value<List<String>> etcd : etcds) {
      for (Value<WorkloadSpec.Profile> profile : values(matrix.profiles(), MATRIX + ".profiles")) {
        for (Value<FaultsSpec.Profile> faults : values(matrix.faults(), MATRIX + ".faults")) {
          for (Value<Long> seed : values(matrix.seeds(), MATRIX + ".seeds")) {
            all.add(placed(spec.template(), etcd, profile, faults, seed));
          }
        }
      }
    }
    return all;
  }

  private static Placed placed(
      TestSpec template,
      Value<List<String>> etcd,
      Value<WorkloadSpec.Profile> profile,
      Value<FaultsSpec.Profile> faults,
      Value<Long> seed) {
    List<String> path = etcd.value == null ? List.of() : etcd.value;
    Map<String, String> places = new LinkedHashMap<>();
    if (path.size() == 1) {
      places.put("spec.cluster.version", etcd.place);
    } else if (path.size() > 1) {
      places.put("spec.cluster.version", etcd.place + "[0]");
      places.put("spec.upgrade.path", etcd.place);
    }
    if (profile.value != null) {
      places.put("spec.workload.profile", profile.place);
    }
    if (faults.value != null) {
      places.put("spec.faults.profile", faults.place);
    }
    if (seed.value != null) {
      places.put("spec.seed", seed.place);
    }
    return new Placed(
        Combination.of(
            template,
            path.size() == 1 ? path.getFirst() : null,
            path.size() == 1 ? List.of() : path,
            profile.value,
            faults.value,
            seed.value),
        places);
  }

  private static <T> List<Value<T>> values(List<T> axis, String path) {
    List<Value<T>> values = new ArrayList<>();
    for (int i = 0; i < axis.size(); i++) {
      values.add(new Value<>(axis.get(i), path + "[" + i + "]"));
    }
    return axis.isEmpty() ? List.of(new Value<>(null, "")) : values;
  }

  private static boolean within(String inner, String outer) {
    return inner.startsWith(outer)
        && (inner.length() == outer.length() || ".[".indexOf(inner.charAt(outer.length())) >= 0);
  }
}
