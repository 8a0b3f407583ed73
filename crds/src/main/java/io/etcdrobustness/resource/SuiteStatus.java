package io.etcdrobustness.resource;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.etcdrobustness.resource.Status.Condition;
import io.etcdrobustness.resource.Status.Phase;
import io.etcdrobustness.resource.Status.Verdict;
import io.fabric8.crd.generator.annotation.PrinterColumn;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a suite: its verdict, the table of those of its tests, and how earlier rounds
 * ended. It stays below 100 kB however large the matrix is: lists and texts are cut to what the
 * schema allows, and the tests say the rest.
 *
 * @param verdict the worst of its tests'
 * @param done tests that are over, of all: 5/8
 * @param digest of what all tests are made of, and so of what the verdict is about
 * @param table the verdict of each combination
 * @param notPassed the tests that did not pass, the worst first
 * @param history the last rounds, the newest last
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SuiteStatus(
    @JsonPropertyDescription("The generation of the spec that this is about.") @Min(0)
        @Nullable Long observedGeneration,
    @JsonPropertyDescription(
            "The worst verdict of the suite's tests: Failed as soon as one has failed, else absent"
                + " until all are over.")
        @PrinterColumn(name = "Verdict")
        @Nullable Verdict verdict,
    @JsonPropertyDescription("One word for what is going on.") @PrinterColumn(name = "Phase")
        @Nullable Phase phase,
    @JsonPropertyDescription("Why the verdict is what it is, as one word.")
        @Size(max = 128)
        @PrinterColumn(name = "Reason", priority = 1)
        @Nullable String reason,
    @JsonPropertyDescription("Why the verdict is what it is, as a sentence.")
        @Size(max = Status.MOST_TEXT)
        @PrinterColumn(name = "Message", priority = 1)
        @Nullable String message,
    @JsonPropertyDescription("Tests that are over, of all: 5/8.")
        @Size(max = 16)
        @PrinterColumn(name = "Done")
        @Nullable String done,
    @JsonPropertyDescription("How many tests stand where.") @Nullable Counts counts,
    @JsonPropertyDescription(
            "The seed of tests for which neither the matrix nor the template has one.")
        @Nullable Long seed,
    @JsonPropertyDescription(
            "Digest of what the tests are made of. A change of it begins a new round and takes back"
                + " the verdict.")
        @Size(max = 64)
        @Nullable String digest,
    @JsonPropertyDescription("When the round began.") @Size(max = 40) @Nullable String startTime,
    @JsonPropertyDescription("When all of its tests were over.") @Size(max = 40)
        @Nullable String completionTime,
    @JsonPropertyDescription("The conditions Running, Complete and Passed.") @Size(max = 16)
        List<Condition> conditions,
    @JsonPropertyDescription("The verdict of each combination.") @Nullable Table table,
    @JsonPropertyDescription("The tests that did not pass, the worst first.")
        @Size(max = SuiteStatus.MOST_NOT_PASSED)
        List<NotPassed> notPassed,
    @JsonPropertyDescription("The last rounds, the newest last.")
        @Size(max = SuiteStatus.MOST_ROUNDS)
        List<Round> history) {

  /** No status tells of more tests why they did not pass. */
  public static final int MOST_NOT_PASSED = 40;

  /** No status lists more rounds. */
  public static final int MOST_ROUNDS = 20;

  /** A matrix has no more combinations; each is in at most one row and one column. */
  private static final int MOST_COMBINATIONS = 512;

  private static final int MOST_HEADING = 128;

  private static final int MOST_COLUMN = 72;

  public SuiteStatus {
    conditions = Status.first(16, conditions);
    notPassed = Status.first(MOST_NOT_PASSED, notPassed);
    history = Status.last(MOST_ROUNDS, history);
  }

  /** How a combination stands: its verdict, or where it is on the way to one. */
  public enum Cell {
    Passed,
    Failed,
    Inconclusive,
    Error,
    /** Its test is under way. */
    UnderWay,
    /** Its turn has not come. */
    Waiting,
    /** The suite ended before its turn came. */
    NotRun,
    /** It is left out. */
    Excluded
  }

  /** How many tests stand where. */
  public record Counts(
      @JsonPropertyDescription("Tests that passed.") @Min(0) Integer passed,
      @JsonPropertyDescription("Tests that failed.") @Min(0) Integer failed,
      @JsonPropertyDescription("Tests without enough evidence.") @Min(0) Integer inconclusive,
      @JsonPropertyDescription("Tests whose environment failed.") @Min(0) Integer error,
      @JsonPropertyDescription("Tests under way.") @Min(0) Integer underWay,
      @JsonPropertyDescription("Tests whose turn has not come.") @Min(0) Integer waiting,
      @JsonPropertyDescription("Tests whose turn never came, since the suite ended.") @Min(0)
          Integer notRun) {}

  /**
   * The table of verdicts.
   *
   * @param columns what the verdicts of a row are of, in their order
   */
  public record Table(
      @JsonPropertyDescription("What the verdicts of a row are of, in their order: Mixed · seed 1.")
          @Size(max = MOST_COMBINATIONS)
          List<@Size(max = MOST_COLUMN) String> columns,
      @JsonPropertyDescription("A row for each release, and for each upgrade.") @Size(max = 128)
          List<Row> rows) {
    public Table {
      columns = headings(columns);
      rows = Status.first(128, rows);
    }
  }

  /** A row of the table. */
  public record Row(
      @JsonPropertyDescription("The release, or the way of the upgrade.")
          @Required
          @Size(max = MOST_HEADING)
          String etcd,
      @JsonPropertyDescription("A verdict for each column.") @Size(max = MOST_COMBINATIONS)
          List<Cell> verdicts) {
    public Row {
      etcd = heading(etcd);
      verdicts = Status.first(MOST_COMBINATIONS, verdicts);
    }
  }

  /** A test that did not pass. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record NotPassed(
      @JsonPropertyDescription("The RobustnessTest.") @Required @Size(max = 253) String test,
      @JsonPropertyDescription("The combination.") @Required @Size(max = MOST_HEADING)
          String combination,
      @JsonPropertyDescription("Its verdict.") @Required Verdict verdict,
      @JsonPropertyDescription("Its run.") @Size(max = 253) @Nullable String run,
      @JsonPropertyDescription("Why, as a sentence.") @Size(max = MOST_MESSAGE)
          @Nullable String message) {
    private static final int MOST_MESSAGE = 256;

    public NotPassed {
      combination = heading(combination);
      message = message == null ? null : cut(message, MOST_MESSAGE);
    }
  }

  /** A round that is over: every test of one digest. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Round(
      @JsonPropertyDescription("Digest of what it was made of.") @Required @Size(max = 64)
          String digest,
      @JsonPropertyDescription("Its verdict.") @Required Verdict verdict,
      @JsonPropertyDescription("How many tests stood where.") Counts counts,
      @JsonPropertyDescription("When it began.") @Size(max = 40) @Nullable String startTime,
      @JsonPropertyDescription("When it ended.") @Size(max = 40) @Nullable String completionTime) {}

  private static List<String> headings(@Nullable List<String> all) {
    return Status.first(MOST_COMBINATIONS, all).stream()
        .map(column -> cut(column, MOST_COLUMN))
        .toList();
  }

  /** A way of many releases is long; its beginning and its end tell most. */
  private static String heading(String text) {
    if (text.length() <= MOST_HEADING) {
      return text;
    }
    int end = MOST_HEADING / 2;
    return text.substring(0, MOST_HEADING - end - 1) + "…" + text.substring(text.length() - end);
  }

  private static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most - 1) + "…";
  }
}
