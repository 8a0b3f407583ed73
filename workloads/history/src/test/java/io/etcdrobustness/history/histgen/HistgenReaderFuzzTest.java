package io.etcdrobustness.history.histgen;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.etcdrobustness.history.file.HistoryFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever the bytes are: the reader gives a history, or the one exception that tells the place.
 */
class HistgenReaderFuzzTest {

  @TempDir Path folder;

  @FuzzTest(maxDuration = "1m")
  void operations(byte[] bytes) throws IOException {
    Path file = folder.resolve("h.jsonl");
    Files.write(file, bytes);
    try {
      assertThat(HistgenReader.readAll(file)).isNotNull();
    } catch (HistoryFormatException told) {
      assertThat(told).hasMessageStartingWith(told.file()).hasMessageContaining(told.position());
    }
  }

  @FuzzTest(maxDuration = "1m")
  void events(byte[] bytes) throws IOException {
    Path file = folder.resolve("h.jsonl");
    Files.write(file, new byte[0]);
    Files.write(folder.resolve("h.watch"), bytes);
    try {
      assertThat(HistgenReader.readAll(file)).isNotNull();
    } catch (HistoryFormatException told) {
      assertThat(told).hasMessageStartingWith(told.file()).hasMessageContaining(told.position());
    }
  }
}
