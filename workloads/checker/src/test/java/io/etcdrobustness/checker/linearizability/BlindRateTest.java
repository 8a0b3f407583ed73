package io.etcdrobustness.checker.linearizability;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.OnePass;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.histgen.HistgenReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How often it stays undecided whether a history of which no watch tells is in order, and whether a
 * verdict is ever wrong; called by {@code bench/checker/blind.sh}. An injected violation need not
 * be visible without events: what is proved then has an order that gives every answer.
 */
@Tag("peer")
class BlindRateTest {

  private static final int[] KEYS = {5, 10, 30, 100, 300, 1000};
  private static final String[] UNKNOWN = {"0", "0.002", "0.01", "0.02", "0.05"};
  private static final String[] INJECTED = {"stale", "lost", "reuse", "dup"};

  private final Linearizable property = new Linearizable();

  @Test
  void fewAreUndecidedAndNoneIsDecidedWrong(@TempDir Path folder)
      throws IOException, InterruptedException {
    int histories = Integer.getInteger("blind.histories", 1000);
    long first = Long.getLong("blind.seed", 1);
    int budget = Integer.getInteger("blind.budget", 1000);
    Map<String, Integer> counts = new TreeMap<>();
    List<String> wrong = new ArrayList<>();
    for (long seed = first; seed < first + histories; seed++) {
      RandomSource random = new RandomSource(seed);
      List<String> shape = shape(seed, random);
      String kind = random.chance(0.5) ? INJECTED[random.nextInt(INJECTED.length)] : "valid";
      if (!kind.equals("valid")) {
        shape.addAll(List.of("-inject", kind));
      }
      History history = generate(shape, folder);
      String verdict = verdict(history, budget);
      counts.merge(kind + ": " + verdict, 1, Integer::sum);
      if (verdict.startsWith("undecided")) {
        System.out.println("undecided: histgen " + String.join(" ", shape));
      }
      if (kind.equals("valid") && verdict.startsWith("violated")) {
        wrong.add("violated: histgen " + String.join(" ", shape));
      }
    }
    System.out.println(histories + " histories from seed " + first);
    counts.forEach((what, count) -> System.out.println(count + " " + what));
    assertThat(wrong).isEmpty();
  }

  private static List<String> shape(long seed, RandomSource random) {
    // As many of 100 to 200 operations as of 10,000 to 20,000.
    int operations = Math.min(20_000, (100 << random.nextInt(8)) + random.nextInt(100));
    List<String> shape =
        new ArrayList<>(
            List.of(
                "-seed",
                Long.toString(seed),
                "-ops",
                Integer.toString(operations),
                "-clients",
                Integer.toString(1 << (1 + random.nextInt(6))),
                "-keys",
                Integer.toString(KEYS[random.nextInt(KEYS.length)]),
                "-unknown",
                UNKNOWN[random.nextInt(UNKNOWN.length)]));
    if (random.chance(0.5)) {
      shape.add("-burst");
    }
    return shape;
  }

  private static History generate(List<String> shape, Path folder)
      throws IOException, InterruptedException {
    Path file = folder.resolve("h.jsonl");
    List<String> command = new ArrayList<>(List.of(System.getProperty("blind.histgen")));
    command.addAll(shape);
    command.addAll(List.of("-o", file.toString()));
    Process generator =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(generator.waitFor()).as(() -> String.join(" ", command)).isZero();
    History history = HistgenReader.read(file).history();
    Files.delete(file);
    return history;
  }

  private String verdict(History history, int budget) {
    OnePass pass =
        new OnePass(
            List.of(property), history.frame(), history.watches().iterator(), Budget.UNLIMITED);
    for (Operation operation : history.operations()) {
      if (!pass.hopeful()) {
        break;
      }
      pass.take(operation);
    }
    Optional<Finding> proved =
        pass.hopeful() ? Optional.ofNullable(pass.end().get(property)) : Optional.empty();
    if (proved.isPresent()) {
      return "in order, by one pass";
    }
    int[] asked = {0};
    Finding judged = property.judge(new Evidence(history), () -> ++asked[0] > budget);
    return switch (judged.status()) {
      case HOLDS, NOT_EXERCISED -> "in order, by search";
      case VIOLATED -> "violated";
      case UNDECIDED -> "undecided";
      case KNOWN, EXCLUDED -> throw new AssertionError("a judge says so of nothing: " + judged);
    };
  }
}
