package io.etcdrobustness.resource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The definitions as they are kept: those of the generator, and what it cannot be told. */
final class Definitions {

  private static final Path GENERATED = Path.of("target/classes/META-INF/fabric8");
  private static final String RULES = "x-kubernetes-validations:";

  /** What a matrix gives: of these, the rules can only be asked of each combination. */
  private static final Pattern GIVEN =
      Pattern.compile(
          "self\\.path|upgrade\\.path|cluster\\.version|self\\.versions|self\\.profile");

  private Definitions() {}

  /** The name of the file that is kept. */
  static Path kept(String plural) {
    return Path.of(plural + ".etcdrobustness.io-v1.yml");
  }

  /** What it must hold. */
  static String of(String plural) throws IOException {
    String yaml =
        PrinterColumns.inOrder(Files.readString(GENERATED.resolve(kept(plural).toString())));
    return plural.equals("robustnesssuites") ? boundedUpgrades(easedTemplate(yaml)) : yaml;
  }

  /**
   * The template of a suite is a test's spec without what the matrix says: an upgrade needs no
   * path, and rules between fields of which the matrix gives one are left to {@code SuiteRules},
   * which asks them of every combination.
   */
  private static String easedTemplate(String yaml) {
    List<String> lines = yaml.lines().toList();
    int begin = lines.indexOf(" ".repeat(14) + "template:") + 1;
    int end = begin;
    while (indent(lines.get(end)) > 14) {
      end++;
    }
    List<String> eased = new ArrayList<>(lines.subList(0, begin));
    eased.addAll(withoutEmptyRules(withoutGiven(lines.subList(begin, end))));
    eased.addAll(lines.subList(end, lines.size()));
    return String.join("\n", eased) + "\n";
  }

  /** Without the items of {@code required} and of rules that are about what the matrix gives. */
  private static List<String> withoutGiven(List<String> lines) {
    List<String> kept = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.strip().equals("required:") && lines.get(i + 1).strip().equals("- \"path\"")) {
        i++;
        continue;
      }
      if (!line.strip().startsWith("- message:")) {
        kept.add(line);
        continue;
      }
      int end = i + 1;
      while (end < lines.size() && indent(lines.get(end)) > indent(line)) {
        end++;
      }
      List<String> rule = lines.subList(i, end);
      if (!GIVEN.matcher(folded(rule)).find()) {
        kept.addAll(rule);
      }
      i = end - 1;
    }
    return kept;
  }

  private static List<String> withoutEmptyRules(List<String> lines) {
    List<String> kept = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      boolean empty =
          lines.get(i).strip().equals(RULES)
              && (i + 1 == lines.size() || !lines.get(i + 1).strip().startsWith("- message:"));
      if (!empty) {
        kept.add(lines.get(i));
      }
    }
    return kept;
  }

  /** The text of a rule, which stands in several lines. */
  private static String folded(List<String> rule) {
    return String.join("\n", rule).replaceAll("\\\\\n\\s*\\\\?", "");
  }

  /** The generator does not look at annotations within a list of lists. */
  private static String boundedUpgrades(String yaml) {
    String release =
        yaml.lines()
            .dropWhile(line -> !line.equals(" ".repeat(18) + "versions:"))
            .filter(line -> line.strip().startsWith("pattern:"))
            .findFirst()
            .orElseThrow()
            .strip();
    String bare =
        """
                      items:
                        type: "string"
                      type: "array"
                    maxItems: 64
        """
            .indent(8)
            .stripTrailing();
    String bounded =
        """
                      items:
                        maxLength: 32
                        %s
                        type: "string"
                      maxItems: 8
                      type: "array"
                    maxItems: 64
        """
            .formatted(release)
            .indent(8)
            .stripTrailing();
    if (!yaml.contains(bare)) {
      throw new IllegalStateException("the generator bounds lists of lists by now");
    }
    return yaml.replace(bare, bounded);
  }

  private static int indent(String line) {
    return line.length() - line.stripLeading().length();
  }
}
