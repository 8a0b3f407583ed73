package io.etcdrobustness.runs.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcdrobustness.checker.Assessment;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.Violation;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.runs.upgrade.StepResult;
import io.etcdrobustness.spec.TestSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

class ReportFolderTest {

  private static final long SECOND = 1_000_000_000L;

  @TempDir private Path directory;

  /** Ten minutes of twelve clients at 500/s, three members, faults, and one violation. */
  private static Report tenMinutes() {
    RandomSource random = new RandomSource(11);
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      entries.add(event("m" + i, MemberEvent.Kind.STARTED, 0, 0));
    }
    entries.add(event("m1", MemberEvent.Kind.LEADER, 2, SECOND));
    for (int i = 0; i < 100; i++) {
      long start = (4 + 6L * i) * SECOND;
      String member = "m" + i % 3;
      entries.add(event(member, MemberEvent.Kind.PAUSED, 0, start));
      entries.add(event(member, MemberEvent.Kind.RESUMED, 0, start + 2 * SECOND));
      entries.add(event("m" + (i + 1) % 3, MemberEvent.Kind.LEADER, 3 + i, start + SECOND));
      entries.add(
          new FaultWindow(
              "f%02d-pause".formatted(i),
              i % 2 == 0 ? "Pause" : "Partition",
              "Leader",
              List.of(member),
              "",
              start,
              start + 2 * SECOND,
              i % 7 == 0 ? FaultWindow.Result.NOT_OBSERVED : FaultWindow.Result.CONFIRMED,
              "pid 4711 was in state T for 2.0 s"));
    }
    for (int i = 0; i < 300_000; i++) {
      long call = i * 2_000_000L;
      int client = i % 12;
      String key = "k" + random.nextInt(12);
      Outcome outcome =
          random.chance(0.01)
              ? new Outcome.Unknown(
                  new Failure(Failure.Kind.DEADLINE, "DEADLINE_EXCEEDED", "no </script> answer"))
              : new Outcome.Ok(new Response.PutDone(Header.ofRevision(i + 2), Optional.empty()));
      entries.add(
          new Operation(
              i,
              client,
              client < 9 ? "m" + client % 3 : "",
              Request.Put.of(key, "c" + client + "-" + i),
              call,
              call + 500_000 + random.nextLong(20_000_000),
              outcome));
    }
    History history = History.of(History.Facts.OWN_CLUSTER, entries);
    Violation violation =
        new Violation(
            "Linearizable",
            "get(k7) by client 4 at 200.004 s returned <b>revision</b> 310 after 318",
            200 * SECOND,
            List.of(100_000L, 100_002L),
            List.of(),
            List.of("m1"),
            310);
    Finding broken =
        new Finding(
            "Linearizable",
            Property.Kind.ALWAYS,
            Finding.Status.VIOLATED,
            300_000,
            List.of(violation),
            1,
            "");
    Finding thin =
        new Finding(
            "LeaderChanged",
            Property.Kind.SOMETIMES,
            Finding.Status.NOT_EXERCISED,
            0,
            List.of(),
            0,
            "one leader was seen");
    return new Report(
        "soak",
        TestSpec.defaults(),
        42,
        "processes",
        Instant.EPOCH,
        Map.of("m0", "v3.7.3", "m1", "v3.7.3", "m2", "v3.7.3"),
        List.of(),
        Map.of(),
        history,
        Assessment.of(List.of(broken, thin), Set.of()),
        Duration.ofMillis(1234),
        "robustness run soak.yaml --seed 42");
  }

  private static MemberEvent event(String member, MemberEvent.Kind kind, long term, long time) {
    return new MemberEvent(member, kind, 1, term, "", true, time);
  }

  @Test
  void thePageOfTenMinutesIsOneSmallFileWithoutAddresses() throws IOException {
    String page = HtmlReport.of(tenMinutes(), List.of());
    assertThat(page.length()).isLessThan(1 << 20);
    assertThat(page.replace("http://www.w3.org/2000/svg", ""))
        .doesNotContain("http://", "https://", "src=", "@import");
    assertThat(page.split("</script>", -1)).hasSize(3);
  }

  @Test
  void aBrowserDrawsTheVerdictTheTimelineAndTheImpossibleOperations() throws Exception {
    ReportFolder folder = ReportFolder.create(directory.resolve("report"));
    folder.ended(tenMinutes(), List.of());
    String dom = Browser.render(folder.directory().resolve("index.html"), directory);
    assertThat(dom).contains("<span class=\"badge Failed\" id=\"verdict\">Failed</span>");
    assertThat(dom).contains("&lt;b&gt;revision&lt;/b&gt;");
    assertThat(dom.split("class=\"impossible\"", -1)).hasSize(3);
    assertThat(dom.split("class=\"shade\"", -1).length).isEqualTo(101);
    assertThat(dom).contains("leader of term 102", "not observed", "c3 → m0", "c11 → any");
  }

  @Test
  void anUpgradeIsToldByMemberAndByStep() throws Exception {
    Report told = upgraded();
    assertThat(told.etcd()).isEqualTo("v3.6.16 → v3.7.3 → v3.6.16");
    ReportFolder folder = ReportFolder.create(directory.resolve("report"));
    folder.ended(told, List.of());
    assertThat(Files.readString(folder.directory().resolve("run.json")))
        .contains("\"step\" : \"change m1 from v3.6.16 to v3.7.3\"", "\"state\" : \"DONE\"")
        .containsPattern("\"member\" : \"m1\",\\s+\"version\" : \"v3.6.16\"");

    String dom = Browser.render(folder.directory().resolve("index.html"), directory);
    assertThat(dom)
        .contains(
            "m1 of v3.6.16 0.000 s–2.000 s", "m1 of v3.7.3 2.000 s–5.000 s", "<h2>Upgrade</h2>")
        .contains("change m1 from v3.6.16 to v3.7.3");
  }

  private static Report upgraded() {
    Report report = tenMinutes();
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      entries.add(event("m" + i, MemberEvent.Kind.STARTED, 0, 0));
      entries.add(new MemberEvent("m" + i, MemberEvent.Kind.VERSION, 0, 0, "v3.6.16", true, 0));
    }
    entries.add(new MemberEvent("m1", MemberEvent.Kind.VERSION, 0, 0, "v3.7.3", true, 2 * SECOND));
    entries.add(new MemberEvent("m1", MemberEvent.Kind.VERSION, 0, 0, "v3.6.16", true, 5 * SECOND));
    entries.add(event("m1", MemberEvent.Kind.LEADER, 2, 9 * SECOND));
    return new Report(
        report.name(),
        report.spec(),
        report.seed(),
        report.substrate(),
        report.startedAt(),
        Map.of("m0", "v3.6.16", "m1", "v3.6.16", "m2", "v3.6.16"),
        List.of(
            new StepResult(
                "change m1 from v3.6.16 to v3.7.3", StepResult.State.DONE, SECOND, 3 * SECOND, "")),
        report.logs(),
        History.of(History.Facts.OWN_CLUSTER, entries),
        report.assessment(),
        report.judging(),
        report.command());
  }

  @Test
  void junitXmlCountsWhatIsInIt() throws Exception {
    ReportFolder folder = ReportFolder.create(directory.resolve("report"));
    folder.ended(tenMinutes(), List.of());
    Document xml =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(folder.directory().resolve("junit.xml").toFile());
    assertThat(xml.getDocumentElement().getAttribute("tests")).isEqualTo("3");
    assertThat(xml.getDocumentElement().getAttribute("failures")).isEqualTo("2");
    assertThat(xml.getElementsByTagName("failure").getLength()).isEqualTo(2);
    assertThat(xml.getElementsByTagName("skipped").getLength()).isEqualTo(1);
  }

  @Test
  void runJsonSaysErrorUntilTheRunHasEnded() throws IOException {
    ReportFolder folder = ReportFolder.create(directory.resolve("report"));
    Report report = tenMinutes();
    folder.begun(report);
    assertThat(ReportFolder.read(folder.directory()).verdict()).isEqualTo("Error");
    folder.ended(report, List.of());
    ReportFolder.Stored stored = ReportFolder.read(folder.directory());
    assertThat(stored.verdict()).isEqualTo("Failed");
    assertThat(stored.seed()).isEqualTo(42);
    assertThat(stored.spec()).isEqualTo(report.spec());
  }

  @Test
  void aFolderThatHoldsAReportIsNotOverwritten() throws IOException {
    ReportFolder.create(directory).begun(tenMinutes());
    assertThatThrownBy(() -> ReportFolder.create(directory))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("holds the report of another run");
  }

  @Test
  void aFolderWithoutARunIsNoReport() {
    assertThatThrownBy(() -> ReportFolder.read(directory))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("holds no run.json");
    assertThat(Files.exists(directory)).isTrue();
  }
}
