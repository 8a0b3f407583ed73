package io.etcdrobustness.runs.summary;

import static java.util.Objects.requireNonNullElse;

import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.runs.report.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a summary tells of a run, from its report; understands no spec, and so those of any build.
 *
 * @param etcd the releases in words
 * @param findings none if the run did not come to its end
 */
record StoredRun(
    String name,
    String verdict,
    List<String> reasons,
    long seed,
    String substrate,
    String etcd,
    long operations,
    String command,
    List<Finding> findings,
    List<FaultWindow> faults) {

  private record RunJson(
      @Nullable String name,
      @Nullable String verdict,
      @Nullable List<String> reasons,
      long seed,
      @Nullable String substrate,
      @Nullable Map<String, String> etcd,
      long operations,
      @Nullable String command) {}

  /**
   * Reads the report in {@code directory}.
   *
   * @throws IOException if there is none, or it cannot be read
   */
  static StoredRun read(Path directory) throws IOException {
    Path file = directory.resolve("run.json");
    if (!Files.isRegularFile(file)) {
      throw new IOException(
          directory + " is no report: it holds neither a run.json nor a suite.json");
    }
    RunJson run = Json.read(Files.readString(file), RunJson.class);
    Path properties = directory.resolve("properties.json");
    Path injected = directory.resolve("faults.jsonl");
    List<FaultWindow> faults = new ArrayList<>();
    if (Files.exists(injected)) {
      for (String line : Files.readAllLines(injected)) {
        faults.add(Json.read(line, FaultWindow.class));
      }
    }
    Map<String, String> etcd = requireNonNullElse(run.etcd(), Map.of());
    return new StoredRun(
        requireNonNullElse(run.name(), "a run"),
        requireNonNullElse(run.verdict(), "Error"),
        requireNonNullElse(run.reasons(), List.of()),
        run.seed(),
        requireNonNullElse(run.substrate(), "?"),
        etcd.isEmpty() ? "that never served" : String.join(", ", new TreeSet<>(etcd.values())),
        run.operations(),
        requireNonNullElse(run.command(), ""),
        Files.exists(properties)
            ? List.of(Json.read(Files.readString(properties), Finding[].class))
            : List.of(),
        faults);
  }
}
