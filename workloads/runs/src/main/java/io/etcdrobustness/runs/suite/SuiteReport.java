package io.etcdrobustness.runs.suite;

import io.etcdrobustness.checker.Verdict;
import io.etcdrobustness.runs.report.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/**
 * What {@code suite.json} holds; its names are a contract.
 *
 * @param format of the file
 * @param verdict the worst of the runs', as users read it
 * @param reasons why it is not {@code Passed}
 * @param startedAt such as {@code 2026-11-22T02:00:00Z}
 * @param seed of the runs for which neither the matrix nor the template has one
 * @param command what to type to run it again
 */
public record SuiteReport(
    int format,
    String name,
    String verdict,
    List<String> reasons,
    String substrate,
    String startedAt,
    long seed,
    String command,
    List<Line> runs) {

  static final int FORMAT = 1;
  static final String FILE = "suite.json";

  public SuiteReport {
    reasons = List.copyOf(reasons);
    runs = List.copyOf(runs);
  }

  /**
   * One run.
   *
   * @param etcd the row it stands in: a release, or the way of an upgrade
   * @param others the column it stands in; empty if the matrix has no other axis
   * @param verdict {@link #NOT_RUN} if there is none
   * @param faults that were injected
   * @param confirmed faults that were measured to take effect
   * @param report its folder, within the suite's
   */
  public record Line(
      String etcd,
      String others,
      long seed,
      String verdict,
      List<String> reasons,
      long operations,
      long faults,
      long confirmed,
      String report) {

    /** The verdict of a run that was not carried out, or is not over. */
    public static final String NOT_RUN = "NotRun";

    public Line {
      reasons = List.copyOf(reasons);
    }

    /** What was run, for people. */
    public String inWords() {
      return others.isEmpty() ? etcd : etcd + " · " + others;
    }

    /** Whether it came to an end. */
    public boolean ran() {
      return !verdict.equals(NOT_RUN);
    }

    /** The verdict for people. */
    public String verdictInWords() {
      return ran() ? verdict : "not run";
    }

    boolean isPassed() {
      return verdict.equals(Verdict.PASSED.label());
    }
  }

  /** The verdict. */
  public Verdict worst() {
    for (Verdict known : Verdict.values()) {
      if (known.label().equals(verdict)) {
        return known;
      }
    }
    throw new IllegalStateException(verdict + " is no verdict");
  }

  /** The rows of the table, in order. */
  public List<String> rows() {
    return List.copyOf(new LinkedHashSet<>(runs.stream().map(Line::etcd).toList()));
  }

  /** The columns of the table, in order. */
  public List<String> columns() {
    return List.copyOf(new LinkedHashSet<>(runs.stream().map(Line::others).toList()));
  }

  /** What stands in a cell; empty where the combination was excluded. */
  public Optional<Line> cell(String row, String column) {
    return runs.stream()
        .filter(line -> line.etcd.equals(row) && line.others.equals(column))
        .findFirst();
  }

  /** How many came to which end: {@code 7 of 8 runs passed, 1 failed}. */
  public String counts() {
    StringBuilder text = new StringBuilder();
    text.append("%d of %d runs passed".formatted(count(Verdict.PASSED.label()), runs.size()));
    for (String other :
        List.of(
            Verdict.FAILED.label(),
            Verdict.ERROR.label(),
            Verdict.INCONCLUSIVE.label(),
            Line.NOT_RUN)) {
      long count = count(other);
      if (count > 0) {
        text.append(", ").append(count).append(' ').append(other(other));
      }
    }
    return text.toString();
  }

  private static String other(String verdict) {
    return verdict.equals(Line.NOT_RUN) ? "not run" : verdict;
  }

  private long count(String verdict) {
    return runs.stream().filter(line -> line.verdict.equals(verdict)).count();
  }

  /** Whether {@code directory} holds one. */
  public static boolean isIn(Path directory) {
    return Files.isRegularFile(directory.resolve(FILE));
  }

  /**
   * Reads the one in {@code directory}.
   *
   * @throws IOException if it is not one, or of a newer format
   */
  public static SuiteReport read(Path directory) throws IOException {
    Path file = directory.resolve(FILE);
    SuiteReport report = Json.read(Files.readString(file), SuiteReport.class);
    if (report.format() > FORMAT) {
      throw new IOException(
          "%s is of format %d, and this build reads up to %d"
              .formatted(file, report.format(), FORMAT));
    }
    return report;
  }
}
