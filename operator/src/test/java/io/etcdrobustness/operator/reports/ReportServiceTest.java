package io.etcdrobustness.operator.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.etcdrobustness.checker.Verdict;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reports are put by their runners, and shown to readers. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields.
class ReportServiceTest {

  private static final String READ = "a-token-for-readers";
  private static final Limits LIMITS = new Limits(8 << 20, 64 << 20, 100, 200, 1 << 20, 0);

  @TempDir private Path directory;
  private final UploadTokens tokens =
      new UploadTokens("a master key of the operator".getBytes(StandardCharsets.UTF_8));
  private final HttpClient http = HttpClient.newHttpClient();
  private ReportStore store;
  private ReportService service;

  @BeforeEach
  void begin() throws IOException {
    store =
        ReportStore.open(directory.resolve("volume"), LIMITS, InstantSource.fixed(Instant.EPOCH));
    service =
        new ReportService(
            store,
            tokens,
            ReportAccess.fromSecret(READ, "robustness", "etcd-robustness-reports", "read-token"),
            WatchedObjects.NONE,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  @AfterEach
  void end() {
    service.close();
    http.close();
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + service.address().getPort() + path);
  }

  private HttpResponse<String> get(String path, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri(path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> read(String path) throws IOException, InterruptedException {
    return get(path, "Authorization", "Bearer " + READ);
  }

  private HttpResponse<String> put(String run, String uid, String token, byte[] body)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(uri("/v1/reports/team-a/" + run))
            .header("Authorization", "Bearer " + token)
            .header(ReportService.UID, uid)
            .PUT(BodyPublishers.ofByteArray(body))
            .build(),
        BodyHandlers.ofString());
  }

  private HttpResponse<String> put(String run, byte[] body)
      throws IOException, InterruptedException {
    return put(run, "u1", tokens.of("team-a", run, "u1"), body);
  }

  private Path report(String test, Verdict verdict) throws IOException {
    Path report = Files.createDirectories(directory.resolve("report/members/m0"));
    Files.writeString(report.resolve("etcd.log"), "a line\n".repeat(1000));
    Path root = directory.resolve("report");
    Files.writeString(
        root.resolve("run.json"), Tars.runJson(test, verdict, "2026-11-22T02:00:00Z"));
    Files.writeString(root.resolve("index.html"), "<script>1</script>");
    Files.writeString(root.resolve("faults.jsonl"), "{}\n");
    return root;
  }

  private ReportUpload upload(String token, List<Duration> pauses) {
    return new ReportUpload(uri("/"), token, pauses::add);
  }

  @Test
  void aRunnersReportIsListedAndShown() throws IOException, InterruptedException {
    upload(tokens.of("team-a", "quickstart-1", "u1"), new ArrayList<>())
        .upload("team-a", "quickstart-1", "u1", report("quickstart", Verdict.FAILED), _ -> true);

    String list = read("/").body();
    assertThat(list)
        .contains(
            ">team-a/quickstart</a>",
            "<a class=\"Failed\" href=\"./team-a/quickstart-1/\" title=\"quickstart-1: Failed, 2026-11-22 02:00 UTC, 3.6.16, 3.7.3\"")
        .contains("prefers-color-scheme: dark", "lang=\"en\"")
        .doesNotContain("http://", "https://")
        .hasSizeLessThan(25_000);
    assertThat(read("/-/tests/team-a/quickstart/").body())
        .contains("href=\"../../../../team-a/quickstart-1/\">quickstart-1</a>", ">42</td>");
    assertThat(read("/-/tests/team-a/quickstart").headers().firstValue("Location"))
        .contains("/-/tests/team-a/quickstart/");
    assertThat(read("/-/tests/team-a/other/").statusCode()).isEqualTo(404);
    assertThat(read("/v1/reports").body())
        .contains("\"verdict\" : \"Failed\"", "\"namespace\" : \"team-a\"", "\"uid\" : \"u1\"");
    assertThat(read("/team-a/quickstart-1/index.html").body()).isEqualTo("<script>1</script>");
    assertThat(read("/team-a/quickstart-1/").body())
        .contains("Its report has no page of ours.")
        .doesNotContain("<script>1</script>");
    assertThat(read("/team-a/quickstart-1/?json").body()).contains("\"verdict\" : \"Failed\"");
    assertThat(read("/team-a/quickstart-1/members/m0/etcd.log?tail").body())
        .contains("a line\na line\n", "href=\"./etcd.log\" download", "href=\"../../\"");
    assertThat(read("/team-a/quickstart-1/members/m0/etcd.log").body()).hasSize(7000);
    assertThat(read("/team-a/quickstart-1/faults.jsonl").headers().firstValue("Content-Type"))
        .contains("text/plain; charset=utf-8");
    assertThat(read("/team-a/quickstart-1/?files").body()).contains("href=\"./members/?files\"");
    assertThat(read("/team-a/quickstart-1/members/").body()).contains("href=\"../?files\"");
    assertThat(read("/team-a/quickstart-1").headers().firstValue("Location"))
        .contains("/team-a/quickstart-1/");
  }

  @Test
  void whatAReportHoldsCannotHarmItsReader() throws IOException, InterruptedException {
    put("r-1", Tars.report("<b>", Verdict.PASSED, 10));

    HttpResponse<String> page = read("/team-a/r-1/index.html");
    assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("default-src 'none'", "sandbox allow-scripts");
    assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    assertThat(page.headers().firstValue("Cache-Control")).contains("no-store");
    assertThat(page.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
    assertThat(read("/team-a/r-1/history/000001.seg").headers().firstValue("Content-Type"))
        .contains("application/octet-stream");
    assertThat(read("/").body()).contains("&lt;b&gt;").doesNotContain("<b>");
    for (String ours : List.of("/", "/team-a/r-1/", "/team-a/r-1/?files")) {
      assertThat(read(ours).headers().firstValue("Content-Security-Policy").orElseThrow())
          .as(ours)
          .contains("default-src 'none'", "style-src 'sha256-", "frame-ancestors 'none'")
          .doesNotContain("unsafe", "*", "http");
    }
  }

  @Test
  void onlyTheTokenOfTheRunPutsItsReport() throws IOException, InterruptedException {
    byte[] report = Tars.report("t", Verdict.PASSED, 10);
    String right = tokens.of("team-a", "r-1", "u1");
    assertThat(right).matches("[0-9a-f]{64}");

    assertThat(put("r-1", "u1", "", report).statusCode()).isEqualTo(401);
    assertThat(put("r-1", "u1", READ, report).statusCode()).isEqualTo(401);
    assertThat(put("r-1", "u2", right, report).statusCode()).isEqualTo(401);
    assertThat(put("r-2", "u1", right, report).statusCode()).isEqualTo(401);
    assertThat(put("r-1", "u1", right.replace(right.charAt(0), 'x'), report).statusCode())
        .isEqualTo(401);
    assertThat(store.list()).isEmpty();
    assertThat(put("r-1", "u1", right, report).statusCode()).isEqualTo(201);
    assertThat(get("/", "Authorization", "Bearer " + right).statusCode())
        .as("an upload token reads nothing")
        .isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/?json",
        "/?verdict=Failed&page=2",
        "/v1/reports",
        "/-/tests/team-a/t/",
        "/-/tests/team-a/t",
        "/-/tests/team-a/t/?json",
        "/-/tests/team-a/none/",
        "/team-a/r-1/",
        "/team-a/r-1",
        "/team-a/r-1/?json",
        "/team-a/r-1/?files",
        "/team-a/r-1/index.html",
        "/team-a/r-1/run.json",
        "/team-a/r-1/run.json?tail",
        "/team-a/none/",
        "/none"
      })
  void nothingIsShownToStrangers(String path) throws IOException, InterruptedException {
    put("r-1", Tars.report("t", Verdict.FAILED, 10));

    for (String method : List.of("GET", "HEAD", "POST")) {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(uri(path))
                  .method(method, BodyPublishers.ofString("token=wrong"))
                  .header("Cookie", ReportAccess.COOKIE + "=wrong")
                  .build(),
              BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(method).isEqualTo(401);
      assertThat(answer.body()).doesNotContain("Failed", "r-1");
      assertThat(answer.headers().firstValue("ETag")).isEmpty();
    }
  }

  @Test
  void aBrowserIsAskedForTheTokenAndLedOn() throws IOException, InterruptedException {
    String wanted = "/-/tests/team-a/t/?page=2&json";
    HttpResponse<String> asked = get(wanted, "Accept", "text/html,*/*");
    assertThat(asked.statusCode()).isEqualTo(401);
    assertThat(asked.body()).contains("type=\"password\"", "method=\"post\"", "kubectl");
    assertThat(asked.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("form-action 'self'");

    HttpResponse<String> told =
        http.send(
            HttpRequest.newBuilder(uri(wanted))
                .POST(BodyPublishers.ofString("token=" + READ))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .build(),
            BodyHandlers.ofString());

    assertThat(told.statusCode()).isEqualTo(303);
    assertThat(told.headers().firstValue("Location")).contains(wanted);
    assertThat(told.headers().firstValue("Set-Cookie").orElseThrow()).doesNotContain(READ);
  }

  @Test
  void whatHasNotChangedIsNotSentAgain() throws IOException, InterruptedException {
    put("r-1", Tars.report("t", Verdict.FAILED, 10));
    for (String path : List.of("/", "/?json", "/-/tests/team-a/t/", "/team-a/r-1/?json")) {
      String tag = read(path).headers().firstValue("ETag").orElseThrow();

      HttpResponse<String> again =
          get(path, "Authorization", "Bearer " + READ, "If-None-Match", tag);

      assertThat(again.statusCode()).as(path).isEqualTo(304);
      assertThat(again.body()).isEmpty();
    }
    String before = read("/").headers().firstValue("ETag").orElseThrow();
    put("r-2", Tars.report("t", Verdict.PASSED, 10));
    assertThat(get("/", "Authorization", "Bearer " + READ, "If-None-Match", before).statusCode())
        .isEqualTo(200);
  }

  @Test
  void whoHasNoTokenIsToldHowToReadIt() throws IOException, InterruptedException {
    for (HttpResponse<String> answer :
        List.of(
            get("/"),
            get("/v1/reports"),
            get("/team-a/r-1/"),
            get("/?token=wrong"),
            get("/", "Authorization", "Bearer wrong"),
            get("/", "Cookie", ReportAccess.COOKIE + "=" + READ))) {
      assertThat(answer.statusCode()).isEqualTo(401);
      assertThat(answer.body())
          .contains("kubectl --namespace robustness get secret etcd-robustness-reports")
          .contains("jsonpath='{.data.read-token}' | base64 --decode");
      assertThat(answer.headers().firstValue("Set-Cookie")).isEmpty();
    }
  }

  @Test
  void aBrowserTradesTheTokenForACookie() throws IOException, InterruptedException {
    HttpResponse<String> first = get("/v1/reports?token=" + READ);

    assertThat(first.statusCode()).isEqualTo(303);
    assertThat(first.headers().firstValue("Location")).contains("/v1/reports");
    assertThat(get("/?verdict=Failed&token=" + READ + "&page=2").headers().firstValue("Location"))
        .contains("/?verdict=Failed&page=2");
    String cookie = first.headers().firstValue("Set-Cookie").orElseThrow();
    assertThat(cookie).contains("HttpOnly", "SameSite=Lax").doesNotContain(READ);
    assertThat(get("/v1/reports", "Cookie", "a=b; " + cookie.split(";")[0]).statusCode())
        .isEqualTo(200);
    for (String elsewhere : List.of("//evil.example/", "///evil.example/", "/.//evil.example/")) {
      assertThat(get(elsewhere + "?token=" + READ).headers().firstValue("Location").orElse("/"))
          .as("a redirect to another server from " + elsewhere)
          .startsWith("/")
          .doesNotStartWith("//");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/team-a/r-1/../../../../etc/passwd",
        "/team-a/r-1/%2e%2e/arrival.json",
        "/team-a/r-1/..%2farrival.json",
        "/team-a/r-1/%2e%2e%2f%2e%2e%2farrival.json",
        "/team-a/r-1//etc/passwd",
        "/team-a/r-1/%2fetc/passwd",
        "/team-a/r-1/.hidden",
        "/team-a/r-1/run.json/",
        "/team-a/r-1/%00",
        "/team-a/../reports",
        "/../team-a/r-1/",
        "/team-a/r-9/",
        "/team-a"
      })
  void nothingOutsideAReportIsShown(String path) throws IOException, InterruptedException {
    put(
        "r-1",
        new Tars()
            .file("run.json", Tars.runJson("t", Verdict.PASSED, "2026-11-22T02:00:00Z"))
            .file(".hidden", "x")
            .gz());

    assertThat(raw("GET", path)).startsWith("HTTP/1.1 404");
  }

  /** As an attacker would: no client tidies the path. */
  private String raw(String method, String path) throws IOException {
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), service.address().getPort())) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write(
              "%s %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nConnection: close\r\n\r\n"
                  .formatted(method, path, READ)
                  .getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void headersAloneAreAnsweredWithoutABody() throws IOException, InterruptedException {
    put("r-1", Tars.report("t", Verdict.PASSED, 12_345));

    String answer = raw("HEAD", "/team-a/r-1/history/000001.seg");

    assertThat(answer).startsWith("HTTP/1.1 200").containsIgnoringCase("Content-length: 12345");
    assertThat(answer).endsWith("\r\n\r\n");
    assertThat(raw("DELETE", "/team-a/r-1/")).startsWith("HTTP/1.1 405");
    assertThat(store.list()).hasSize(1);
  }

  @Test
  void aReportThatIsTooLargeIsRefusedSoThatItsSenderHearsWhy() throws IOException {
    Path large = report("quickstart", Verdict.PASSED);
    byte[] noise = new byte[40 << 20];
    new Random(20261122).nextBytes(noise);
    Files.write(large.resolve("history.bin"), noise);
    List<Duration> pauses = new ArrayList<>();

    assertThatIOException()
        .isThrownBy(() ->
            upload(tokens.of("team-a", "r-1", "u1"), pauses)
                .upload("team-a", "r-1", "u1", large, _ -> true))
        .withMessageContaining("413")
        .withMessageContaining("takes more than the 8 MiB that a report may have");
    assertThat(pauses).as("what is refused is not sent again").isEmpty();
    assertThat(store.list()).isEmpty();
  }

  @Test
  void aWrongTokenIsAClearFailure() throws IOException {
    Path report = report("quickstart", Verdict.PASSED);

    assertThatIOException()
        .isThrownBy(() ->
            upload("wrong", new ArrayList<>()).upload("team-a", "r-1", "u1", report, _ -> true))
        .withMessageContaining("401")
        .withMessageContaining("upload token");
  }

  @Test
  void aServiceThatIsAwayIsWaitedForThenTheRunnerGivesUpWithTheReason() throws IOException {
    Path report = report("quickstart", Verdict.PASSED);
    List<Duration> pauses = new ArrayList<>();
    ReportUpload upload = upload(tokens.of("team-a", "r-1", "u1"), pauses);
    service.close();

    assertThatIOException()
        .isThrownBy(() -> upload.upload("team-a", "r-1", "u1", report, _ -> true))
        .withMessageContaining("tried 6 times")
        .withMessageContaining("ConnectException");
    assertThat(pauses.stream().mapToLong(Duration::toSeconds).sum()).isBetween(30L, 120L);
  }

  @Test
  void aServiceThatComesBackGetsTheReport() throws IOException, InterruptedException {
    Path report = report("quickstart", Verdict.PASSED);
    InetSocketAddress address = service.address();
    service.close();
    List<Duration> pauses = new ArrayList<>();
    ReportUpload upload =
        new ReportUpload(
            URI.create("http://127.0.0.1:" + address.getPort()),
            tokens.of("team-a", "r-1", "u1"),
            pause -> {
              pauses.add(pause);
              if (pauses.size() == 2) {
                again(address);
              }
            });

    upload.upload("team-a", "r-1", "u1", report, _ -> true);

    assertThat(pauses).hasSize(2);
    assertThat(store.list()).hasSize(1);
  }

  private void again(InetSocketAddress address) {
    try {
      service =
          new ReportService(
              store, tokens, new ReportAccess(READ, "ask"), WatchedObjects.NONE, address);
    } catch (IOException taken) {
      throw new AssertionError(taken);
    }
  }

  @Test
  void anUploadThatBreaksOffLeavesNothing() throws IOException, InterruptedException {
    byte[] report = Tars.report("t", Verdict.PASSED, 100_000);
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), service.address().getPort())) {
      socket
          .getOutputStream()
          .write(
              ("PUT /v1/reports/team-a/r-1 HTTP/1.1\r\nHost: x\r\nX-Run-Uid: u1\r\n"
                      + "Authorization: Bearer %s\r\nContent-Length: %d\r\n\r\n")
                  .formatted(tokens.of("team-a", "r-1", "u1"), report.length)
                  .getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().write(report, 0, report.length - 20);
      socket.getOutputStream().flush();
      Path incoming = directory.resolve("volume/incoming");
      while (Trees.folders(incoming).isEmpty()) {
        Thread.onSpinWait();
      }
    }

    while (!Trees.folders(directory.resolve("volume/incoming")).isEmpty()) {
      Thread.onSpinWait();
    }
    assertThat(store.list()).isEmpty();
    try (Stream<Path> all = Files.walk(directory.resolve("volume"))) {
      assertThat(all).noneMatch(Files::isRegularFile);
    }
  }
}
