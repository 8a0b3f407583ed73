package io.etcdrobustness.runs.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcdrobustness.checker.Assessment;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Violation;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.runs.upgrade.StepResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

class ReportFolderTest {

  private static final long SECOND = 1_000_000_000L;

  @TempDir private Path directory;

  @Test
  void thePageOfTenMinutesIsOneSmallFileWithoutAddresses() throws IOException {
    String page = HtmlReport.of(TenMinutes.report(), List.of());
    assertThat(page.length()).isLessThan(1 << 20);
    assertThat(page.replace("http://www.w3.org/2000/svg", ""))
        .doesNotContain("http://", "https://", "src=", "@import");
    assertThat(page.split("</script>", -1)).hasSize(3);
  }

  @Test
  void aBrowserDrawsTheVerdictTheTimelineAndTheImpossibleOperations() throws Exception {
    ReportFolder folder = ReportFolder.create(directory.resolve("report"));
    folder.ended(TenMinutes.report(), List.of());
    String dom = Browser.render(folder.directory().resolve("index.html"), directory);
    assertThat(dom).contains("<span class=\"badge Failed\" id=\"verdict\">Failed</span>");
    assertThat(dom).contains("&lt;b&gt;revision&lt;/b&gt;");
    assertThat(dom).contains("Looks like etcd-13766: members diverge after a crash under load");
    // Each of the two stands by itself, and again among what was around it.
    assertThat(dom.split("class=\"mono impossible\"", -1)).hasSize(5);
    assertThat(dom.split("class=\"shade\"", -1).length).isEqualTo(101);
    assertThat(dom).contains("leader of term 102", "not observed", "c3 → m0", "c11 → any");
  }

  @Test
  void everyBrokenPropertyHasItsSay() {
    Report report = TenMinutes.report();
    Finding broken = report.assessment().findings().getFirst();
    List<Finding> findings = new ArrayList<>();
    for (int i = 0; i < 15; i++) {
      findings.add(
          new Finding(
              "Broken" + i,
              broken.kind(),
              broken.status(),
              1,
              Collections.nCopies(20, named(broken.violations().getFirst(), i)),
              20,
              ""));
    }
    Report many =
        new Report(
            report.name(),
            report.spec(),
            report.seed(),
            report.substrate(),
            report.startedAt(),
            report.versions(),
            report.upgrade(),
            report.logs(),
            report.history(),
            Assessment.of(findings, Set.of()),
            report.judging(),
            report.command());

    String page = HtmlReport.of(many, List.of());

    for (int i = 0; i < 15; i++) {
      assertThat(page).contains("{\"property\":\"Broken%d\",".formatted(i));
    }
    assertThat(page.length()).isLessThan(1 << 20);
  }

  private static Violation named(Violation violation, int i) {
    return new Violation(
        "Broken" + i,
        violation.summary(),
        violation.time(),
        violation.operations(),
        violation.watches(),
        violation.members(),
        violation.revision());
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
    Report report = TenMinutes.report();
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      entries.add(TenMinutes.event("m" + i, MemberEvent.Kind.STARTED, 0, 0));
      entries.add(new MemberEvent("m" + i, MemberEvent.Kind.VERSION, 0, 0, "v3.6.16", true, 0));
    }
    entries.add(new MemberEvent("m1", MemberEvent.Kind.VERSION, 0, 0, "v3.7.3", true, 2 * SECOND));
    entries.add(new MemberEvent("m1", MemberEvent.Kind.VERSION, 0, 0, "v3.6.16", true, 5 * SECOND));
    entries.add(TenMinutes.event("m1", MemberEvent.Kind.LEADER, 2, 9 * SECOND));
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
    folder.ended(TenMinutes.report(), List.of());
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
    Report report = TenMinutes.report();
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
    ReportFolder.create(directory).begun(TenMinutes.report());
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
