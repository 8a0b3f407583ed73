package io.etcdrobustness.cli;

import io.etcdrobustness.runs.Execution;
import io.etcdrobustness.runs.Execution.Checkpoint;
import io.etcdrobustness.runs.report.ReportFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Two executions of one run, compared. */
record Repetition(Execution first, Execution second) {

  /** The first beside that in {@code report}; empty if there is none. */
  static Optional<Repetition> of(Execution first, Path report) {
    try {
      return ReportFolder.execution(report).map(second -> new Repetition(first, second));
    } catch (IOException failure) {
      throw new EnvironmentException(
          "what was written to " + report + " cannot be read back: " + failure.getMessage(),
          failure);
    }
  }

  /** Whether they are the same, to the bit. */
  boolean same() {
    return first.digest().equals(second.digest()) && otherParts().isEmpty();
  }

  /** Whether they are, and if not since when, and why. */
  String inWords() {
    if (same()) {
      return "the same execution, to the bit: %d turns, digest %s"
          .formatted(first.turns(), shortened(first.digest()));
    }
    List<String> parts = otherParts();
    String since = since();
    return parts.isEmpty()
        ? "ANOTHER execution of the same parts, " + since
        : "another execution, " + since + ", for it has other parts: " + String.join(", ", parts);
  }

  private List<String> otherParts() {
    TreeSet<String> names = new TreeSet<>(first.parts().keySet());
    names.addAll(second.parts().keySet());
    List<String> others = new ArrayList<>();
    for (String name : names) {
      String one = first.parts().getOrDefault(name, "none");
      String other = second.parts().getOrDefault(name, "none");
      if (!one.equals(other)) {
        others.add("%s %s instead of %s".formatted(name, shortened(other), shortened(one)));
      }
    }
    if (!first.arguments().equals(second.arguments())) {
      others.add("the kernel's arguments");
    }
    return others;
  }

  private String since() {
    Optional<Checkpoint> last = Optional.empty();
    for (int i = 0; i < first.checkpoints().size(); i++) {
      Checkpoint checkpoint = first.checkpoints().get(i);
      if (i >= second.checkpoints().size() || !checkpoint.equals(second.checkpoints().get(i))) {
        break;
      }
      last = Optional.of(checkpoint);
    }
    return last.map(equal ->
            "equal up to turn %d, %.3f s after the machine's start"
                .formatted(equal.turns(), equal.nanos() / 1e9))
        .orElse("from its first second on");
  }

  private static String shortened(String digest) {
    return digest.substring(0, Math.min(16, digest.length()));
  }
}
