package io.etcdrobustness.operator.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.etcdrobustness.checker.Verdict;
import io.etcdrobustness.operator.reports.RefusedReportException.Why;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reports come whole, stay over a restart, and go in order. */
class ReportStoreTest {

  /** A report of 10 kB of content takes seven blocks for its files and two for its names. */
  private static final Limits ROOM_FOR_FOUR =
      new Limits(100_000, 4 * 32_768, 100, 1000, 1 << 20, 0);

  @TempDir private Path directory;
  private final AtomicLong seconds = new AtomicLong(1_790_000_000);
  private final InstantSource clock = () -> Instant.ofEpochSecond(seconds.getAndIncrement());
  private long free = Long.MAX_VALUE;

  private ReportStore open(Limits limits) throws IOException {
    return ReportStore.open(directory, limits, clock, () -> free);
  }

  private static StoredReport put(ReportStore store, String run, Verdict verdict)
      throws IOException, RefusedReportException {
    return put(store, run, verdict, 10_000);
  }

  private static StoredReport put(ReportStore store, String run, Verdict verdict, int size)
      throws IOException, RefusedReportException {
    return store.accept(
        new ReportId("ns", run),
        "uid-" + run,
        new ByteArrayInputStream(Tars.report("quickstart", verdict, size)));
  }

  private static List<String> runs(ReportStore store) {
    return store.list().stream().map(report -> report.id().run()).toList();
  }

  private List<Path> onDisk() throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  @Test
  void aReportIsThereWithWhatItsRunJsonTells() throws IOException, RefusedReportException {
    ReportStore store = open(ROOM_FOR_FOUR);

    StoredReport stored = put(store, "quickstart-1", Verdict.FAILED);

    assertThat(store.list()).containsExactly(stored);
    assertThat(stored.summary().test()).isEqualTo("quickstart");
    assertThat(stored.summary().verdict()).isEqualTo(Verdict.FAILED);
    assertThat(stored.summary().seed()).isEqualTo(42);
    assertThat(stored.summary().etcd()).containsExactly("3.6.16", "3.7.3");
    assertThat(store.bytes()).isEqualTo(stored.bytes());
    assertThat(store.folder(stored.id()).orElseThrow().resolve("index.html"))
        .hasContent("<p>quickstart");
  }

  @Test
  void reportsSurviveARestart() throws IOException, RefusedReportException {
    ReportStore before = open(ROOM_FOR_FOUR);
    put(before, "quickstart-1", Verdict.FAILED);
    put(before, "quickstart-2", Verdict.PASSED);

    ReportStore after = open(ROOM_FOR_FOUR);

    assertThat(after.list()).isEqualTo(before.list());
    assertThat(after.bytes()).isEqualTo(before.bytes());
  }

  private static byte[] soak(int window, int... violated) {
    String run = Tars.runJson("soak", Verdict.FAILED, "2026-11-22T02:00:00Z").strip();
    Tars tar =
        new Tars()
            .file(
                "run.json",
                run.substring(0, run.length() - 1)
                    + ", \"windows\": {\"kept\": {\"failed\": %s}}}"
                        .formatted(Arrays.toString(violated)))
            .file("index.html", "<p>window " + window);
    for (int each : violated) {
      tar.file("windows/%06d/000001.seg".formatted(each), "x".repeat(each));
    }
    return tar.gz();
  }

  private Path put(ReportStore store, String uid, byte[] tarGz)
      throws IOException, RefusedReportException {
    return store
        .folder(
            store.accept(new ReportId("ns", "soak-1"), uid, new ByteArrayInputStream(tarGz)).id())
        .orElseThrow();
  }

  @Test
  void whatALostRunnerHadFoundStaysInTheReportsOfThoseAfterIt()
      throws IOException, RefusedReportException {
    ReportStore store = open(ROOM_FOR_FOUR);
    put(store, "u", soak(5, 5));

    // The same runner goes on, and has it still.
    Path report = put(store, "u", soak(7, 5, 7));
    assertThat(report.resolve("before")).doesNotExist();

    // Another one, who does not.
    report = put(store, "u", soak(20, 20));
    assertThat(report.resolve("before/index.html")).hasContent("<p>window 7");
    assertThat(report.resolve("before/windows/000005/000001.seg")).exists();
    long bytes = store.bytes();
    assertThat(bytes).isEqualTo(store.list().getFirst().bytes());

    report = put(store, "u", soak(21, 20, 21));
    assertThat(report.resolve("index.html")).hasContent("<p>window 21");
    assertThat(report.resolve("before/index.html")).hasContent("<p>window 7");
    assertThat(report.resolve("before/before")).doesNotExist();

    // A third one, who finds nothing more; and all is there when the operator is another one.
    put(store, "u", soak(30));
    report = open(ROOM_FOR_FOUR).folder(new ReportId("ns", "soak-1")).orElseThrow();
    assertThat(report.resolve("index.html")).hasContent("<p>window 30");
    assertThat(report.resolve("before/index.html")).hasContent("<p>window 21");
    assertThat(report.resolve("before/before/index.html")).hasContent("<p>window 7");
  }

  @Test
  void anotherRunOfTheSameNameInheritsNothing() throws IOException, RefusedReportException {
    ReportStore store = open(ROOM_FOR_FOUR);
    put(store, "u", soak(5, 5));

    assertThat(put(store, "v", soak(9, 9)).resolve("before")).doesNotExist();
  }

  @Test
  void anUploadThatBreaksOffLeavesNothing() throws IOException {
    ReportStore store = open(ROOM_FOR_FOUR);
    byte[] whole = Tars.report("quickstart", Verdict.PASSED, 20_000);
    InputStream breaking =
        new InputStream() {
          private int at;

          @Override
          public int read() throws IOException {
            if (at == whole.length - 9) {
              throw new IOException("the connection was reset");
            }
            return whole[at++] & 0xff;
          }
        };

    assertThatIOException()
        .isThrownBy(() -> store.accept(new ReportId("ns", "r-1"), "uid", breaking))
        .withMessage("the connection was reset");

    assertThat(store.list()).isEmpty();
    assertThat(onDisk()).isEmpty();
  }

  @Test
  void whatAKilledOperatorLeftHalfDoneIsGoneAtTheNextStart()
      throws IOException, RefusedReportException {
    put(open(ROOM_FOR_FOUR), "quickstart-1", Verdict.PASSED);
    Path half = Files.createDirectories(directory.resolve("incoming/1-1/report"));
    Files.writeString(half.resolve("run.json"), "{");
    Files.createDirectories(directory.resolve("leaving/1-2/report"));
    Path damaged = Files.createDirectories(directory.resolve("reports/ns/damaged-1/1-3"));
    Files.writeString(damaged.resolve("arrival.json"), "{}");

    ReportStore store = open(ROOM_FOR_FOUR);

    assertThat(runs(store)).containsExactly("quickstart-1");
    assertThat(directory.resolve("incoming")).isEmptyDirectory();
    assertThat(directory.resolve("leaving")).isEmptyDirectory();
    assertThat(directory.resolve("reports/ns/damaged-1")).doesNotExist();
  }

  @Test
  void aReportOfTheSameRunReplacesTheOldOneAlsoIfTheOperatorIsKilledInBetween()
      throws IOException, RefusedReportException {
    ReportStore store = open(ROOM_FOR_FOUR);
    put(store, "quickstart-1", Verdict.FAILED, 30_000);
    StoredReport second = put(store, "quickstart-1", Verdict.PASSED, 10);

    assertThat(store.list()).containsExactly(second);
    assertThat(store.bytes()).isEqualTo(second.bytes());
    assertThat(Trees.folders(directory.resolve("reports/ns/quickstart-1"))).hasSize(1);

    // Both are there: the new one had come, the old one had not yet gone.
    Path newer = Trees.folders(directory.resolve("reports/ns/quickstart-1")).getFirst();
    Path older = newer.resolveSibling("1-0");
    Files.createDirectories(older.resolve("report"));
    Files.copy(newer.resolve("report/run.json"), older.resolve("report/run.json"));
    Files.writeString(
        older.resolve("arrival.json"),
        "{\"uid\": \"u\", \"receivedAt\": \"2020-01-01T00:00:00Z\", \"bytes\": 99}");

    assertThat(open(ROOM_FOR_FOUR).list()).containsExactly(second);
    assertThat(older).doesNotExist();
  }

  @Test
  void aDeletedReportIsGoneWithItsFolders() throws IOException, RefusedReportException {
    ReportStore store = open(ROOM_FOR_FOUR);
    put(store, "quickstart-1", Verdict.FAILED);

    assertThat(store.delete("ns", "quickstart-1")).isTrue();
    assertThat(store.delete("ns", "quickstart-1")).isFalse();
    assertThat(store.delete("..", "..")).isFalse();

    assertThat(store.bytes()).isZero();
    assertThat(onDisk()).isEmpty();
    assertThat(directory.resolve("reports")).isEmptyDirectory();
  }

  @Test
  void theOldestPassedGoesForANewOne() throws IOException, RefusedReportException {
    ReportStore store = open(ROOM_FOR_FOUR);
    put(store, "r-1", Verdict.FAILED);
    put(store, "r-2", Verdict.PASSED);
    put(store, "r-3", Verdict.PASSED);
    put(store, "r-4", Verdict.PASSED);

    put(store, "r-5", Verdict.PASSED);

    assertThat(runs(store)).containsExactly("r-1", "r-3", "r-4", "r-5");
    assertThat(directory.resolve("reports/ns/r-2")).doesNotExist();
  }

  @Test
  void aStoreFullOfFailuresRefusesAPassedOneAndKeepsThemAll()
      throws IOException, RefusedReportException {
    ReportStore store = open(ROOM_FOR_FOUR);
    for (int i = 1; i <= 4; i++) {
      put(store, "r-" + i, Verdict.FAILED);
    }

    assertThatExceptionOfType(RefusedReportException.class)
        .isThrownBy(() -> put(store, "r-5", Verdict.PASSED))
        .satisfies(refused -> assertThat(refused.why()).isEqualTo(Why.NO_ROOM))
        .withMessageContaining("more room");
    assertThat(runs(store)).containsExactly("r-1", "r-2", "r-3", "r-4");
    assertThat(directory.resolve("incoming")).isEmptyDirectory();

    put(store, "r-6", Verdict.FAILED);
    assertThat(runs(store)).containsExactly("r-2", "r-3", "r-4", "r-6");
  }

  @Test
  void aFullVolumeRefusesAndAPassedReportGoesBefore() throws IOException, RefusedReportException {
    Limits slack = new Limits(1 << 20, 1 << 30, 100, 1000, 1 << 20, 1000);
    ReportStore store = open(slack);
    put(store, "r-1", Verdict.PASSED);
    put(store, "r-2", Verdict.FAILED);
    free = 900;

    put(store, "r-3", Verdict.PASSED);

    assertThat(runs(store)).containsExactly("r-2", "r-3");
    store.delete("ns", "r-3");
    assertThatExceptionOfType(RefusedReportException.class)
        .isThrownBy(() -> put(store, "r-4", Verdict.FAILED))
        .satisfies(refused -> assertThat(refused.why()).isEqualTo(Why.NO_ROOM));
    assertThat(runs(store)).containsExactly("r-2");
    assertThat(directory.resolve("incoming")).isEmptyDirectory();
  }

  @Test
  void whatIsNoReportIsRefused() throws IOException {
    ReportStore store = open(ROOM_FOR_FOUR);
    List<byte[]> none =
        List.of(
            new Tars().file("index.html", "x").gz(),
            new Tars().file("run.json", "x").gz(),
            new Tars().file("run.json", "null").gz(),
            new Tars().file("run.json", "{}").gz(),
            new Tars()
                .file(
                    "run.json",
                    Tars.runJson("t", Verdict.PASSED, "2026-11-22T02:00:00Z")
                        .replace("Passed", "Splendid"))
                .gz(),
            new Tars().file("run.json", Tars.runJson("t", Verdict.PASSED, "yesterday")).gz());

    for (byte[] tarGz : none) {
      assertThatExceptionOfType(RefusedReportException.class)
          .isThrownBy(
              () -> store.accept(new ReportId("ns", "r"), "uid", new ByteArrayInputStream(tarGz)))
          .satisfies(refused -> assertThat(refused.why()).isEqualTo(Why.MALFORMED));
    }
    assertThat(onDisk()).isEmpty();
  }

  @Test
  void manyUploadsAtOnceKeepTheStoreWithinItsSize()
      throws IOException, InterruptedException, ExecutionException {
    ReportStore store = open(ROOM_FOR_FOUR);
    List<Future<?>> uploads = new ArrayList<>();
    try (ExecutorService runners = Executors.newFixedThreadPool(8)) {
      for (int i = 0; i < 60; i++) {
        String run = "r-" + i % 20;
        uploads.add(
            runners.submit(() -> {
              put(store, run, Verdict.PASSED);
              if (run.endsWith("7")) {
                store.delete("ns", run);
              }
              return run;
            }));
      }
    }
    for (Future<?> upload : uploads) {
      upload.get();
    }

    assertThat(store.bytes()).isLessThanOrEqualTo(ROOM_FOR_FOUR.store());
    assertThat(store.list()).hasSizeBetween(2, 4);
    assertThat(store.bytes()).isEqualTo(store.list().stream().mapToLong(StoredReport::bytes).sum());
    assertThat(open(ROOM_FOR_FOUR).list()).isEqualTo(store.list());
  }
}
