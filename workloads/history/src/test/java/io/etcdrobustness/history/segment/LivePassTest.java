package io.etcdrobustness.history.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Watch;
import io.etcdrobustness.history.file.RandomEntries;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LivePassTest {

  private static final int SEEDS = 300;

  @TempDir private Path directory;
  private final List<Operation> operations = new ArrayList<>();
  private final List<Watch> messages = new ArrayList<>();
  private final List<Entry> happenings = new ArrayList<>();

  private void readAll(LivePass pass) throws IOException {
    while (pass.read(entry -> {})) {
      // Goes on as long as there is more.
    }
    for (Optional<Operation> next = pass.nextOperation();
        next.isPresent();
        next = pass.nextOperation()) {
      operations.add(next.get());
    }
    while (pass.hasMessage()) {
      messages.add(pass.nextMessage().orElseThrow());
    }
    happenings.addAll(pass.takeHappenings());
  }

  private static long earliestCall(List<Entry> entries) {
    return entries.stream()
        .filter(Operation.class::isInstance)
        .mapToLong(entry -> ((Operation) entry).call())
        .min()
        .orElse(Long.MAX_VALUE);
  }

  private static long earliestMessage(List<Entry> entries) {
    return entries.stream()
        .filter(Watch.class::isInstance)
        .mapToLong(entry -> ((Watch) entry).time())
        .min()
        .orElse(Long.MAX_VALUE);
  }

  /** All that was called before what is still under way is there at once, in its order. */
  @Test
  void everyEntryComesInTheOrderOfTimeAndAsSoonAsNothingEarlierCanFollow() throws IOException {
    for (long seed = 1; seed <= SEEDS; seed++) {
      RandomSource random = new RandomSource(seed);
      List<Entry> entries = new RandomEntries(random).entries(1 + random.nextInt(300));
      History whole = History.of(History.Facts.OWN_CLUSTER, entries);
      Path folder = directory.resolve("h" + seed);
      operations.clear();
      messages.clear();
      happenings.clear();
      try (LivePass pass = new LivePass(folder)) {
        assertThat(pass.facts()).isEmpty();
        assertThat(pass.read(entry -> {})).isFalse();
        try (SegmentWriter writer = Segments.writer(folder, whole.facts(), 1 << 12)) {
          int at = 0;
          while (at < entries.size()) {
            int to = Math.min(entries.size(), at + 1 + random.nextInt(30));
            entries.subList(at, to).forEach(writer::record);
            at = to;
            List<Entry> behind = entries.subList(at, entries.size());
            writer.endBlock(earliestCall(behind), earliestMessage(behind));

            readAll(pass);

            long calls = earliestCall(behind);
            long told = earliestMessage(behind);
            List<Entry> recorded = entries.subList(0, at);
            assertThat(operations)
                .as("seed %d, %d of %d recorded", seed, at, entries.size())
                .isEqualTo(
                    History.of(whole.facts(), recorded).operations().stream()
                        .filter(operation -> operation.call() <= calls)
                        .toList());
            assertThat(messages)
                .as("seed %d, %d of %d recorded", seed, at, entries.size())
                .isEqualTo(
                    History.of(whole.facts(), recorded).watches().stream()
                        .filter(message -> message.time() <= told)
                        .toList());
            assertThat(pass.closed()).isFalse();
          }
        }
        readAll(pass);

        assertThat(pass.closed()).isTrue();
        assertThat(pass.waiting()).isZero();
        assertThat(pass.recorded()).isEqualTo(operations.size());
      }
      assertThat(operations).as("seed %d", seed).isEqualTo(whole.operations());
      assertThat(messages).as("seed %d", seed).isEqualTo(whole.watches());
      assertThat(History.of(whole.facts(), happenings)).isEqualTo(whole.frame());
    }
  }

  @Test
  void aRecordThatDoesNotTellWhatIsAheadIsHandedOutWhenItIsClosed() throws IOException {
    List<Entry> entries = new RandomEntries(new RandomSource(7)).entries(100);
    Path folder = directory.resolve("h");
    try (LivePass pass = new LivePass(folder)) {
      try (SegmentWriter writer = Segments.writer(folder, History.Facts.OWN_CLUSTER, 1 << 12)) {
        entries.forEach(writer::record);
        writer.flush();
        readAll(pass);
        assertThat(operations).allMatch(operation -> operation.call() == Long.MIN_VALUE);
        assertThat(pass.waiting()).isPositive();
      }
      readAll(pass);
    }
    assertThat(operations)
        .isEqualTo(History.of(History.Facts.OWN_CLUSTER, entries).operations())
        .isNotEmpty();
  }

  @Test
  void whatALiveRecorderWasToldOfWhatIsAheadStandsBehindAllThatWasRecordedBefore()
      throws IOException {
    List<Entry> entries =
        new RandomEntries(new RandomSource(3))
            .entries(200).stream().filter(Operation.class::isInstance).toList();
    Path folder = directory.resolve("h");
    try (LivePass pass = new LivePass(folder)) {
      try (LiveRecorder recorder =
          LiveRecorder.open(folder, History.Facts.OWN_CLUSTER, failure -> {})) {
        entries.forEach(recorder::record);
        recorder.flushSoon(Long.MAX_VALUE, Long.MAX_VALUE);
      }
      readAll(pass);
    }
    assertThat(operations).hasSameSizeAs(entries);
  }
}
