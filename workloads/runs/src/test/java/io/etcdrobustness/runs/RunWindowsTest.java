package io.etcdrobustness.runs;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Assessment;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.Verdict;
import io.etcdrobustness.checker.Violation;
import io.etcdrobustness.engine.VirtualScheduler;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.segment.SegmentReader;
import io.etcdrobustness.runs.windows.Edge;
import io.etcdrobustness.runs.windows.WindowFolders;
import io.etcdrobustness.runs.windows.WindowLedger;
import io.etcdrobustness.runs.windows.WindowRecords;
import io.etcdrobustness.runs.windows.WindowRow;
import io.etcdrobustness.runs.windows.WindowStanding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Windows and their judge, who judges when the test lets him. */
class RunWindowsTest {

  private static final WindowCycle.Held HELD =
      new WindowCycle.Held(Duration.ofMillis(300), Duration.ofMillis(50));

  @TempDir private Path directory;
  private final VirtualScheduler scheduler = new VirtualScheduler();
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private final List<String> told = new ArrayList<>();
  private final List<Throwable> broken = new ArrayList<>();
  private final WindowLedger ledger = new WindowLedger(WindowStanding.NONE, List.of(), 10);
  private WindowFolders folders = new WindowFolders(Path.of(""));
  private WindowRecords records = records();
  private RunWindows windows = windows();
  private boolean violating;
  private boolean unreadable;
  private int violations;

  @BeforeEach
  void aRun() {
    folders = new WindowFolders(directory);
    records = records();
    windows = windows();
    records.beginEmpty();
    windows.begin();
  }

  private WindowRecords records() {
    return new WindowRecords(folders, 1, false, scheduler::now, broken::add);
  }

  private RunWindows windows() {
    return new RunWindows(
        records,
        entry -> records.record(entry),
        () -> told.add("last words"),
        folders,
        this::judge,
        ledger,
        waiting::add,
        Duration.ofSeconds(10),
        scheduler,
        () -> 1_000_000,
        new Listening(),
        new RunWindows.Told(_ -> told.add("kept"), () -> violations++, broken::add));
  }

  private final class Listening implements RunListener {
    @Override
    public void note(String sentence) {
      told.add(sentence);
    }

    @Override
    public void progress(Progress progress) {}

    @Override
    public void judged(Finding finding) {}

    @Override
    public void windows(WindowProgress progress) {
      told.add(
          "window %d, lag %d, %s, %d unjudged%s"
              .formatted(
                  progress.window(),
                  progress.lag().toSeconds(),
                  progress.verdict(),
                  progress.unjudged(),
                  progress.waiting() ? ", waiting" : ""));
    }

    @Override
    public void windowJudged(WindowRow row, WindowStanding standing) {
      told.add("window " + row.window() + " " + row.verdict());
    }
  }

  private Judging.Result judge(Path folder) throws IOException {
    if (unreadable) {
      throw new IOException("cannot read " + folder);
    }
    assertThat(SegmentReader.read(folder).history().phases())
        .as("the record is whole when it is judged")
        .extracting(Phase::name)
        .contains(Phase.Name.END);
    List<Finding> findings =
        violating
            ? List.of(
                new Finding(
                    "Linearizable",
                    Property.Kind.ALWAYS,
                    Finding.Status.VIOLATED,
                    1,
                    List.of(
                        new Violation(
                            "Linearizable", "stale", 1, List.of(), List.of(), List.of(), 0)),
                    1,
                    ""))
            : List.of();
    return new Judging.Result(Assessment.of(findings, Set.of()), Duration.ofSeconds(12));
  }

  /** The judge comes to the next window. */
  private void judgeOne() {
    waiting.removeFirst().run();
    scheduler.advance(Duration.ZERO);
  }

  private CompletableFuture<Void> turn() {
    scheduler.advance(Duration.ofSeconds(10));
    windows.turn(Edge.UNKNOWN, HELD);
    return windows.room().toCompletableFuture();
  }

  private void progress() {
    windows.progress(
        new RunListener.Progress(Duration.ZERO, Duration.ZERO, 0, 0, 0, "", List.of()));
  }

  @Test
  void theNextWindowBeginsWhileTheOneBeforeIsJudged() {
    assertThat(turn()).isCompleted();
    assertThat(windows.number()).isEqualTo(2);
    progress();
    judgeOne();
    progress();
    assertThat(told)
        .containsExactly(
            "last words",
            "window 2, lag 10, INCONCLUSIVE, 1 unjudged",
            "kept",
            "window 1 Passed",
            "window 2, lag 0, PASSED, 0 unjudged");
    assertThat(broken).isEmpty();
  }

  @Test
  void whereTheJudgeIsMoreThanOneWindowBehindTheTrafficWaitsAndBecomesSlower() {
    assertThat(turn()).isCompleted();
    CompletableFuture<Void> room = turn();
    assertThat(room).isNotDone();
    assertThat(told).contains("the judge is 2 windows behind: the traffic waits for him");
    progress();
    assertThat(told.getLast()).isEqualTo("window 3, lag 20, INCONCLUSIVE, 2 unjudged, waiting");

    scheduler.advance(Duration.ofSeconds(7));
    judgeOne();
    assertThat(room).isCompleted();
    assertThat(windows.pauses()).isGreaterThan(1);
    judgeOne();
    WindowStanding standing = ledger.standing();
    assertThat(standing.waits()).isEqualTo(1);
    assertThat(standing.waitedMillis()).isEqualTo(7_000);
    assertThat(standing.longestLagMillis()).isEqualTo(17_000);
    assertThat(standing.table().last())
        .extracting(row -> row.from() / 1_000_000_000)
        .containsExactly(0L, 10L);
  }

  @Test
  void theFirstViolationIsToldOnce() {
    violating = true;
    var _ = turn();
    judgeOne();
    var _ = turn();
    judgeOne();
    assertThat(violations).isEqualTo(1);
    violating = false;
    var _ = turn();
    judgeOne();
    progress();
    assertThat(told.getLast()).contains(Verdict.FAILED.name());
  }

  @Test
  void theLastWindowIsClosedAndWhatComesLaterGoesNowhere() {
    var _ = turn();
    windows.end(Edge.UNKNOWN, HELD);
    CompletableFuture<Void> all = windows.closeLast().toCompletableFuture();
    records.record(new Phase(Phase.Name.TRAFFIC, 7));
    judgeOne();
    assertThat(all).isNotDone();
    judgeOne();
    assertThat(all).isCompleted();
    assertThat(ledger.standing().judged()).isEqualTo(2);
    assertThat(windows.closeLast().toCompletableFuture()).isCompleted();
    assertThat(waiting).isEmpty();
  }

  @Test
  void recordsOfGoodWindowsGoAndTheLastOnesStay() {
    for (int i = 0; i < 6; i++) {
      assertThat(turn()).isCompleted();
      judgeOne();
    }
    assertThat(Files.isDirectory(folders.of(3))).isFalse();
    assertThat(Files.isDirectory(folders.of(4))).isTrue();
    assertThat(ledger.standing().kept().latest()).containsExactly(4, 5, 6);
  }

  @Test
  void aRecordThatCannotBeReadIsTold() {
    unreadable = true;
    var _ = turn();
    judgeOne();
    assertThat(broken).singleElement().isInstanceOf(IOException.class);
  }

  @Test
  void theNextRecordTellsThatNothingIsKnownWhereNobodyWasRead() throws IOException {
    var _ = turn();
    records.record(new Phase(Phase.Name.TRAFFIC, scheduler.now()));
    var _ = turn();
    judgeOne();
    judgeOne();
    assertThat(SegmentReader.read(folders.of(1)).history().facts().start())
        .isEqualTo(History.Start.EMPTY);
    assertThat(SegmentReader.read(folders.of(2)).history().facts().start())
        .isEqualTo(History.Start.UNKNOWN);
  }
}
