package io.etcdrobustness.cli;

import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Violation;
import io.etcdrobustness.runs.live.LiveListener;
import io.etcdrobustness.runs.live.Standing;
import io.etcdrobustness.runs.report.Json;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells scripts how the judging of a record that is being written goes on: one JSON object a line,
 * whose {@code event} says what it is. The verdict, which comes last, has none.
 */
final class LiveJson implements LiveListener {

  private static final double SECOND = 1e9;

  private final PrintWriter out;

  LiveJson(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void standing(Standing standing) {
    Map<String, Object> line = event("progress");
    line.put("operations", standing.operations());
    line.put("operationsPerSecond", Math.round(standing.perSecond()));
    line.put("revision", standing.revision());
    line.put("seconds", standing.time() / SECOND);
    line.put("behindSeconds", standing.behind() / SECOND);
    line.put("inFlight", standing.inFlight());
    line.put("waiting", standing.waiting());
    line.put("silentSeconds", standing.silent() / SECOND);
    line.put("holding", standing.holding());
    line.put("open", standing.open());
    line.put("violated", standing.violated());
    print(line);
  }

  @Override
  public void violated(Finding finding) {
    Map<String, Object> line = event("violated");
    line.put("property", finding.property());
    line.put("summaries", finding.violations().stream().map(Violation::summary).toList());
    print(line);
  }

  @Override
  public void left(List<String> properties, String why) {
    Map<String, Object> line = event("open");
    line.put("properties", properties);
    line.put("why", why);
    print(line);
  }

  @Override
  public void note(String sentence) {
    Map<String, Object> line = event("note");
    line.put("note", sentence);
    print(line);
  }

  @Override
  public void judged(Finding finding) {
    // The verdict, which follows, tells of all.
  }

  private static Map<String, Object> event(String name) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("event", name);
    return line;
  }

  private void print(Map<String, Object> line) {
    out.println(Json.line(line));
    out.flush();
  }
}
