package io.etcdrobustness.runs.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.KnownIssues;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.Violation;
import io.etcdrobustness.history.Describe;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Watch;
import io.etcdrobustness.runs.windows.RunFindings;
import io.etcdrobustness.runs.windows.StoredWindow;
import io.etcdrobustness.runs.windows.WindowCounts;
import java.io.IOException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The page that a person opens: one file without any address in it, so that it can be mailed and
 * read years later. Its size is bounded: the run is told in slices, violations by what is around
 * them.
 */
final class HtmlReport {

  private static final int MOST_ROWS = 60;
  private static final int MOST_WATCH_LINES = 40;
  private static final int MOST_BAD_LINES = 40;
  private static final int MOST_VIOLATIONS = 12;
  private static final int MOST_OF_A_PROPERTY = 3;
  private static final int LONGEST_TEXT = 400;
  private static final long AROUND = 250_000_000;

  private static final ObjectMapper JSON = JsonMapper.builder().build();

  private final Report report;
  private final History history;

  private HtmlReport(Report report, History history) {
    this.report = report;
    this.history = history;
  }

  /**
   * The page.
   *
   * @param properties all that were judged, for their words
   */
  static String of(Report report, List<Property> properties) {
    HtmlReport page = new HtmlReport(report, report.history());
    return page.render(page.data(properties, Timeline.of(report.history())));
  }

  /**
   * The page of a continuous run.
   *
   * @throws IOException if the record of a window cannot be read
   */
  static String of(WindowedReport windowed, List<Property> properties) throws IOException {
    Report report = windowed.report();
    History shown = report.history();
    HtmlReport page = new HtmlReport(report, shown);
    long begin =
        shown.phases().isEmpty() || windowed.shown() == 1 ? 0 : shown.phases().getFirst().time();
    Map<String, Object> data = page.data(properties, Timeline.of(shown, begin));
    WindowCounts counts = windowed.standing().counts();
    // A run that a violation, or somebody, has ended had less than was planned.
    data.put(
        "traffic", Math.min(report.spec().trafficTime().toNanos(), windowed.standing().runNanos()));
    data.put("operations", counts.operations());
    data.put("unknown", counts.unknown());
    data.put("events", counts.events());
    data.put("windows", windowed.standing());
    data.put("shown", windowed.shown());
    data.put("violations", violations(windowed));
    return page.render(data);
  }

  /** Of each violated window that is kept, with what ran around it there. */
  private static List<Map<String, Object>> violations(WindowedReport windowed) throws IOException {
    List<Map<String, Object>> all = new ArrayList<>();
    for (int window : windowed.standing().kept().failed()) {
      if (all.size() < MOST_VIOLATIONS) {
        History history =
            window == windowed.shown()
                ? windowed.report().history()
                : StoredWindow.read(windowed.folders().of(window));
        new HtmlReport(windowed.report(), history)
            .violations(violation -> RunFindings.isOf(window, violation)).stream()
                .limit(MOST_VIOLATIONS - all.size())
                .forEach(all::add);
      }
    }
    return all;
  }

  private String render(Map<String, Object> data) {
    String verdict = report.assessment().verdict().label();
    return ReportTemplate.alone(verdict + " · " + report.name(), json(data));
  }

  private Map<String, Object> data(List<Property> properties, Timeline timeline) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("name", report.name());
    data.put("verdict", report.assessment().verdict().label());
    data.put("reasons", report.assessment().reasons());
    data.put("etcd", report.etcd());
    data.put("versions", new TreeMap<>(report.versions()));
    data.put("upgrade", report.upgrade());
    data.put("spans", VersionSpan.of(history, timeline.end()));
    data.put("substrate", report.substrate());
    data.put("seed", Long.toString(report.seed()));
    data.put("traffic", report.spec().trafficTime().toNanos());
    data.put("startedAt", report.startedAt().truncatedTo(ChronoUnit.SECONDS).toString());
    data.put("operations", history.operations().size());
    data.put(
        "unknown",
        history.operations().stream().filter(o -> o.outcome() instanceof Outcome.Unknown).count());
    data.put(
        "events",
        history.watches().stream()
            .mapToLong(w -> w instanceof Watch.Events events ? events.events().size() : 0)
            .sum());
    data.put("timeline", timeline);
    data.put(
        "faults", history.faults().stream().map(fault -> fault(fault, timeline.end())).toList());
    data.put("findings", findings(properties));
    data.put("violations", violations(_ -> true));
    data.put("explanations", explanations(properties));
    data.put("badLines", badLines());
    data.put("logs", report.logs().keySet().stream().sorted().map(m -> "members/" + m).toList());
    data.put("command", report.command());
    data.put("spec", Json.of(report.spec()));
    return data;
  }

  private static Map<String, Object> fault(FaultWindow fault, long end) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("id", fault.id());
    data.put("kind", fault.kind());
    data.put("target", fault.target());
    data.put("members", fault.members());
    data.put("detail", fault.detail());
    data.put("start", fault.start());
    data.put("end", Math.min(fault.end(), end));
    data.put("result", fault.result().name());
    data.put("proof", cut(fault.proof()));
    return data;
  }

  private List<Map<String, Object>> findings(List<Property> properties) {
    Map<String, Property> byName = new HashMap<>();
    properties.forEach(property -> byName.put(property.name(), property));
    List<Map<String, Object>> all = new ArrayList<>();
    for (Finding finding : report.assessment().findings()) {
      Property property = byName.get(finding.property());
      Map<String, Object> data = new LinkedHashMap<>();
      data.put("name", finding.property());
      data.put("kind", finding.kind().name().toLowerCase(java.util.Locale.ROOT));
      data.put("status", finding.status().name());
      data.put("hits", finding.hits());
      data.put("violations", finding.violationCount());
      data.put("note", cut(finding.note()));
      data.put("statement", property == null ? "" : property.explanation().statement());
      all.add(data);
    }
    return all;
  }

  /** What is said of the properties that are broken: why it matters, and where to look. */
  private Map<String, Object> explanations(List<Property> properties) {
    Set<String> broken = new HashSet<>();
    for (Finding finding : report.assessment().findings()) {
      if (!finding.violations().isEmpty()) {
        broken.add(finding.property());
      }
    }
    Map<String, Object> explanations = new LinkedHashMap<>();
    for (Property property : properties) {
      if (broken.contains(property.name())) {
        explanations.put(property.name(), property.explanation());
      }
    }
    return explanations;
  }

  private List<Map<String, Object>> violations(Predicate<Violation> wanted) {
    List<Map<String, Object>> all = new ArrayList<>();
    List<Finding> broken =
        report.assessment().findings().stream()
            .filter(finding -> finding.violations().stream().anyMatch(wanted))
            .toList();
    // The first of a property tell more than the twentieth; every property gets its say.
    int each = Math.clamp(MOST_VIOLATIONS / Math.max(1, broken.size()), 1, MOST_OF_A_PROPERTY);
    for (Finding finding : broken) {
      finding.violations().stream()
          .filter(wanted)
          .limit(each)
          .forEach(violation -> all.add(violation(violation)));
    }
    return all;
  }

  private Map<String, Object> violation(Violation violation) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("property", violation.property());
    data.put("summary", violation.summary());
    data.put("time", violation.time());
    data.put("rows", rows(violation));
    data.put("watch", watchLines(violation));
    data.put("faults", faultsAt(violation));
    data.put("looksLike", looksLike(violation));
    return data;
  }

  private static List<String> looksLike(Violation violation) {
    return violation.looksLike().stream()
        .flatMap(id -> KnownIssues.ALL.find(id).stream())
        .map(issue -> issue.id() + ": " + issue.title())
        .toList();
  }

  /** The impossible operations, and what ran around them: the nearest in time come first. */
  private List<Map<String, Object>> rows(Violation violation) {
    Set<Long> impossible = new HashSet<>(violation.operations());
    List<Operation> core =
        history.operations().stream().filter(o -> impossible.contains(o.id())).toList();
    long from = violation.time();
    long to = violation.time();
    for (Operation operation : core) {
      from = Math.min(from, operation.call());
      to = Math.max(to, Math.min(operation.settledBy(), operation.end()));
    }
    long first = from - AROUND;
    long last = to + AROUND;
    long middle = from + (to - from) / 2;
    List<Operation> shown = new ArrayList<>(core);
    history.operations().stream()
        .filter(o -> o.end() >= first && o.call() <= last && !impossible.contains(o.id()))
        .sorted(Comparator.comparingLong(o -> Math.abs(o.call() - middle)))
        .limit(Math.max(0, MOST_ROWS - core.size()))
        .forEach(shown::add);
    shown.sort(Comparator.comparingLong(Operation::call));
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Operation operation : shown) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("id", operation.id());
      row.put("client", operation.client());
      row.put("member", operation.member());
      row.put("call", operation.call());
      row.put("end", operation.end());
      row.put("open", operation.outcome() instanceof Outcome.Unknown);
      row.put("impossible", impossible.contains(operation.id()));
      row.put("text", cut(Describe.operation(operation)));
      rows.add(row);
    }
    return rows;
  }

  private List<String> watchLines(Violation violation) {
    Set<Long> watches = new HashSet<>(violation.watches());
    if (watches.isEmpty()) {
      return List.of();
    }
    List<Watch> opened = new ArrayList<>();
    List<Watch> around = new ArrayList<>();
    for (Watch entry : history.watches()) {
      if (!watches.contains(entry.watch())) {
        continue;
      }
      if (entry instanceof Watch.Opened) {
        opened.add(entry);
      } else {
        around.add(entry);
      }
    }
    around.sort(Comparator.comparingLong(entry -> Math.abs(entry.time() - violation.time())));
    List<Watch> shown = new ArrayList<>(opened);
    shown.addAll(around.subList(0, Math.min(MOST_WATCH_LINES, around.size())));
    shown.sort(Comparator.comparingLong(Watch::time));
    return shown.stream().map(entry -> cut(Describe.watch(entry))).toList();
  }

  private List<String> faultsAt(Violation violation) {
    return history.faults().stream()
        .filter(f -> f.start() <= violation.time() + AROUND && f.end() >= violation.time() - AROUND)
        .filter(f -> f.result() != FaultWindow.Result.SKIPPED)
        .map(f ->
            "%s of %s %.3f s to %.3f s"
                .formatted(
                    f.kind(), String.join(", ", f.members()), f.start() / 1e9, f.end() / 1e9))
        .toList();
  }

  private List<String> badLines() {
    return history.memberEvents().stream()
        .filter(event -> event.kind() == MemberEvent.Kind.BAD_LOG_LINE)
        .limit(MOST_BAD_LINES)
        .map(event -> event.member() + ": " + cut(event.detail()))
        .toList();
  }

  private static String cut(String text) {
    return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "…";
  }

  private static String json(Object data) {
    try {
      return JSON.writeValueAsString(data);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("cannot write the report's data", impossible);
    }
  }
}
