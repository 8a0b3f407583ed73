package io.etcdrobustness.history.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.io.ByteArrayOutputStream;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HistoryWriterTest {

  private static final History.Facts FACTS = History.Facts.OWN_CLUSTER;

  @TempDir Path folder;

  @Test
  void anEntryReachesTheFileWithoutClosing() throws IOException {
    try (HistoryWriter writer = open()) {
      writer.record(put(7, 1));

      Path file = folder.resolve("operations.jsonl");
      while (!Files.readString(file).contains("\"client\":7")) {
        Thread.onSpinWait();
      }
      assertThat(HistoryReader.read(folder).history().operations()).containsExactly(put(7, 1));
    }
  }

  @Test
  void entriesOfManyThreadsAreAllKeptInTheOrderOfEachThread() throws Exception {
    int threads = 4;
    int each = 5_000;
    try (HistoryWriter writer = open()) {
      List<Thread> recorders = new ArrayList<>();
      for (int client = 0; client < threads; client++) {
        int own = client;
        recorders.add(
            Thread.ofPlatform()
                .start(() -> {
                  for (int i = 0; i < each; i++) {
                    writer.record(put(own, i));
                  }
                }));
      }
      for (Thread recorder : recorders) {
        recorder.join();
      }
    }
    List<Operation> read = HistoryReader.read(folder).history().operations();
    assertThat(read).hasSize(threads * each);
    for (int client = 0; client < threads; client++) {
      int own = client;
      assertThat(read.stream().filter(o -> o.client() == own).mapToLong(Operation::call))
          .isSorted()
          .hasSize(each);
    }
  }

  @Test
  void aFullDiskIsToldOnceAndThrownByClose() throws IOException {
    List<IOException> told = new CopyOnWriteArrayList<>();
    AtomicInteger closed = new AtomicInteger();
    HistoryWriter writer =
        new HistoryWriter(folder, FACTS, told::add, file -> new SmallDisk(100_000, closed));

    for (int i = 0; i < 50_000; i++) {
      writer.record(put(1, i));
    }

    assertThatThrownBy(writer::close)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("No space left on device")
        .hasMessageContaining(folder.toString());
    assertThat(told).singleElement().extracting(Throwable::getMessage).asString().contains("space");
    assertThat(closed).hasValue(3);
  }

  @Test
  void aCallbackThatThrowsDoesNotStopTheWriter() throws IOException {
    HistoryWriter writer =
        new HistoryWriter(
            folder,
            FACTS,
            e -> {
              throw new IllegalStateException("callback");
            },
            file -> new SmallDisk(1_000, new AtomicInteger()));

    for (int i = 0; i < 20_000; i++) {
      writer.record(put(1, i));
    }

    assertThatThrownBy(writer::close)
        .rootCause()
        .satisfies(cause -> assertThat(cause.getSuppressed()).hasSize(1));
  }

  @Test
  void aSlowDiskMakesTheCallerWaitAndLosesNothing() throws Exception {
    CountDownLatch diskGoesOn = new CountDownLatch(1);
    ByteArrayOutputStream disk = new ByteArrayOutputStream();
    HistoryWriter writer =
        new HistoryWriter(
            folder,
            FACTS,
            e -> fail("cannot write: %s", e),
            file ->
                file.endsWith("operations.jsonl")
                    ? new StuckDisk(disk, diskGoesOn)
                    : OutputStream.nullOutputStream());
    int count = 20_000;
    Thread recorder =
        Thread.ofPlatform()
            .start(() -> {
              for (int i = 0; i < count; i++) {
                writer.record(put(1, i));
              }
            });

    while (recorder.getState() != Thread.State.WAITING) {
      assertThat(recorder.isAlive()).isTrue();
      Thread.onSpinWait();
    }
    diskGoesOn.countDown();
    recorder.join();
    writer.close();

    assertThat(disk.toString(java.nio.charset.StandardCharsets.US_ASCII).lines())
        .hasSize(count + 1);
  }

  @Test
  void nothingCanBeRecordedAfterClosing() throws IOException {
    HistoryWriter writer = open();
    writer.close();
    writer.close();

    assertThatThrownBy(() -> writer.record(put(1, 1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void aFolderWithAHistoryIsNotWrittenAgain() throws IOException {
    open().close();

    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("operations.jsonl exists");
  }

  private HistoryWriter open() throws IOException {
    return HistoryWriter.open(folder, FACTS, e -> fail("cannot write: %s", e));
  }

  private static Operation put(int client, long time) {
    return new Operation(
        time,
        client,
        "m1",
        Request.Put.of("k" + client, "v" + time),
        time,
        time + 1,
        new Outcome.Ok(new Response.PutDone(Header.ofRevision(time + 2), Optional.empty())));
  }

  private static final class SmallDisk extends OutputStream {

    private final AtomicInteger closed;
    private int left;

    SmallDisk(int left, AtomicInteger closed) {
      this.left = left;
      this.closed = closed;
    }

    @Override
    public void write(int b) throws IOException {
      if (left-- <= 0) {
        throw new IOException("No space left on device");
      }
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  /** Takes the first line, and no more until it is released. */
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
  }
}
