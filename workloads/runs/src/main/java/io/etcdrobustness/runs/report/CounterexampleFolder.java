package io.etcdrobustness.runs.report;

import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.minimal.Counterexample;
import io.etcdrobustness.history.Describe;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.file.HistoryWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A counterexample as files: {@code history/}, which {@code robustness check} judges, as JSON lines
 * since it is small and to be read; {@code counterexample.txt}, in words; and a JUnit test that
 * stands alone, to be dropped into whatever has this project's {@code checker} and {@code history}
 * on its class path.
 */
public final class CounterexampleFolder {

  /** A method of Java holds 64 KiB of byte code, and each line of text takes some of it. */
  private static final int MOST_LINES = 5_000;

  /** A string constant of Java holds 65,535 bytes; of ASCII that is as many chars. */
  private static final int LONGEST_LINE = 65_535;

  private CounterexampleFolder() {}

  /**
   * Writes it.
   *
   * @return what was written: lines for a reader
   * @throws IOException if {@code folder} holds a history already, or cannot be written
   */
  public static List<String> write(Path folder, Property property, Counterexample found)
      throws IOException {
    History history = found.history();
    Path historyFolder = folder.resolve("history");
    HistoryWriter writer = HistoryWriter.open(historyFolder, history.facts(), _ -> {});
    try (writer) {
      history.operations().forEach(writer::record);
      history.watches().forEach(writer::record);
      history.faults().forEach(writer::record);
      history.memberEvents().forEach(writer::record);
      history.phases().forEach(writer::record);
    }
    List<String> told = new ArrayList<>();
    told.add("%s: judged again by `robustness check`".formatted(historyFolder));
    Path words = folder.resolve("counterexample.txt");
    Files.write(words, inWords(property, found));
    told.add("%s: in words".formatted(words));
    Path test = folder.resolve(className(property) + ".java");
    TreeMap<String, List<String>> files = files(historyFolder);
    if (fits(files)) {
      Files.write(test, asTest(property, found, files));
      told.add("%s: as a JUnit test".formatted(test));
    } else {
      told.add(
          "too large for a JUnit test: a method of Java holds no more than %d lines of up to %d chars"
              .formatted(MOST_LINES, LONGEST_LINE));
    }
    return told;
  }

  /** The counterexample for a reader: what is impossible, and all that it takes to see it. */
  public static List<String> inWords(Property property, Counterexample found) {
    List<String> lines = new ArrayList<>();
    lines.add(property.name() + ": " + property.explanation().statement());
    lines.add("");
    lines.add(found.violation().summary());
    lines.add("");
    Set<Long> needed = new HashSet<>(found.operations());
    for (Operation operation : found.history().operations()) {
      if (needed.contains(operation.id())) {
        lines.add("  " + Describe.operation(operation));
      }
    }
    Set<Long> watches = new HashSet<>(found.watches());
    found.history().watches().stream()
        .filter(message -> watches.contains(message.watch()))
        .forEach(message -> lines.add("  " + Describe.watch(message)));
    lines.add("");
    lines.add(
        found.smallest()
            ? "Leave out any of these, and nothing is violated."
            : "The time was up before it was certain that each of these is needed.");
    if (found.history().facts().otherWriters()) {
      lines.add("It holds whoever else may have written to the cluster.");
    } else if (found.forgotten() > 0) {
      lines.add(
          "It holds since nobody else wrote: %d more operations may have done something, whatever"
                  .formatted(found.forgotten())
              + " they were told.");
    }
    return lines;
  }

  private static String className(Property property) {
    return property.name() + "CounterexampleTest";
  }

  private static TreeMap<String, List<String>> files(Path folder) throws IOException {
    TreeMap<String, List<String>> files = new TreeMap<>();
    List<Path> paths;
    try (Stream<Path> list = Files.list(folder)) {
      paths = list.toList();
    }
    for (Path path : paths) {
      files.put(String.valueOf(path.getFileName()), Files.readAllLines(path));
    }
    return files;
  }

  private static boolean fits(TreeMap<String, List<String>> files) {
    return files.values().stream().mapToInt(List::size).sum() <= MOST_LINES
        && files.values().stream()
            .flatMap(List::stream)
            .allMatch(line -> line.length() <= LONGEST_LINE);
  }

  private static List<String> asTest(
      Property property, Counterexample found, TreeMap<String, List<String>> files) {
    List<String> lines = new ArrayList<>();
    lines.addAll(
        List.of(
            "import static org.junit.jupiter.api.Assertions.assertEquals;",
            "",
            "import io.etcdrobustness.checker.Budget;",
            "import io.etcdrobustness.checker.Catalogue;",
            "import io.etcdrobustness.checker.Evidence;",
            "import io.etcdrobustness.checker.Finding;",
            "import io.etcdrobustness.history.file.HistoryReader;",
            "import java.nio.file.Files;",
            "import java.nio.file.Path;",
            "import java.util.List;",
            "import org.junit.jupiter.api.Test;",
            "import org.junit.jupiter.api.io.TempDir;",
            "",
            "/**",
            " * " + comment(found.violation().summary()),
            " */",
            "class " + className(property) + " {",
            "",
            "  @TempDir private Path folder;",
            "",
            "  @Test",
            "  void isViolated() throws Exception {"));
    files.forEach((name, content) -> {
      lines.add("    Files.write(");
      lines.add("        folder.resolve(\"%s\"),".formatted(name));
      lines.add("        List.of(");
      for (int i = 0; i < content.size(); i++) {
        lines.add(
            "            \"%s\"%s"
                .formatted(literal(content.get(i)), i + 1 < content.size() ? "," : "));"));
      }
    });
    lines.addAll(
        List.of(
            "    Finding finding =",
            "        Catalogue.of(Catalogue.Options.DEFAULT)",
            "            .find(\"" + property.name() + "\")",
            "            .orElseThrow()",
            "            .judge(",
            "                new Evidence(HistoryReader.read(folder).history()), Budget.UNLIMITED);",
            "    assertEquals(Finding.Status.VIOLATED, finding.status(), finding::note);",
            "  }",
            "}"));
    return lines;
  }

  private static String literal(String line) {
    return line.replace("\\", "\\\\").replace("\"", "\\\"");
  }

  /** Nothing in a comment may end it, or be taken for an escape. */
  private static String comment(String words) {
    return words.replace("*/", "* /").replace("\\u", "\\\\u").replace("\n", " ");
  }
}
