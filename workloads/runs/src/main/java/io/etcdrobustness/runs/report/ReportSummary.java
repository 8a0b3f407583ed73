package io.etcdrobustness.runs.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.etcdrobustness.checker.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a list of reports tells of one, from its {@code run.json}. Unlike {@link ReportFolder#read}
 * it understands no spec, and so the reports of any build.
 *
 * @param test the test's name
 * @param startedAt when the run began
 * @param etcd the releases that its members ran, in their order; none if none was seen
 */
public record ReportSummary(
    String test, Verdict verdict, Instant startedAt, long seed, List<String> etcd) {

  /** A spec of a thousand steps has a tenth of this. */
  private static final long LONGEST = 1_000_000;

  private static final int LONGEST_WORD = 253;

  public ReportSummary {
    etcd = List.copyOf(etcd);
  }

  /** The releases in words. */
  public String releases() {
    return etcd.isEmpty() ? "none" : String.join(", ", etcd);
  }

  private record RunJson(
      @Nullable String name,
      @Nullable String verdict,
      @Nullable String startedAt,
      @JsonProperty(required = true) long seed,
      @Nullable Map<String, String> etcd) {}

  /**
   * Reads {@code run.json} of the report in {@code directory}.
   *
   * @throws IOException if there is none, or it lacks something, with what
   */
  public static ReportSummary read(Path directory) throws IOException {
    Path file = directory.resolve("run.json");
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException("it holds no run.json, so it is no report of a run");
    }
    if (Files.size(file) > LONGEST) {
      throw new IOException("its run.json is longer than " + Html.size(LONGEST));
    }
    RunJson run = Json.read(Files.readString(file), RunJson.class);
    if (run == null) {
      throw new IOException("its run.json holds nothing");
    }
    return new ReportSummary(
        word("name", run.name),
        verdict(word("verdict", run.verdict)),
        instant(word("startedAt", run.startedAt)),
        run.seed,
        releases(run.etcd == null ? Map.of() : run.etcd));
  }

  private static List<String> releases(Map<String, String> etcd) throws IOException {
    TreeSet<String> releases = new TreeSet<>();
    for (String release : etcd.values()) {
      releases.add(word("etcd", release));
    }
    return List.copyOf(releases);
  }

  private static Verdict verdict(String label) throws IOException {
    for (Verdict verdict : Verdict.values()) {
      if (verdict.label().equals(label)) {
        return verdict;
      }
    }
    throw new IOException(
        "the verdict in its run.json is none of Passed, Failed, Inconclusive, Error");
  }

  private static Instant instant(String text) throws IOException {
    try {
      return Instant.parse(text);
    } catch (DateTimeException wrong) {
      throw new IOException("startedAt in its run.json is no time such as 2026-11-22T02:00:00Z");
    }
  }

  private static String word(String field, @Nullable String text) throws IOException {
    if (text == null || text.isEmpty() || text.length() > LONGEST_WORD) {
      throw new IOException(
          "%s in its run.json is missing, or has more than %d characters"
              .formatted(field, LONGEST_WORD));
    }
    return text;
  }
}
