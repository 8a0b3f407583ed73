package io.etcdrobustness.spec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The combinations of a suite's matrix, in order, each with where its values stand in the file. */
final class SuiteMatrix {

  static final String TEMPLATE = "spec.template";
  static final String MATRIX = "spec.matrix";

  private SuiteMatrix() {}

  /** A combination, and where in the file those fields of its test stand that the matrix gives. */
  record Placed(Combination combination, Map<String, String> places) {

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

  /** How many there are, without exclusions. */
  static long size(SuiteSpec.Matrix matrix) {
    return Math.max(1L, (long) matrix.versions().size() + matrix.upgrades().size())
        * Math.max(1, matrix.profiles().size())
        * Math.max(1, matrix.faults().size())
        * Math.max(1, matrix.seeds().size());
  }

  /** Those that no exclusion names. */
  static List<Placed> wanted(SuiteSpec spec, List<Placed> all) {
    return all.stream()
        .filter(
            placed -> spec.exclude().stream().noneMatch(each -> each.matches(placed.combination)))
        .toList();
  }

  /** All of them. */
  static List<Placed> combinations(SuiteSpec spec) {
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

  /** Whether one path is the other, or leads on from it. */
  static boolean within(String inner, String outer) {
    return inner.startsWith(outer)
        && (inner.length() == outer.length() || ".[".indexOf(inner.charAt(outer.length())) >= 0);
  }
}
