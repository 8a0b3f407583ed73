package io.etcdrobustness.spec;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.etcdrobustness.engine.RandomSource;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whatever is read, there comes a test or a {@link SpecException} with places in the file. */
class SpecReaderFuzzTest {

  private static final int MUTANTS = 4000;

  private static final List<String> SNIPPETS =
      List.of(
          "\n",
          "  ",
          "\t",
          ": ",
          "- ",
          "[",
          "]",
          "{",
          "}",
          "'",
          "\"",
          "#",
          "&a ",
          "*a",
          "!!int ",
          "null",
          "~",
          "Off",
          "yes",
          "0",
          "-1",
          "99999999999999999999",
          "1.5",
          "3d",
          "9999999999d",
          "0ms",
          "500/s",
          "4096Gi",
          "v3.5.0",
          "v3.6.16",
          "v9.9.9",
          "Majority",
          "All",
          "Leader",
          "Partition",
          "Kill",
          "replicas: 1",
          "replicas: 4",
          "include: [Delay]",
          "steps: []",
          "shape: Bridge",
          "mode: Scheduled\n  schedule: '* * * * *'",
          "<<: *a",
          "---\n",
          "...\n",
          "%YAML 1.1\n",
          "\u2028",
          "\u0000",
          "\ud83d\ude00",
          "? ",
          "| ",
          "> ",
          "é");

  @FuzzTest
  void anyTextIsATestOrIsRefused(byte[] data) {
    readOrRefuse(new String(data, StandardCharsets.UTF_8), "fuzz");
  }

  @Test
  void goodTestsWithSlipsAreTestsOrAreRefused() {
    RandomSource root = new RandomSource(20261122);
    List<String> examples = Examples.all().stream().map(Examples::text).toList();
    int refused = 0;
    for (int i = 0; i < MUTANTS; i++) {
      RandomSource random = root.fork("mutant " + i);
      String mutant = random.pick(examples);
      for (long slips = random.between(1, 4); slips > 0; slips--) {
        mutant = slip(mutant, random);
      }
      if (!readOrRefuse(mutant, "seed 20261122, mutant " + i)) {
        refused++;
      }
    }
    // Both must happen, else the slips are too rough or too fine to say anything.
    assertThat(refused).as("refused of " + MUTANTS).isBetween(MUTANTS / 10, MUTANTS * 9 / 10);
  }

  private static String slip(String text, RandomSource random) {
    List<String> lines = text.lines().toList();
    int at = random.nextInt(text.length() + 1);
    int end = Math.min(text.length(), at + 1 + random.nextInt(8));
    String line = random.pick(lines);
    return switch (random.nextInt(6)) {
      case 0 -> text.substring(0, at) + text.substring(end);
      case 1 -> text.substring(0, at) + random.pick(SNIPPETS) + text.substring(at);
      case 2 -> text.substring(0, at) + random.pick(SNIPPETS) + text.substring(end);
      case 3 -> text + line + "\n";
      case 4 -> text.replace(line + "\n", "");
      default -> value(text, line, random);
    };
  }

  /** One line with another value. */
  private static String value(String text, String line, RandomSource random) {
    int colon = line.indexOf(": ");
    return colon < 0
        ? text
        : text.replace(line, line.substring(0, colon + 2) + random.pick(SNIPPETS));
  }

  /** Whether it is a test. */
  private static boolean readOrRefuse(String text, String origin) {
    try {
      TestDocument test = new SpecReader(Examples.KNOWN).read("f", text);
      assertThat(new SpecRules(Examples.KNOWN).problems(test.spec())).as(origin).isEmpty();
      assertThat(test.name()).as(origin).matches("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
      return true;
    } catch (SpecException refused) {
      assertThat(refused.mistakes()).as(origin).isNotEmpty();
      assertThat(String.valueOf(refused.getMessage()).lines().count())
          .as(origin + ": one line for each")
          .isEqualTo(refused.mistakes().size());
      long lines = text.chars().filter(c -> "\n\r\u0085\u2028\u2029".indexOf(c) >= 0).count() + 1;
      for (Mistake mistake : refused.mistakes()) {
        assertThat((long) mistake.line()).as(origin + ": " + mistake).isBetween(1L, lines);
        assertThat(mistake.column()).as(origin + ": " + mistake).isPositive();
      }
      return false;
    }
  }
}
