package io.etcdrobustness.history.jepsen;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.etcdrobustness.history.file.HistoryFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever the bytes are: the reader gives histories, or the one exception that tells the place.
 */
class JepsenReaderFuzzTest {

  @TempDir Path folder;

  @FuzzTest(maxDuration = "1m")
  void history(byte[] bytes) throws IOException {
    Path file = folder.resolve("history.edn");
    Files.write(file, bytes);
    try {
      assertThat(JepsenReader.readAll(file, Reads.LINEARIZABLE)).isNotEmpty();
    } catch (HistoryFormatException told) {
      assertThat(told).hasMessageStartingWith(told.file()).hasMessageContaining(told.position());
    }
  }
}
