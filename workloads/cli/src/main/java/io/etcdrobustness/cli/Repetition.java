package io.etcdrobustness.cli;

import io.etcdrobustness.history.History;
import io.etcdrobustness.runs.Execution;
import io.etcdrobustness.runs.Execution.Checkpoint;
import io.etcdrobustness.runs.report.ReportFolder;
import io.etcdrobustness.runs.vm.Stop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Two executions of one run, compared.
 *
 * @param upTo of the run's clock, ns: where the second one was stopped, or left the first; nothing
 *     is expected of it from then on
 * @param difference the first that was observed; empty also where nobody looked for it
 */
record Repetition(
    Execution first,
    Execution second,
    Closer closer,
    long upTo,
    Optional<FirstDifference> difference) {

  /**
   * The run of {@code closer} beside that in {@code report}; empty if either repeats nothing.
   *
   * @param history of the second
   */
  static Optional<Repetition> of(
      Optional<Execution> first, Closer closer, Path report, History history) {
    try {
      Optional<Execution> second = ReportFolder.execution(report);
      if (first.isEmpty() || second.isEmpty()) {
        return Optional.empty();
      }
      Optional<Long> stopped = Stop.read(report.resolve("members")).map(Stop::at);
      long upTo =
          stopped
              .or(() -> closer.branching().map(branching -> branching.at().toNanos()))
              .orElse(Long.MAX_VALUE);
      Repetition compared =
          new Repetition(first.get(), second.get(), closer, upTo, Optional.empty());
      // What was observed is only read where it tells more than the digests.
      boolean told = upTo == Long.MAX_VALUE && compared.same();
      return Optional.of(
          told
              ? compared
              : new Repetition(
                  first.get(),
                  second.get(),
                  closer,
                  upTo,
                  FirstDifference.between(
                      Recorded.in(closer.report()).history(),
                      history,
                      stopped.orElse(Long.MAX_VALUE))));
    } catch (IOException failure) {
      throw new EnvironmentException(
          "what was written to " + report + " cannot be read back: " + failure.getMessage(),
          failure);
    }
  }

  /** Whether the second one is the first, to the bit and to its end. */
  boolean isTheWhole() {
    return upTo == Long.MAX_VALUE && same();
  }

  /** Whether the second one is the first, to the bit, as far as it is meant to be. */
  boolean same() {
    if (!otherParts().isEmpty()) {
      return false;
    }
    if (upTo == Long.MAX_VALUE) {
      return first.digest().equals(second.digest());
    }
    return isUnseen() && equalCheckpoints() == meant();
  }

  /** Whether they are, and if not since when, and why. */
  String inWords() {
    List<String> parts = otherParts();
    if (!parts.isEmpty()) {
      return "another execution, "
          + since()
          + ", for it has other parts: "
          + String.join(", ", parts);
    }
    if (closer.look().debugLogs()) {
      return "another execution, for members that log at the level debug call their kernel more often"
          + (difference.isEmpty()
              ? String.format(
                  Locale.ROOT,
                  "; but nothing was observed to differ%s",
                  upTo == Long.MAX_VALUE ? "" : " up to %.6f s".formatted(upTo / 1e9))
              : observed());
    }
    if (upTo == Long.MAX_VALUE) {
      return same()
          ? "the same execution, to the bit: %d turns, digest %s"
              .formatted(first.turns(), shortened(first.digest()))
          : "ANOTHER execution of the same parts, " + since() + observed();
    }
    return String.format(
        Locale.ROOT,
        "%s up to %.6f s: %s%s",
        same() ? "the same execution" : "ANOTHER execution of the same parts",
        upTo / 1e9,
        since(),
        (isUnseen() ? ", and nothing was observed to differ" : "") + observed());
  }

  /** Whether nothing differed before it was to. */
  private boolean isUnseen() {
    return difference.isEmpty() || difference.get().at() >= upTo;
  }

  /** The first difference that was observed, as the rest of a sentence. */
  private String observed() {
    return difference
        .map(first -> "; the first difference that was observed is at " + first.inWords())
        .orElse("");
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

  /** How many checkpoints should be equal: the machine's clock is ahead of the run's. */
  private int meant() {
    return (int) first.checkpoints().stream().filter(at -> at.nanos() <= upTo).count();
  }

  private int equalCheckpoints() {
    int equal = 0;
    while (equal < first.checkpoints().size()
        && equal < second.checkpoints().size()
        && (upTo == Long.MAX_VALUE || first.checkpoints().get(equal).nanos() <= upTo)
        && first.checkpoints().get(equal).equals(second.checkpoints().get(equal))) {
      equal++;
    }
    return equal;
  }

  private String since() {
    int equal = equalCheckpoints();
    if (equal == 0) {
      return meant() == 0 ? "no checkpoint lies before that" : "from its first second on";
    }
    Checkpoint last = first.checkpoints().get(equal - 1);
    return String.format(
        Locale.ROOT,
        "equal at %d checkpoints, up to turn %d, %.3f s after the machine's start",
        equal,
        last.turns(),
        last.nanos() / 1e9);
  }

  private static String shortened(String digest) {
    return digest.substring(0, Math.min(16, digest.length()));
  }
}
