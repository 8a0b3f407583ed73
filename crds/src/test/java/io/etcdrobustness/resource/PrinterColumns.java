package io.etcdrobustness.resource;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Puts the columns of {@code kubectl get} into the order in which people read them: the generator
 * sorts them by the path of their fields.
 */
final class PrinterColumns {

  private static final List<String> ORDER =
      List.of(
          "Verdict",
          "Phase",
          "Done",
          "Passed",
          "Failed",
          "Ops",
          "Faults",
          "Violations",
          "Etcd",
          "Age");

  private PrinterColumns() {}

  /** The same definition with its columns in order: those of {@code get} before the wide ones. */
  static String inOrder(String yaml) {
    List<String> before = new ArrayList<>();
    List<List<String>> columns = new ArrayList<>();
    List<String> after = new ArrayList<>();
    boolean inside = false;
    for (String line : yaml.split("\n", -1)) {
      if (columns.isEmpty() && !inside) {
        before.add(line);
        inside = line.equals("  - additionalPrinterColumns:");
      } else if (inside && line.startsWith("    - ")) {
        columns.add(new ArrayList<>(List.of(line)));
      } else if (inside && line.startsWith("      ")) {
        columns.getLast().add(line);
      } else {
        inside = false;
        after.add(line);
      }
    }
    List<String> lines = new ArrayList<>(before);
    columns.stream().sorted(Comparator.comparingInt(PrinterColumns::rank)).forEach(lines::addAll);
    lines.addAll(after);
    return String.join("\n", lines);
  }

  private static int rank(List<String> column) {
    String text = column.stream().collect(Collectors.joining("\n"));
    for (int i = 0; i < ORDER.size(); i++) {
      if (text.contains("name: \"" + ORDER.get(i) + "\"")) {
        return i;
      }
    }
    return ORDER.size();
  }
}
