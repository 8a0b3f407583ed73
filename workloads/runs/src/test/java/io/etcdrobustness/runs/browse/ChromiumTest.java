package io.etcdrobustness.runs.browse;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.etcdrobustness.checker.Catalogue;
import io.etcdrobustness.runs.report.Report;
import io.etcdrobustness.runs.report.ReportFolder;
import io.etcdrobustness.runs.report.ReportSummary.Broken;
import io.etcdrobustness.runs.report.TenMinutes;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pages in a real browser: light and dark, on a desk and on a phone, by keyboard. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields.
class ChromiumTest {

  private static final int TAB = 9;
  private static final int END = 35;
  private static final int HOME = 36;
  private static final int LEFT = 37;
  private static final int PHONE = 360;
  private static final int DESK = 1200;

  @TempDir private Path directory;
  private MemoryShelf shelf;
  private Chromium browser;

  @BeforeEach
  void begin() throws IOException, InterruptedException {
    shelf = new MemoryShelf();
    for (int i = 1; i <= 30; i++) {
      shelf.put(
          Runs.over("etcd-tests", "soak-3-7", i, i % 11 == 0 ? Mark.INCONCLUSIVE : Mark.PASSED));
    }
    shelf.put(Runs.going("etcd-tests", "soak-3-7", 31, 720));
    for (int i = 1; i <= 3; i++) {
      shelf.put(Runs.over("etcd-tests", "soak-3-6", i, i == 2 ? Mark.ERROR : Mark.PASSED));
    }
    shelf.put(Runs.over("etcd-tests", "upgrade-3-6", 1, Mark.PASSED));
    shelf.put(Runs.over("etcd-tests", "upgrade-3-6", 2, Mark.ERROR));
    shelf.put(Runs.over("etcd-tests", "a-test-whose-name-has-forty-characters-0", 1, Mark.FAILED));
    shelf.put(failed(TenMinutes.report()), directory.resolve("report"));
    browser = Chromium.start(directory);
  }

  private FleetRun failed(Report report) throws IOException {
    ReportFolder folder = ReportFolder.create(directory.resolve("report"));
    folder.ended(report, Catalogue.of(Catalogue.Options.DEFAULT).properties());
    Path member = Files.createDirectories(folder.members().resolve("m0"));
    Files.writeString(member.resolve("etcd.log"), "a line of <etcd>\n".repeat(20_000));
    Path minimal =
        Files.createDirectories(folder.directory().resolve("minimal/Linearizable/history"));
    Files.writeString(minimal.resolveSibling("counterexample.txt"), "Linearizable: <words>\n");
    Files.writeString(minimal.resolve("operations.jsonl"), "{}\n");
    return Runs.over("etcd-tests", "soak-3-6", 4, Mark.FAILED);
  }

  @AfterEach
  void end() {
    browser.close();
    shelf.close();
  }

  private List<String> pages() {
    return List.of(
        "/",
        "/-/tests/etcd-tests/soak-3-7/",
        "/-/tests/etcd-tests/soak-3-6/",
        "/etcd-tests/soak-3-7-31/",
        "/etcd-tests/soak-3-6-4/",
        "/etcd-tests/soak-3-6-4/?files",
        "/etcd-tests/soak-3-6-4/members/m0/etcd.log?tail");
  }

  /** The ratio by which WCAG 2 tells whether a text can be read, of every text that is seen. */
  private static final String CONTRAST =
      """
      (() => {
        const probe = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
        const rgba = colour => { probe.clearRect(0, 0, 1, 1); probe.fillStyle = "#000"; probe.fillStyle = colour; probe.fillRect(0, 0, 1, 1); const d = probe.getImageData(0, 0, 1, 1).data; return [d[0], d[1], d[2], d[3] / 255]; };
        const over = (top, below) => top.slice(0, 3).map((v, i) => v * top[3] + below[i] * (1 - top[3]));
        const light = c => c.map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4).reduce((s, v, i) => s + v * [.2126, .7152, .0722][i], 0);
        const ground = e => { const layers = []; for (let n = e; n; n = n.parentElement) layers.push(rgba(getComputedStyle(n).backgroundColor)); return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255]); };
        const poor = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        let seen = 0;
        for (let node = walk.nextNode(); node; node = walk.nextNode()) {
          const e = node.parentElement, style = getComputedStyle(e);
          if (!node.data.trim() || !e.checkVisibility() || e.closest("script, style, noscript, title, option")) continue;
          const svg = e.closest("svg");
          let below = ground(svg ? svg.parentElement : e);
          if (svg) {
            const t = e.getBBox();
            for (const r of svg.querySelectorAll("rect")) { if (r.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING) { const b = r.getBBox();
              if (b.x <= t.x + t.width / 2 && b.x + b.width >= t.x + t.width / 2 && b.y <= t.y + t.height / 2 && b.y + b.height >= t.y + t.height / 2 && getComputedStyle(r).fill !== "none") below = over(rgba(getComputedStyle(r).fill), below); } }
          }
          const text = over(rgba(svg ? style.fill : style.color), below), [a, b] = [light(text), light(below)].sort((x, y) => y - x), ratio = (a + .05) / (b + .05);
          seen++;
          if (ratio < 4.5) poor.push(`${ratio.toFixed(2)} "${node.data.trim().slice(0, 40)}" ${e.tagName}.${e.getAttribute("class")}`);
        }
        return {seen, poor: [...new Set(poor)].slice(0, 20)};
      })()
      """;

  @Test
  void everyPageFitsIsReadableAndComplainsOfNothing() {
    for (int width : List.of(PHONE, DESK)) {
      for (boolean dark : List.of(false, true)) {
        browser.size(width, 800);
        browser.dark(dark);
        for (String page : pages()) {
          String what = "%s, %d px, %s".formatted(page, width, dark ? "dark" : "light");
          browser.open(shelf.at(page));
          assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt())
              .as("width of " + what)
              .isLessThanOrEqualTo(width);
          JsonNode contrast = browser.evaluate(CONTRAST);
          assertThat(contrast.get("seen").asInt()).as("texts of " + what).isGreaterThan(3);
          assertThat(contrast.get("poor")).as("too faint in " + what).isEmpty();
          assertThat(browser.evaluate("matchMedia('(prefers-color-scheme: dark)').matches"))
              .hasToString(Boolean.toString(dark));
          assertThat(browser.complaints()).as("complaints of " + what).isEmpty();
        }
      }
    }
  }

  @Test
  void darkPagesAreDark() {
    browser.dark(true);
    for (String page : pages()) {
      browser.open(shelf.at(page));
      assertThat(browser.evaluate("getComputedStyle(document.body).backgroundColor").asText())
          .as(page)
          .isEqualTo("rgb(13, 17, 23)");
    }
  }

  /** What can be done on the page, each by a number; in a strip the newest cell stands for all. */
  private static final String NUMBERED =
      """
      [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, summary, [tabindex='0']")]
        .filter(e => e.checkVisibility() && !(e.closest(".strip") && e.tabIndex < 0))
        .map((e, i) => { e.dataset.number = i; return i; }).length
      """;

  private static final String FOCUSED =
      """
      (() => { const e = document.activeElement, s = getComputedStyle(e);
        return {number: e.dataset.number ?? "", seen: s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2}; })()
      """;

  @Test
  void everythingIsReachedByTabAndSeenToBe() {
    browser.size(DESK, 800);
    for (String page : pages()) {
      browser.open(shelf.at(page));
      int actions = browser.evaluate(NUMBERED).asInt();
      TreeSet<Integer> reached = new TreeSet<>();
      for (int i = 0; i < actions + 5; i++) {
        browser.press("Tab", TAB);
        JsonNode focused = browser.evaluate(FOCUSED);
        if (!focused.get("number").asText().isEmpty()) {
          reached.add(focused.get("number").asInt());
          assertThat(focused.get("seen").asBoolean())
              .as("focus of %s of %s is seen", focused.get("number"), page)
              .isTrue();
        }
      }
      assertThat(reached).as("of " + page).hasSize(actions);
    }
  }

  @Test
  void arrowsGoAlongAStrip() {
    browser.open(shelf.at("/-/tests/etcd-tests/soak-3-7/"));
    browser.evaluate("document.querySelector('.strip a').focus()");
    String at = "document.activeElement.getAttribute('href').replace(/.*soak-3-7-(\\d+).*/, '$1')";
    assertThat(browser.evaluate(at).asText()).isEqualTo("31");
    browser.press("ArrowLeft", LEFT);
    assertThat(browser.evaluate(at).asText()).isEqualTo("30");
    browser.press("Home", HOME);
    assertThat(browser.evaluate(at).asText()).isEqualTo("1");
    browser.press("End", END);
    assertThat(browser.evaluate(at).asText()).isEqualTo("31");
  }

  /** A promise that is kept when the condition holds after some change of the page. */
  private static String until(String condition) {
    return """
    new Promise(kept => { const look = () => { if (%s) kept(true); };
      new MutationObserver(look).observe(document, {subtree: true, childList: true, attributes: true, characterData: true}); look(); })
    """
        .formatted(condition);
  }

  @Test
  void aRunThatGoesOnIsFollowedAndItsReportIsShownWhenItIsOver() throws IOException {
    shelf.put(Runs.going("etcd-tests", "soak-3-6", 5, 60));
    browser.open(shelf.at("/etcd-tests/soak-3-6-5/"));
    String text = browser.evaluate("document.querySelector('main').innerText").asText();
    assertThat(text)
        .contains(
            "1 min 00 s of 30 min 00 s", "512", "Pause m2", "Partition m0, m1 (One)", "3 of 12");
    browser.evaluate("window.stays = true");

    shelf.put(Runs.going("etcd-tests", "soak-3-6", 5, 90));
    browser.evaluate(until("document.querySelector('main').innerText.includes('1 min 30 s of')"));
    assertThat(browser.evaluate("window.stays").asBoolean()).as("without loading anew").isTrue();

    browser.loads(() -> {
      FleetRun over = Runs.over("etcd-tests", "soak-3-6", 5, Mark.FAILED);
      shelf.put(over, directory.resolve("report"));
    });
    assertThat(browser.evaluate("document.getElementById('verdict').innerText").asText())
        .isEqualTo("Failed");
  }

  @Test
  void anAlertLeadsToTheExplanationAndToTheLogs() {
    browser.size(PHONE, 740);
    browser.open(shelf.at("/-/tests/etcd-tests/soak-3-6/"));
    browser.loads(
        () -> browser.evaluate("document.querySelector('.violation p:last-child a').click()"));
    assertThat(browser.evaluate("location.pathname + location.hash").asText())
        .isEqualTo("/etcd-tests/soak-3-6-4/#violation-Linearizable");
    assertThat(
            browser
                .evaluate("document.getElementById('violation-Linearizable').innerText")
                .asText())
        .contains("Promised", "Why it matters", "Look first at", "put(\"k1\"");
    assertThat(
            browser
                .evaluate(
                    "document.getElementById('violation-Linearizable').getBoundingClientRect().top < innerHeight / 2")
                .asBoolean())
        .as("what the address names is seen")
        .isTrue();
    browser.loads(
        () -> browser.evaluate("document.querySelector('a[href$=\"etcd.log?tail\"]').click()"));
    assertThat(browser.evaluate("document.querySelector('pre').innerText").asText())
        .hasSizeBetween(100_000, 140_000)
        .endsWith("a line of <etcd>\n");
    browser.loads(() ->
        browser.evaluate(
            "[...document.querySelectorAll('a')].find(a => a.innerText === 'the run').click()"));
    assertThat(browser.evaluate("location.pathname").asText()).isEqualTo("/etcd-tests/soak-3-6-4/");
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void theTimelineIsZoomedByButtonsToo() {
    browser.open(shelf.at("/etcd-tests/soak-3-6-4/"));
    String shown = "document.querySelector('#timeline-room output').innerText";
    assertThat(browser.evaluate(shown).asText()).startsWith("0.000 s to 600.");
    browser.evaluate(
        "[...document.querySelectorAll('button')].find(b => b.innerText === 'zoom in').click()");
    assertThat(browser.evaluate(shown).asText()).startsWith("150.").contains("to 450.");
    browser.evaluate(
        "[...document.querySelectorAll('button')].find(b => b.innerText === 'later').click()");
    assertThat(browser.evaluate(shown).asText()).startsWith("300.").contains("to 600.");
  }

  @Test
  void aNewVerdictIsShownAndTheReaderKeepsHisPlace() {
    browser.open(shelf.at("/-/tests/etcd-tests/soak-3-7/"));
    browser.evaluate("document.querySelector('td a[href*=\"soak-3-7-30/\"]').focus()");

    shelf.put(Runs.over("etcd-tests", "soak-3-7", 31, Mark.FAILED));

    browser.evaluate(until("document.title.startsWith('Failed')"));
    assertThat(browser.evaluate("document.activeElement.getAttribute('href')").asText())
        .endsWith("soak-3-7-30/");
    assertThat(browser.evaluate("document.querySelector('.violation').innerText").asText())
        .contains(
            "In run soak-3-7-31", "Linearizable", "The explanation, the operations and the logs");
  }

  @Test
  void aPageThatIsOldDoesNotPassForANewOne() {
    browser.open(shelf.at("/etcd-tests/soak-3-7-31/"));
    assertThat(browser.evaluate("document.getElementById('stale').hidden").asBoolean()).isTrue();

    shelf.close();

    browser.evaluate(until("!document.getElementById('stale').hidden"));
    assertThat(browser.evaluate("document.getElementById('stale').innerText").asText())
        .contains("The service does not answer: what stands here is of ");
  }

  @Test
  void withoutScriptPagesShowWhatIsKnownAndLoadThemselvesAnew() {
    browser.scripts(false);
    browser.open(shelf.at("/etcd-tests/soak-3-6-4/"));
    browser.scripts(true);
    assertThat(browser.evaluate("document.querySelector('main').innerText").asText())
        .contains("drawn by a script", "Failed", "get(k7) by client 4");

    browser.scripts(false);
    browser.open(shelf.at("/"));
    browser.scripts(true);
    assertThat(browser.evaluate("document.querySelector('main').innerText").asText())
        .contains("etcd-tests/soak-3-6", "etcd-tests/upgrade-3-6");
    assertThat(
            browser.evaluate("document.querySelector('meta[http-equiv=refresh]').content").asText())
        .isEqualTo("10");
    assertThat(browser.evaluate("document.querySelectorAll('.strip a').length").asInt())
        .isGreaterThan(30);
  }

  @Test
  void whatAReportHoldsIsDrawnByOurScriptAlone() throws IOException {
    Path folder = directory.resolve("hostile");
    ReportFolder.create(folder).ended(TenMinutes.report(), List.of());
    Path page = folder.resolve("index.html");
    String wicked =
        "\\u003c/script>\\u003cscript>window.pwned = 1\\u003c/script>\\u003cimg src=x onerror='window.pwned = 2'>";
    Files.writeString(
        page,
        Files.readString(page)
            .replace("\"name\":\"soak\"", "\"name\":\"%s\"".formatted(wicked))
            .replace("\"verdict\":\"Failed\"", "\"verdict\":\"x onload=window.pwned=3\"")
            .replace("\"substrate\":\"processes\"", "\"substrate\":{\"toString\":1}")
            .replace("\"use strict\";", "window.pwned = 4;"));
    FleetRun run =
        Runs.over("etcd-tests", "hostile", 1, Mark.FAILED, List.of(new Broken("a", "b")));
    shelf.put(run, folder);

    browser.open(shelf.at("/etcd-tests/hostile-1/"));

    assertThat(browser.evaluate("typeof window.pwned").asText()).isEqualTo("undefined");
    assertThat(browser.evaluate("document.querySelector('h1:last-of-type').innerText").asText())
        .contains("window.pwned = 1");
    assertThat(browser.evaluate("document.querySelectorAll('main img').length").asInt()).isZero();
    assertThat(browser.evaluate("document.querySelectorAll('#timeline svg').length").asInt())
        .as("the rest is drawn")
        .isEqualTo(1);
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void aReportsOwnFileRunsInARoomOfItsOwn() {
    browser.open(shelf.at("/etcd-tests/soak-3-6-4/index.html"));

    assertThat(browser.evaluate("self.origin").asText()).isEqualTo("null");
    assertThat(browser.evaluate("document.getElementById('verdict').innerText").asText())
        .isEqualTo("Failed");
  }

  @Test
  void thePicturesOfTheDocumentationAreDrawn() throws IOException {
    Path pictures = Path.of("target", "pictures");
    for (Map.Entry<String, String> one :
        Map.of(
                "browser-fleet", "/",
                "browser-test", "/-/tests/etcd-tests/soak-3-6/",
                "browser-run", "/etcd-tests/soak-3-6-4/",
                "browser-live", "/etcd-tests/soak-3-7-31/")
            .entrySet()) {
      URI page = shelf.at(one.getValue());
      List<Path> drawn = new ArrayList<>();
      for (boolean dark : List.of(false, true)) {
        browser.dark(dark);
        browser.size(DESK, 800);
        browser.open(page);
        drawn.add(pictures.resolve(one.getKey() + (dark ? "-dark.png" : ".png")));
        browser.picture(drawn.getLast(), DESK, 1400);
      }
      browser.size(PHONE, 740);
      browser.open(page);
      drawn.add(pictures.resolve(one.getKey() + "-phone.png"));
      browser.picture(drawn.getLast(), PHONE, 1100);
      assertThat(drawn).allSatisfy(file -> assertThat(file).isNotEmptyFile());
    }
  }
}
