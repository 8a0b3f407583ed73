package io.etcdrobustness.runs.browse;

import io.etcdrobustness.runs.report.Json;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the pages show, for scripts; the names are a contract. What is not known is left out. */
final class FleetJson {

  private FleetJson() {}

  static String of(Fleet fleet, Query query) {
    return Json.of(Map.of("tests", query.of(fleet).stream().map(FleetJson::line).toList()));
  }

  static String of(FleetTest test) {
    Map<String, Object> json = line(test);
    json.put("runs", test.runs().stream().map(FleetJson::tree).toList());
    return Json.of(json);
  }

  static String of(FleetRun run) {
    return Json.of(tree(run));
  }

  private static Map<String, Object> line(FleetTest test) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("test", test.name());
    json.put("verdict", test.mark().label());
    json.put("why", test.why());
    json.put("path", "/" + Links.TESTS + String.join("/", test.path()) + "/");
    json.put(
        "runs",
        test.runs().stream()
            .map(run -> Map.of("run", run.name(), "verdict", run.mark().label()))
            .toList());
    return json;
  }

  private static Map<String, Object> tree(FleetRun run) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("run", run.name());
    json.put("test", String.join("/", run.test()));
    json.put("path", "/" + String.join("/", run.path()) + (run.path().isEmpty() ? "" : "/"));
    json.put("verdict", run.mark().label());
    json.put("why", run.why());
    run.made().startedAt().ifPresent(start -> json.put("startedAt", start));
    run.made().took().map(Duration::toSeconds).ifPresent(took -> json.put("seconds", took));
    // As text: a seed has 64 bits, of which JavaScript's numbers lose some.
    run.made().seed().ifPresent(seed -> json.put("seed", Long.toString(seed)));
    json.put("versions", run.made().versions());
    FleetRun.Evidence evidence = run.evidence();
    evidence.operations().ifPresent(number -> json.put("operations", number));
    evidence.planned().ifPresent(number -> json.put("faultsPlanned", number));
    evidence.confirmed().ifPresent(number -> json.put("faultsConfirmed", number));
    json.put("violations", evidence.violations());
    json.put("properties", evidence.properties());
    json.put("faults", evidence.faults());
    run.live().ifPresent(live -> json.put("live", tree(live)));
    run.report().ifPresent(bytes -> json.put("reportBytes", bytes));
    return json;
  }

  private static Map<String, Object> tree(FleetRun.Live live) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("phase", live.phase());
    json.put("elapsedSeconds", live.elapsed());
    json.put("totalSeconds", live.total());
    List<Long> rates = live.rates();
    if (!rates.isEmpty()) {
      json.put("operationsPerSecond", rates.getLast());
    }
    json.put("faultsInEffect", live.faults());
    if (!live.leader().isEmpty()) {
      json.put("leader", live.leader());
    }
    return json;
  }
}
