package io.etcdrobustness.runs.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Verdict;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Watch;
import io.etcdrobustness.history.file.Loaded;
import io.etcdrobustness.history.segment.SegmentReader;
import io.etcdrobustness.history.segment.SegmentWriter;
import io.etcdrobustness.runs.Judging;
import io.etcdrobustness.runs.QuietListener;
import io.etcdrobustness.spec.TestSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whenever the judge waits, the writer writes on for half a second of the run. */
@Timeout(120)
class LiveCheckTest {

  private static final long HALF_A_SECOND = 500_000_000L;

  @TempDir private Path directory;
  private final Judging judging = Judging.of(TestSpec.defaults());
  private final Told told = new Told();

  /** Keeps what it is told. */
  private static final class Told implements LiveListener {
    private final List<Standing> standings = new ArrayList<>();
    private final List<Finding> violated = new ArrayList<>();
    private final List<String> left = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    @Override
    public void standing(Standing standing) {
      standings.add(standing);
    }

    @Override
    public void violated(Finding finding) {
      violated.add(finding);
    }

    @Override
    public void left(List<String> properties, String why) {
      left.addAll(properties);
    }

    @Override
    public void note(String sentence) {
      notes.add(sentence);
    }

    @Override
    public void judged(Finding finding) {}
  }

  /** Writes while the judge waits. */
  private final class Writer implements Pace {
    private final List<Entry> entries;
    private final Path folder;
    private final SegmentWriter writer;
    private final boolean tellsAhead;
    private int stopAfter = Integer.MAX_VALUE;
    private int killAfter = Integer.MAX_VALUE;
    private int waits;
    private int written;
    private long runTime;
    private long now;
    private boolean closed;

    Writer(List<Entry> entries, String name, boolean tellsAhead) throws IOException {
      this.entries = entries;
      this.tellsAhead = tellsAhead;
      folder = directory.resolve(name);
      writer =
          SegmentWriter.open(
              folder,
              History.Facts.OWN_CLUSTER,
              failure -> {
                throw new UncheckedIOException(failure);
              });
    }

    @Override
    public long now() {
      // Everything is worth to be told.
      now += 1_000_000_000L;
      return now;
    }

    @Override
    public boolean stopped() {
      return waits >= stopAfter;
    }

    @Override
    public void await() {
      behindByNoMoreThanASecond();
      if (waits == killAfter) {
        throw new Killed();
      }
      waits++;
      runTime += HALF_A_SECOND;
      while (written < entries.size() && Tale.recordedAt(entries.get(written)) <= runTime) {
        writer.record(entries.get(written++));
      }
      try {
        if (tellsAhead) {
          writer.flush(earliestCall(), earliestMessage());
        } else {
          writer.flush();
        }
        if (written == entries.size() && !closed) {
          closed = true;
          writer.close();
        }
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }

    private List<Entry> behind() {
      return entries.subList(written, entries.size());
    }

    private long earliestCall() {
      return behind().stream()
          .mapToLong(entry -> entry instanceof Operation operation ? operation.call() : runTime)
          .min()
          .orElse(runTime);
    }

    private long earliestMessage() {
      return behind().stream()
          .mapToLong(entry -> entry instanceof Watch message ? message.time() : runTime)
          .min()
          .orElse(runTime);
    }

    /** Before it waits the judge has judged all that was called before the slowest in flight. */
    private void behindByNoMoreThanASecond() {
      if (!tellsAhead || told.standings.isEmpty() || !told.left.isEmpty()) {
        return;
      }
      Standing last = told.standings.getLast();
      long slowest = earliestCall();
      long judged =
          entries.subList(0, written).stream()
              .filter(entry -> entry instanceof Operation operation && operation.call() <= slowest)
              .count();
      assertThat(last.operations()).as("%s", last).isEqualTo(judged);
      assertThat(slowest - last.time())
          .as("from the slowest in flight to what is judged, %s", last)
          .isLessThanOrEqualTo(1_000_000_000L);
    }
  }

  /** The end of the process that watches. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private Path checkpoint() {
    return directory.resolve("checkpoint");
  }

  private LiveCheck.Result followFromCheckpoint(Writer writer, Judging how) throws IOException {
    try (LiveCheck check =
        new LiveCheck(
            writer.folder, how, writer, told, Optional.of(new CheckpointFile(checkpoint())))) {
      return check.follow();
    }
  }

  /** Follows, is killed after some waits, and leaves a checkpoint that is older than that. */
  private void followUntilKilled(Writer writer, int waits) {
    writer.killAfter = writer.waits + waits;
    assertThatThrownBy(() -> followFromCheckpoint(writer, judging)).isInstanceOf(Killed.class);
    writer.killAfter = Integer.MAX_VALUE;
  }

  private List<Finding> judgedAsAWhole(Writer writer) throws IOException {
    return judging
        .judge(SegmentReader.read(writer.folder).history(), new QuietListener())
        .assessment()
        .findings();
  }

  @Test
  void aWatcherThatIsKilledAgainAndAgainGoesOnAndFindsWhatItWouldHaveFound() throws IOException {
    for (long seed = 1; seed <= 3; seed++) {
      Files.deleteIfExists(checkpoint());
      told.notes.clear();
      told.standings.clear();
      RandomSource random = new RandomSource(seed);
      Writer writer = new Writer(Tale.of(2_000, seed), "h" + seed, true);
      for (int kills = 0; kills < 3; kills++) {
        followUntilKilled(writer, 8 + random.nextInt(4));
        assertThat(checkpoint()).exists();
      }

      LiveCheck.Result result = followFromCheckpoint(writer, judging);

      assertThat(told.notes)
          .as("seed %d", seed)
          .hasSize(3)
          .allMatch(note -> note.startsWith("goes on from a checkpoint"));
      assertThat(told.left).isEmpty();
      assertThat(result.operations()).isEqualTo(2_000);
      assertThat(result.judged().assessment().findings())
          .as("seed %d", seed)
          .isEqualTo(judgedAsAWhole(writer));
    }
  }

  @Test
  void whoStopsLeavesACheckpointOfAllThatWasJudged() throws IOException {
    Writer writer = new Writer(Tale.of(2_000, 1), "h", true);
    writer.stopAfter = 20;
    long judged = followFromCheckpoint(writer, judging).operations();
    writer.stopAfter = Integer.MAX_VALUE;
    told.standings.clear();

    LiveCheck.Result result = followFromCheckpoint(writer, judging);

    assertThat(told.standings.getFirst().operations()).isGreaterThanOrEqualTo(judged);
    assertThat(result.judged().assessment().verdict()).isEqualTo(Verdict.PASSED);
  }

  @Test
  void whatWasViolatedBeforeTheCheckpointStaysSo() throws IOException {
    List<Entry> entries = new ArrayList<>(Tale.of(2_000, 3));
    entries.add(Tale.stale(entries, 700 * Tale.STEP));
    entries.sort(Comparator.comparingLong(Tale::recordedAt));
    Writer writer = new Writer(entries, "h", true);
    writer.stopAfter = 20;
    followFromCheckpoint(writer, judging);
    writer.stopAfter = 22;

    LiveCheck.Result stopped = followFromCheckpoint(writer, judging);

    assertThat(stopped.judged().assessment().verdict()).isEqualTo(Verdict.FAILED);
    writer.stopAfter = Integer.MAX_VALUE;
    assertThat(followFromCheckpoint(writer, judging).judged().assessment().findings())
        .isEqualTo(judgedAsAWhole(writer));
  }

  @Test
  void aCheckpointThatIsTornOrDamagedIsToldAndIgnored() throws IOException {
    Writer writer = new Writer(Tale.of(1_000, 1), "h", true);
    followUntilKilled(writer, 10);
    byte[] whole = Files.readAllBytes(checkpoint());
    RandomSource random = new RandomSource(1);
    for (int i = 0; i < 10; i++) {
      byte[] damaged =
          random.chance(0.5) ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
      if (damaged.length == whole.length) {
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      }
      Files.write(checkpoint(), damaged);
      told.notes.clear();
      followUntilKilled(writer, 0);
      assertThat(told.notes).hasSize(1).first().asString().contains("is not used: it is");
    }

    Files.write(checkpoint(), Arrays.copyOf(whole, whole.length / 2));
    LiveCheck.Result result = followFromCheckpoint(writer, judging);
    assertThat(result.operations()).isEqualTo(1_000);
    assertThat(result.judged().assessment().findings()).isEqualTo(judgedAsAWhole(writer));
  }

  @Test
  void aCheckpointOfAnotherRecordOrAnotherCheckIsToldAndIgnored() throws IOException {
    Writer other = new Writer(Tale.of(1_000, 2), "other", true);
    followUntilKilled(other, 10);
    Writer writer = new Writer(Tale.of(1_000, 1), "h", true);
    followUntilKilled(writer, 10);
    assertThat(told.notes)
        .hasSize(1)
        .first()
        .asString()
        .contains("is not used: it is of another record; judging from the beginning");

    told.notes.clear();
    LiveCheck.Result result =
        followFromCheckpoint(writer, judging.only(Set.of("WatchOrdered", "NoPanic")));
    assertThat(told.notes)
        .hasSize(1)
        .first()
        .asString()
        .contains("is not used: it is of a check of other properties");
    assertThat(result.judged().assessment().verdict()).isEqualTo(Verdict.PASSED);
    other.writer.close();
  }

  private LiveCheck.Result follow(Writer writer) throws IOException {
    try (LiveCheck check = new LiveCheck(writer.folder, judging, writer, told)) {
      return check.follow();
    }
  }

  @Test
  void aGrowingRecordIsJudgedUpToTheSlowestRequestInFlightAndPassesWhenItIsClosed()
      throws IOException {
    for (long seed = 1; seed <= 5; seed++) {
      told.standings.clear();
      Writer writer = new Writer(Tale.of(2_000, seed), "h" + seed, true);

      LiveCheck.Result result = follow(writer);

      assertThat(result.judged().assessment().verdict())
          .as("seed %d: %s", seed, result)
          .isEqualTo(Verdict.PASSED);
      assertThat(result.operations()).isEqualTo(2_000);
      assertThat(told.left).as("seed %d", seed).isEmpty();
      assertThat(told.standings).hasSizeGreaterThan(30);
      assertThat(told.standings)
          .extracting(Standing::operations)
          .isSorted()
          .last()
          .matches(count -> count > 1_900);
      assertThat(told.standings.getLast().revision()).isGreaterThan(800);
      assertThat(told.standings.getLast().holding()).hasSize(judging.judged().size());
      assertThat(result.judged().assessment().findings())
          .isEqualTo(
              judging
                  .judge(SegmentReader.read(writer.folder).history(), new QuietListener())
                  .assessment()
                  .findings());
    }
  }

  @Test
  void aStaleReadIsToldLongBeforeTheRecordIsClosedAndTheWholeBearsItOut() throws IOException {
    List<Entry> entries = new ArrayList<>(Tale.of(2_000, 3));
    long time = 700 * Tale.STEP;
    entries.add(Tale.stale(entries, time));
    entries.sort(Comparator.comparingLong(Tale::recordedAt));
    Writer writer = new Writer(entries, "h", true);
    int[] violatedAfter = {0};
    LiveListener listening = new Forwarding(told, () -> violatedAfter[0] = writer.written);

    LiveCheck.Result result;
    try (LiveCheck check = new LiveCheck(writer.folder, judging, writer, listening)) {
      result = check.follow();
    }

    assertThat(told.violated).extracting(Finding::property).contains("Linearizable");
    assertThat(violatedAfter[0]).isPositive().isLessThan(entries.size() / 2);
    assertThat(result.judged().assessment().verdict()).isEqualTo(Verdict.FAILED);
    Loaded whole = SegmentReader.read(writer.folder);
    assertThat(result.judged().assessment().findings())
        .isEqualTo(judging.judge(whole.history(), new QuietListener()).assessment().findings());
  }

  @Test
  void aViolationThatWasToldStaysOneWhenWatchingIsStopped() throws IOException {
    List<Entry> entries = new ArrayList<>(Tale.of(2_000, 3));
    entries.add(Tale.stale(entries, 700 * Tale.STEP));
    entries.sort(Comparator.comparingLong(Tale::recordedAt));
    Writer writer = new Writer(entries, "h", true);
    writer.stopAfter = 25;

    LiveCheck.Result result = follow(writer);

    assertThat(result.judged().assessment().verdict()).isEqualTo(Verdict.FAILED);
    writer.writer.close();
  }

  @Test
  void whereIssuesAreAcknowledgedOnlyTheWholeConvicts() throws IOException {
    List<Entry> entries = new ArrayList<>(Tale.of(1_000, 3));
    entries.add(Tale.stale(entries, 700 * Tale.STEP));
    entries.sort(Comparator.comparingLong(Tale::recordedAt));
    Writer writer = new Writer(entries, "h", true);
    TestSpec plain = TestSpec.defaults();
    TestSpec acknowledging =
        new TestSpec(
            plain.mode(),
            plain.suspend(),
            plain.duration(),
            plain.window(),
            plain.onViolation(),
            plain.seed(),
            plain.schedule(),
            plain.timeZone(),
            plain.concurrencyPolicy(),
            plain.cluster(),
            plain.workload(),
            plain.faults(),
            plain.upgrade(),
            plain.checks(),
            plain.pass(),
            plain.report(),
            List.of("etcd-18667"),
            plain.safety());

    LiveCheck.Result result;
    try (LiveCheck check = new LiveCheck(writer.folder, Judging.of(acknowledging), writer, told)) {
      result = check.follow();
    }

    assertThat(told.violated).isEmpty();
    assertThat(told.notes).anyMatch(note -> note.startsWith("Linearizable is broken; whether by"));
    assertThat(result.judged().assessment().verdict()).isEqualTo(Verdict.FAILED);
  }

  @Test
  void whoStopsIsToldWhatHoldsSoFarWhichIsInconclusive() throws IOException {
    Writer writer = new Writer(Tale.of(2_000, 1), "h", true);
    writer.stopAfter = 20;

    LiveCheck.Result result = follow(writer);

    assertThat(result.judged().assessment().verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(result.operations()).isBetween(900L, 1_000L);
    assertThat(result.judged().assessment().findings())
        .hasSize(judging.properties().size())
        .allMatch(finding -> finding.status() == Finding.Status.UNDECIDED)
        .allMatch(finding -> finding.note().contains("holds up to 9."));
    writer.writer.close();
  }

  @Test
  void aRecordThatDoesNotTellWhatIsInFlightIsJudgedWhenItIsClosed() throws IOException {
    LiveCheck.Result result = follow(new Writer(Tale.of(500, 1), "h", false));

    assertThat(result.judged().assessment().verdict()).isEqualTo(Verdict.PASSED);
    assertThat(told.standings).extracting(Standing::waiting).anyMatch(waiting -> waiting == 500);
  }

  @Test
  void aRecordThatDoesNotGrowIsWaitedForAndThatIsSaid() throws IOException {
    Writer silent = new Writer(List.of(), "h", true);
    silent.closed = true;
    silent.stopAfter = 12;

    LiveCheck.Result result = follow(silent);

    assertThat(result.judged().assessment().verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(told.standings.getLast().operations()).isZero();
    silent.writer.close();
  }

  /** Runs something whenever a violation is told. */
  private record Forwarding(LiveListener next, Runnable onViolation) implements LiveListener {
    @Override
    public void standing(Standing standing) {
      next.standing(standing);
    }

    @Override
    public void violated(Finding finding) {
      onViolation.run();
      next.violated(finding);
    }

    @Override
    public void left(List<String> properties, String why) {
      next.left(properties, why);
    }

    @Override
    public void note(String sentence) {
      next.note(sentence);
    }

    @Override
    public void judged(Finding finding) {
      next.judged(finding);
    }
  }
}
