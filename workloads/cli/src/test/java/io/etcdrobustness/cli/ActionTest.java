package io.etcdrobustness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.spec.SuiteReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The action for GitHub's CI (action.yml): its steps as a runner of GitHub's carries them out, in a
 * shell, with the files and variables that a job has.
 */
class ActionTest {

  private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
  private static final Pattern EXPRESSION = Pattern.compile("\\$\\{\\{ *([a-z._-]+) *}}");

  @TempDir private Path directory;

  private Path output = Path.of("");
  private Path summary = Path.of("");
  private final Map<String, String> inputs = new HashMap<>();

  /** A step of action.yml, ended. */
  private record Step(int exitCode, String log) {}

  @BeforeEach
  void aJob() throws IOException {
    output = Files.createFile(directory.resolve("output"));
    summary = Files.createFile(directory.resolve("summary"));
    mapping(action().get("inputs"))
        .forEach((name, input) ->
            inputs.put(name, String.valueOf(mapping(input).getOrDefault("default", ""))));
  }

  private static Map<String, Object> mapping(@Nullable Object yaml) {
    Map<String, Object> fields = new LinkedHashMap<>();
    if (yaml instanceof Map<?, ?> map) {
      map.forEach((name, value) -> fields.put(String.valueOf(name), value));
    }
    return fields;
  }

  private static Map<String, Object> action() throws IOException {
    return mapping(
        new Load(LoadSettings.builder().build())
            .loadFromString(Files.readString(ROOT.resolve("action.yml"))));
  }

  private static List<Map<String, Object>> steps() throws IOException {
    return mapping(action().get("runs")).get("steps") instanceof List<?> list
        ? list.stream().map(ActionTest::mapping).toList()
        : List.of();
  }

  /**
   * The shell steps, one after the other; each is carried out, as those of {@code always()} are.
   */
  private List<Step> carryOut(Path robustness) throws IOException, InterruptedException {
    List<Step> ended = new java.util.ArrayList<>();
    for (Map<String, Object> step : steps()) {
      if (step.containsKey("run")) {
        ended.add(shell(step, robustness));
      }
    }
    return ended;
  }

  private Step shell(Map<String, Object> step, Path robustness)
      throws IOException, InterruptedException {
    ProcessBuilder shell =
        new ProcessBuilder(
                "/usr/bin/env",
                "--default-signal=INT,TERM",
                "bash",
                "--noprofile",
                "--norc",
                "-eo",
                "pipefail",
                "-c",
                String.valueOf(step.get("run")))
            .directory(directory.toFile())
            .redirectErrorStream(true);
    mapping(step.get("env"))
        .forEach((name, value) -> shell.environment().put(name, evaluated(String.valueOf(value))));
    shell.environment().put("GITHUB_OUTPUT", output.toString());
    shell.environment().put("GITHUB_STEP_SUMMARY", summary.toString());
    shell.environment().put("ROBUSTNESS", robustness.toString());
    Process process = shell.start();
    String log = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(3, TimeUnit.MINUTES)).as("the step ends").isTrue();
    return new Step(process.exitValue(), log);
  }

  private String evaluated(String text) {
    return EXPRESSION
        .matcher(text)
        .replaceAll(found -> Matcher.quoteReplacement(value(found.group(1))));
  }

  private String value(String expression) {
    if (expression.startsWith("inputs.")) {
      return inputs.getOrDefault(expression.substring("inputs.".length()), "");
    }
    if (expression.startsWith("steps.run.outputs.")) {
      return outputs().getOrDefault(expression.substring("steps.run.outputs.".length()), "");
    }
    if (expression.equals("github.action_path")) {
      return ROOT.toString();
    }
    throw new AssertionError("a job has no " + expression);
  }

  private Map<String, String> outputs() {
    Map<String, String> outputs = new HashMap<>();
    try {
      for (String line : Files.readAllLines(output)) {
        String[] field = line.split("=", 2);
        outputs.put(field[0], field[1]);
      }
    } catch (IOException unreadable) {
      throw new java.io.UncheckedIOException(unreadable);
    }
    return outputs;
  }

  /** A command that says with what it was called, and does {@code script}. */
  private Path pretended(String script) throws IOException {
    return executable("pretended", "printf 'called:'; printf ' [%s]' \"$@\"; echo\n" + script);
  }

  /** The command itself. */
  private Path real() throws IOException {
    return executable(
        "real",
        "exec '%s' -XX:+UseSerialGC -Xmx1g --enable-native-access=ALL-UNNAMED -cp '%s'"
                .formatted(
                    Path.of(System.getProperty("java.home"), "bin", "java"),
                    System.getProperty("java.class.path"))
            + " io.etcdrobustness.cli.Main \"$@\"\n");
  }

  private Path executable(String name, String script) throws IOException {
    Path file = Files.writeString(directory.resolve(name), "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file;
  }

  @Test
  @Tag("etcd")
  void aTestIsRunItsVerdictToldAndItsSummaryWritten() throws IOException, InterruptedException {
    inputs.put(
        "file",
        TestFiles.test(
                directory,
                """
                duration: 3s
                workload: {profile: Append, clients: 4, rate: 100/s}
                faults: {profile: None}
                pass: {minOperations: 10}
                """)
            .toString());
    inputs.put("seed", "3");

    List<Step> steps = carryOut(real());

    assertThat(steps).as("%s", steps).extracting(Step::exitCode).containsOnly(0);
    assertThat(outputs())
        .containsEntry("verdict", "Passed")
        .containsEntry("exit-code", "0")
        .containsEntry("report", "robustness-report");
    assertThat(Files.readString(summary)).startsWith("## ✅ Passed: e2e on etcd v3.7.3");
    assertThat(directory.resolve("robustness-report/junit.xml")).isNotEmptyFile();
  }

  @Test
  void aWrongTestFailsTheLastStepWithoutAReport() throws IOException, InterruptedException {
    inputs.put("file", TestFiles.test(directory, "duration: long").toString());

    List<Step> steps = carryOut(real());

    assertThat(steps.getFirst().log())
        .contains("spec.duration: ")
        .contains("::error title=etcd robustness::Usage");
    assertThat(steps.getLast().exitCode()).isEqualTo(64);
    assertThat(outputs())
        .containsEntry("verdict", "Usage")
        .containsEntry("exit-code", "64")
        .containsEntry("report", "");
    assertThat(summary).isEmptyFile();
  }

  @Test
  void aSuiteIsKnownByItsKindAndInputsBecomeArguments() throws IOException, InterruptedException {
    Path file = Files.copy(ROOT.resolve("examples/suite.yaml"), directory.resolve("a suite.yaml"));
    assertThat(Files.readString(file)).contains(SuiteReader.KIND);
    inputs.putAll(
        Map.of("file", "a suite.yaml", "max-parallel", "2", "on", "vm", "seed", "$(touch pwned)"));

    Step run = carryOut(pretended("exit 2\n")).getFirst();

    assertThat(run.exitCode()).as("the verdict fails the last step").isZero();
    assertThat(run.log())
        .contains(
            "called: [suite] [a suite.yaml] [--on] [vm] [--report] [robustness-report] [--seed]"
                + " [$(touch pwned)] [--max-parallel] [2]\n");
    assertThat(directory.resolve("pwned")).doesNotExist();
    assertThat(outputs()).containsEntry("verdict", "Inconclusive").containsEntry("exit-code", "2");
  }

  @Test
  void everyExitCodeHasItsWord() throws IOException, InterruptedException {
    Map<Integer, String> words =
        Map.of(0, "Passed", 1, "Failed", 2, "Inconclusive", 3, "Error", 64, "Usage", 137, "Error");
    inputs.put("file", "test.yaml");
    for (Map.Entry<Integer, String> word : words.entrySet()) {
      Files.writeString(output, "");
      List<Step> steps = carryOut(pretended("exit " + word.getKey() + "\n"));

      assertThat(outputs()).containsEntry("verdict", word.getValue());
      assertThat(steps.getLast().exitCode()).isEqualTo(word.getKey());
    }
  }

  @Test
  void aJobThatIsCancelledEndsTheRunInOrderAndOnce() throws IOException, InterruptedException {
    inputs.put("file", "test.yaml");
    // The runner of a job signals the step's shell, which is the parent here.
    Path command =
        pretended(
            """
            [ "$1" = run ] || exit 0
            trap 'echo told to end; kill -TERM "$PPID"; mkdir robustness-report
              : >robustness-report/run.json; exit 2' TERM
            kill -INT "$PPID"
            # In the background one could not be ended surely: a shell that has just forked loses a signal.
            while :; do sleep 0.1; done
            """);

    Step run = carryOut(command).getFirst();

    assertThat(run.log()).containsOnlyOnce("told to end");
    assertThat(outputs())
        .containsEntry("verdict", "Inconclusive")
        .containsEntry("report", "robustness-report");
  }

  @Test
  void whatItUsesIsPinnedAndWhatItNamesExists() throws IOException {
    Set<String> names = mapping(action().get("inputs")).keySet();
    String text = Files.readString(ROOT.resolve("action.yml"));
    for (Map<String, Object> step : steps()) {
      if (step.containsKey("uses")) {
        assertThat(String.valueOf(step.get("uses"))).matches("[a-z/-]+@[0-9a-f]{40}");
      }
    }
    Matcher used = Pattern.compile("inputs\\.([a-z-]+)").matcher(text);
    Set<String> seen = new java.util.HashSet<>();
    while (used.find()) {
      seen.add(used.group(1));
    }
    assertThat(seen).isEqualTo(names);
  }
}
