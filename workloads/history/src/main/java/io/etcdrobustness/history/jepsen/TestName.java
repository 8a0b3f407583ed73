package io.etcdrobustness.history.jepsen;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The name that jepsen.etcd gave to a test, which Jepsen makes a folder: {@code
 * store/<name>/<time>/history.edn}. It tells what no line of the history does.
 *
 * <p>Its words are {@code etcd}, the version (since 2022), the workload, the client, the faults
 * and, where they were asked for, {@code no-retry}, {@code lazyfs}, {@code serializable}; in 2019
 * {@code s=true} or {@code s=false} stood for the last ({@code etcd-test} of {@code etcd.clj}).
 */
record TestName(List<String> words) {

  TestName {
    words = List.copyOf(words);
  }

  /** The name of the nearest folder above {@code file} that jepsen.etcd may have named. */
  static Optional<TestName> above(Path file) throws IOException {
    for (Path at = file.toRealPath().getParent();
        at != null && at.getFileName() != null;
        at = at.getParent()) {
      Optional<TestName> name = of(at.getFileName().toString());
      if (name.isPresent()) {
        return name;
      }
    }
    return Optional.empty();
  }

  static Optional<TestName> of(String folder) {
    TestName name = new TestName(Arrays.asList(folder.split(" ")));
    boolean named = name.words.getFirst().equals("etcd") && name.workload().isPresent();
    return named ? Optional.of(name) : Optional.empty();
  }

  /** The workload. */
  Optional<Workload> workload() {
    return words.stream().flatMap(word -> Workload.named(word).stream()).findFirst();
  }

  /** Whether plain reads were serializable. */
  boolean serializable() {
    return words.contains("serializable") || words.contains("s=true");
  }

  /** Whether the client library was kept from sending requests again. */
  boolean withoutRetries() {
    return words.contains("no-retry");
  }
}
