package io.etcdrobustness.history.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.file.SyncedFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LiveRecorderTest {

  private static final History.Facts FACTS = History.Facts.OWN_CLUSTER;

  @TempDir private Path folder;
  private Path first = Path.of("");

  @BeforeEach
  void theFirstSegment() {
    first = folder.resolve("000001.seg");
  }

  @Test
  void whatIsToBeFlushedReachesTheFileWithoutClosing() throws IOException {
    try (LiveRecorder recorder = open();
        SegmentFollower follower = new SegmentFollower(folder)) {
      recorder.record(put(7, 1));
      recorder.record(put(7, 2));
      recorder.flushSoon();
      List<Entry> read = new ArrayList<>();
      while (read.size() < 2) {
        assertThat(follower.poll(read::add)).isFalse();
        Thread.onSpinWait();
      }
      assertThat(read).containsExactly(put(7, 1), put(7, 2));
    }
    assertThat(Segments.read(folder).notes()).isEmpty();
  }

  @Test
  void withoutAFlushABlockIsWrittenWhenItIsFull() throws IOException {
    try (LiveRecorder recorder = open()) {
      for (int i = 0; i <= SegmentFolder.BLOCK_ENTRIES; i++) {
        recorder.record(put(1, i));
      }
      while (Segments.read(folder).entries().isEmpty()) {
        Thread.onSpinWait();
      }
      assertThat(Segments.read(folder).entries()).hasSize(SegmentFolder.BLOCK_ENTRIES);
    }
    assertThat(Segments.read(folder).entries()).hasSize(SegmentFolder.BLOCK_ENTRIES + 1);
  }

  @Test
  void aFlushOfNothingWritesNothing() throws IOException {
    try (LiveRecorder recorder = open()) {
      for (int i = 0; i < 10; i++) {
        recorder.flushSoon();
      }
      recorder.record(put(1, 1));
      recorder.flushSoon();
    }
    Path other = folder.resolve("other");
    try (LiveRecorder recorder =
        LiveRecorder.open(other, FACTS, e -> fail("cannot write: %s", e))) {
      recorder.record(put(1, 1));
    }
    assertThat(first).hasSameBinaryContentAs(other.resolve("000001.seg"));
  }

  @Test
  void entriesOfManyThreadsAreAllKeptInTheOrderOfEachThread() throws Exception {
    int threads = 4;
    int each = 5_000;
    try (LiveRecorder recorder = open()) {
      List<Thread> clients = new ArrayList<>();
      for (int client = 0; client < threads; client++) {
        int own = client;
        clients.add(
            Thread.ofPlatform()
                .start(() -> {
                  for (int i = 0; i < each; i++) {
                    recorder.record(put(own, i));
                    if (i % 500 == 0) {
                      recorder.flushSoon();
                    }
                  }
                }));
      }
      for (Thread client : clients) {
        client.join();
      }
    }
    Segments.Read read = Segments.read(folder);
    assertThat(read.notes()).isEmpty();
    assertThat(read.entries()).hasSize(threads * each);
    for (int client = 0; client < threads; client++) {
      int own = client;
      assertThat(
              read.entries().stream()
                  .map(Operation.class::cast)
                  .filter(o -> o.client() == own)
                  .mapToLong(Operation::call))
          .isSorted()
          .hasSize(each);
    }
  }

  @Test
  void aFullDiskIsToldOnceWhileTheRunGoesOnAndThrownByClose() throws IOException {
    List<IOException> told = new CopyOnWriteArrayList<>();
    AtomicInteger left = new AtomicInteger(2_000);
    LiveRecorder recorder =
        new LiveRecorder(
            folder,
            new SegmentWriter(
                folder, FACTS, told::add, file -> new SmallDisk(file, left), 1 << 30));

    for (int i = 0; i < 10; i++) {
      recorder.record(put(1, i));
    }
    recorder.flushSoon();
    for (int i = 10; i < 50_000; i++) {
      recorder.record(put(1, i));
      recorder.flushSoon();
    }
    while (told.isEmpty()) {
      Thread.onSpinWait();
    }

    assertThatThrownBy(recorder::close)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("No space left on device")
        .hasMessageContaining(folder.toString());
    assertThat(told).singleElement().extracting(Throwable::getMessage).asString().contains("space");
    Segments.Read read = Segments.read(folder);
    assertThat(read.entries()).as("as far as the disk took it").isNotEmpty().startsWith(put(1, 0));
    assertThat(read.notes()).singleElement().asString().contains("truncated");
  }

  @Test
  void anEntryThatCannotBeEncodedFailsTheRecordAndHoldsNobodyUp() throws IOException {
    List<IOException> told = new CopyOnWriteArrayList<>();
    LiveRecorder recorder = LiveRecorder.open(folder, FACTS, told::add);
    recorder.record(put(1, 1));
    recorder.flushSoon();
    Request.InTxn tooDeep = new Request.Txn(List.of(), List.of(), List.of());
    for (int i = 0; i <= SegmentFolder.DEEPEST; i++) {
      tooDeep = new Request.Txn(List.of(), List.of(tooDeep), List.of());
    }
    recorder.record(put(tooDeep, 1, 2));
    for (int i = 0; i < 50_000; i++) {
      recorder.record(put(1, i));
    }

    assertThatThrownBy(recorder::close).hasMessageContaining("it lacks the last 50001 entries");
    assertThat(told).singleElement().asString().contains("cannot encode an entry");
    assertThat(Segments.read(folder).entries()).containsExactly(put(1, 1));
  }

  @Test
  void aSlowDiskMakesTheCallerWaitAndLosesNothing() throws Exception {
    CountDownLatch diskGoesOn = new CountDownLatch(1);
    LiveRecorder recorder =
        new LiveRecorder(
            folder,
            new SegmentWriter(
                folder,
                FACTS,
                e -> fail("cannot write: %s", e),
                file -> new StuckDisk(SyncedFile.create(file), diskGoesOn),
                1 << 30));
    int count = 20_000;
    Thread client =
        Thread.ofPlatform()
            .start(() -> {
              for (int i = 0; i < count; i++) {
                recorder.record(put(1, i));
              }
            });

    while (client.getState() != Thread.State.WAITING) {
      assertThat(client.isAlive()).isTrue();
      Thread.onSpinWait();
    }
    // Whoever ticks is not held up.
    recorder.flushSoon();
    diskGoesOn.countDown();
    client.join();
    recorder.close();

    assertThat(Segments.read(folder).entries()).hasSize(count);
    assertThat(Segments.read(folder).notes()).isEmpty();
  }

  @Test
  void nothingCanBeRecordedAfterClosing() throws IOException {
    LiveRecorder recorder = open();
    recorder.close();
    recorder.close();
    recorder.flushSoon();

    assertThatThrownBy(() -> recorder.record(put(1, 1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void aFolderWithAHistoryIsNotWrittenAgain() throws IOException {
    open().close();

    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("000001.seg exists");
  }

  private LiveRecorder open() throws IOException {
    return LiveRecorder.open(folder, FACTS, e -> fail("cannot write: %s", e));
  }

  private static Operation put(int client, long time) {
    return put(Request.Put.of("k" + client, "v" + time), client, time);
  }

  private static Operation put(Request request, int client, long time) {
    return new Operation(
        time,
        client,
        "m1",
        request,
        time,
        time + 1,
        new Outcome.Ok(new Response.PutDone(Header.ofRevision(time + 2), Optional.empty())));
  }

  /** Takes so many bytes, and no more. */
  private static final class SmallDisk extends OutputStream {

    private final OutputStream file;
    private final AtomicInteger left;

    SmallDisk(Path file, AtomicInteger left) throws IOException {
      this.file = Files.newOutputStream(file);
      this.left = left;
    }

    @Override
    public void write(int b) throws IOException {
      if (left.getAndDecrement() <= 0) {
        throw new IOException("No space left on device");
      }
      file.write(b);
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  /** Takes the header, and no more until it is released. */
  private static final class StuckDisk extends OutputStream {

    private final OutputStream disk;
    private final CountDownLatch released;
    private boolean first = true;

    StuckDisk(OutputStream disk, CountDownLatch released) {
      this.disk = disk;
      this.released = released;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (!first) {
        try {
          released.await();
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
      }
      first = false;
      disk.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      disk.close();
    }
  }
}
