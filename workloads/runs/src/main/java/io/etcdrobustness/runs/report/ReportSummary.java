package io.etcdrobustness.runs.report;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.etcdrobustness.checker.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a list of reports tells of one, from its {@code run.json}. Unlike {@link ReportFolder#read}
 * it understands no spec, and so the reports of any build.
 *
 * @param test the test's name
 * @param startedAt when the run began
 * @param etcd the releases that its members ran, in their order; none if none was seen
 * @param told what else it tells; older builds told less
 */
public record ReportSummary(
    String test, Verdict verdict, Instant startedAt, long seed, List<String> etcd, Told told) {

  /** A spec of a thousand steps has a tenth of this. */
  private static final long LONGEST = 1_000_000;

  private static final int LONGEST_WORD = 253;
  private static final int LONGEST_SENTENCE = 1024;
  private static final int MOST_VIOLATIONS = 5;
  private static final Pattern MILLIS = Pattern.compile("([0-9]{1,15})ms");

  public ReportSummary {
    etcd = List.copyOf(etcd);
  }

  /** A summary that tells nothing else. */
  public ReportSummary(
      String test, Verdict verdict, Instant startedAt, long seed, List<String> etcd) {
    this(test, verdict, startedAt, seed, etcd, Told.NOTHING);
  }

  /**
   * What it tells of how the run went.
   *
   * @param took empty while the run goes on
   * @param planned faults
   * @param confirmed faults of these
   * @param violations the first of each property, at most a few
   * @param reasons why the verdict is what it is, in one sentence; may be empty
   */
  public record Told(
      Optional<Duration> took,
      OptionalLong operations,
      OptionalLong planned,
      OptionalLong confirmed,
      List<Broken> violations,
      String reasons) {

    static final Told NOTHING =
        new Told(
            Optional.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            List.of(),
            "");

    public Told {
      violations = List.copyOf(violations);
    }
  }

  /** A property that is broken, and how, in a sentence. */
  public record Broken(String property, String summary) {}

  /** The releases in words. */
  public String releases() {
    return etcd.isEmpty() ? "none" : String.join(", ", etcd);
  }

  private record RunJson(
      @Nullable String name,
      @Nullable String verdict,
      @Nullable String startedAt,
      @JsonProperty(required = true) long seed,
      @Nullable Map<String, String> etcd,
      @Nullable List<@Nullable String> reasons,
      @Nullable Long operations,
      @Nullable String took,
      @Nullable FaultsJson faults,
      @Nullable List<@Nullable BrokenJson> violations) {}

  private record FaultsJson(@Nullable Long planned, @Nullable Long confirmed) {}

  private record BrokenJson(@Nullable String property, @Nullable String summary) {}

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
        releases(run.etcd == null ? Map.of() : run.etcd),
        told(run));
  }

  private static Told told(RunJson run) {
    List<Broken> violations = new ArrayList<>();
    if (run.violations != null) {
      for (BrokenJson broken : run.violations) {
        if (broken != null && broken.property != null && violations.size() < MOST_VIOLATIONS) {
          violations.add(
              new Broken(cut(broken.property), cut(requireNonNullElse(broken.summary, ""))));
        }
      }
    }
    return new Told(
        took(run.took),
        count(run.operations),
        count(run.faults == null ? null : run.faults.planned),
        count(run.faults == null ? null : run.faults.confirmed),
        violations,
        run.reasons == null
            ? ""
            : cut(run.reasons.stream().filter(Objects::nonNull).collect(Collectors.joining("; "))));
  }

  private static Optional<Duration> took(@Nullable String text) {
    Matcher millis = MILLIS.matcher(requireNonNullElse(text, ""));
    return millis.matches()
        ? Optional.of(Duration.ofMillis(Long.parseLong(millis.group(1))))
        : Optional.empty();
  }

  private static OptionalLong count(@Nullable Long number) {
    return number == null || number < 0 ? OptionalLong.empty() : OptionalLong.of(number);
  }

  private static String cut(String text) {
    return text.length() <= LONGEST_SENTENCE ? text : text.substring(0, LONGEST_SENTENCE - 1) + "…";
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
