package io.etcdrobustness.history.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever the bytes are: the reader gives a history, or the one exception that tells the place.
 */
class HistoryReaderFuzzTest {

  @TempDir Path folder;

  @FuzzTest(maxDuration = "1m")
  void operations(byte[] bytes) throws IOException {
    Files.write(folder.resolve("operations.jsonl"), bytes);
    try {
      assertThat(HistoryReader.read(folder)).isNotNull();
    } catch (HistoryFormatException told) {
      assertThat(told).hasMessageStartingWith(told.file()).hasMessageContaining(told.position());
    }
  }

  @FuzzTest(maxDuration = "1m")
  void gzippedOperations(byte[] bytes) throws IOException {
    Files.write(folder.resolve("operations.jsonl.gz"), bytes);
    try {
      assertThat(HistoryReader.read(folder)).isNotNull();
    } catch (HistoryFormatException told) {
      assertThat(told).hasMessageStartingWith(told.file()).hasMessageContaining(told.position());
    }
  }

  @FuzzTest(maxDuration = "1m")
  void watches(byte[] bytes) throws IOException {
    Files.writeString(
        folder.resolve("operations.jsonl"),
        """
        {"format":"etcd-robustness-history","version":1,"facts":{"emptyAtStart":true,\
        "autoCompaction":false,"otherWriters":false,"uniqueValues":true}}
        """);
    Files.write(folder.resolve("watches.jsonl"), bytes);
    try {
      assertThat(HistoryReader.read(folder)).isNotNull();
    } catch (HistoryFormatException told) {
      assertThat(told).hasMessageStartingWith(told.file()).hasMessageContaining(told.position());
    }
  }

  @FuzzTest(maxDuration = "1m")
  void events(byte[] bytes) throws IOException {
    Files.write(folder.resolve("operations.jsonl"), new byte[0]);
    Files.write(folder.resolve("events.jsonl"), bytes);
    try {
      assertThat(HistoryReader.read(folder)).isNotNull();
    } catch (HistoryFormatException told) {
      assertThat(told).hasMessageStartingWith(told.file()).hasMessageContaining(told.position());
    }
  }
}
