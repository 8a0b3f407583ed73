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
class HistoryWriterTest {

  private static final History.Facts FACTS = History.Facts.OWN_CLUSTER;

  @TempDir Path folder;

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
    List<IOException> told = new ArrayList<>();
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
  void aDiskThatIsFullOnlyAtTheEndIsToldAndThrownByClose() throws IOException {
    List<IOException> told = new ArrayList<>();
    HistoryWriter writer =
        new HistoryWriter(
            folder, FACTS, told::add, file -> new SmallDisk(200, new AtomicInteger()));

    writer.record(put(1, 1));

    assertThat(told).as("it is in the buffer still").isEmpty();
    assertThatThrownBy(writer::close).hasMessageContaining("No space left on device");
    assertThat(told).hasSize(1);
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
}
