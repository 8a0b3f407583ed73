package io.etcdrobustness.history.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SegmentWriterTest {

  private static final History.Facts FACTS = History.Facts.OWN_CLUSTER;

  @TempDir Path folder;

  @Test
  void whatWasFlushedIsInTheFileWithoutClosing() throws IOException {
    try (SegmentWriter writer = Segments.writer(folder, FACTS, 1 << 20)) {
      writer.record(put(7, 1));
      writer.flush();
      writer.record(put(7, 2));

      Segments.Read read = Segments.read(folder);
      assertThat(read.entries()).containsExactly(put(7, 1));
      assertThat(read.notes())
          .singleElement()
          .asString()
          .contains("what was not flushed is missing");
    }
    assertThat(Segments.read(folder))
        .isEqualTo(new Segments.Read(FACTS, List.of(put(7, 1), put(7, 2)), List.of()));
  }

  @Test
  void entriesOfManyThreadsAreAllKeptInTheOrderOfEachThread() throws Exception {
    int threads = 4;
    int each = 5_000;
    try (SegmentWriter writer = Segments.writer(folder, FACTS, 100_000)) {
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
      for (int i = 0; i < 50; i++) {
        writer.flush();
      }
      for (Thread recorder : recorders) {
        recorder.join();
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
    assertThat(folder.resolve("000003.seg")).exists();
  }

  @Test
  void notesGoWithTheHistory() throws IOException {
    try (SegmentWriter writer = Segments.writer(folder, FACTS, 1 << 20)) {
      writer.record(put(1, 1));
      writer.note("watches.jsonl is missing: …");
      writer.record(put(1, 2));
    }
    assertThat(Segments.read(folder))
        .isEqualTo(
            new Segments.Read(
                FACTS, List.of(put(1, 1), put(1, 2)), List.of("watches.jsonl is missing: …")));
  }

  @Test
  void aFullDiskIsToldOnceAndThrownByFlushAndClose() throws IOException {
    List<IOException> told = new ArrayList<>();
    AtomicInteger closed = new AtomicInteger();
    SegmentWriter writer =
        new SegmentWriter(
            folder, FACTS, told::add, file -> new SmallDisk(100_000, closed), 1 << 30);

    for (int i = 0; i < 50_000; i++) {
      writer.record(put(1, i));
    }

    assertThatThrownBy(writer::flush).hasMessageContaining("No space left on device");
    assertThatThrownBy(writer::close)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("No space left on device")
        .hasMessageContaining(folder.toString());
    assertThat(told).singleElement().extracting(Throwable::getMessage).asString().contains("space");
    assertThat(closed).hasValue(1);
  }

  @Test
  void aCallbackThatThrowsIsNotLostAndDoesNotStopTheCaller() throws IOException {
    SegmentWriter writer =
        new SegmentWriter(
            folder,
            FACTS,
            e -> {
              throw new IllegalStateException("callback");
            },
            file -> new SmallDisk(1_000, new AtomicInteger()),
            1 << 30);

    for (int i = 0; i < 20_000; i++) {
      writer.record(put(1, i));
    }

    assertThatThrownBy(writer::close)
        .hasMessageContaining("it lacks the last 20000 entries")
        .rootCause()
        .satisfies(cause -> assertThat(cause.getSuppressed()).hasSize(1));
  }

  @Test
  void aFailureIsNotFollowedByTheWordThatNothingIsMissing() throws IOException {
    AtomicInteger left = new AtomicInteger(2_000);
    SegmentWriter writer =
        new SegmentWriter(
            folder,
            FACTS,
            e -> {},
            file -> new FailingFile(java.nio.file.Files.newOutputStream(file), left),
            1 << 30);
    for (int i = 0; i < 10; i++) {
      writer.record(put(1, i));
    }
    writer.flush();
    for (int i = 10; i < 1_000; i++) {
      writer.record(put(1, i));
    }

    assertThatThrownBy(writer::close).hasMessageContaining("it lacks the last 990 entries");
    Segments.Read read = Segments.read(folder);
    assertThat(read.entries()).hasSize(10);
    assertThat(read.notes()).singleElement().asString().contains("truncated");
  }

  @Test
  void nothingCanBeRecordedAfterClosing() throws IOException {
    SegmentWriter writer = Segments.writer(folder, FACTS, 1 << 20);
    writer.close();
    writer.close();

    assertThatThrownBy(() -> writer.record(put(1, 1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void aFolderWithAHistoryIsNotWrittenAgain() throws IOException {
    SegmentWriter.open(folder, FACTS, e -> {}).close();

    assertThatThrownBy(() -> SegmentWriter.open(folder, FACTS, e -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("000001.seg exists");
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

  /** Takes so many bytes, and no more. */
  private static final class FailingFile extends OutputStream {

    private final OutputStream file;
    private final AtomicInteger left;

    FailingFile(OutputStream file, AtomicInteger left) {
      this.file = file;
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
}
