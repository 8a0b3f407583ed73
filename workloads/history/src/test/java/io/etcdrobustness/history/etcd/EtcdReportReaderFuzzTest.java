package io.etcdrobustness.history.etcd;

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
class EtcdReportReaderFuzzTest {

  @TempDir Path folder;

  @FuzzTest(maxDuration = "1m")
  void operations(byte[] bytes) throws IOException {
    Files.createDirectories(folder.resolve("client-1"));
    Files.write(folder.resolve("client-1/operations.json"), bytes);
    try {
      assertThat(EtcdReportReader.read(folder)).isNotNull();
    } catch (HistoryFormatException told) {
      assertThat(told).hasMessageStartingWith(told.file()).hasMessageContaining(told.position());
    }
  }

  @FuzzTest(maxDuration = "1m")
  void watches(byte[] bytes) throws IOException {
    Files.createDirectories(folder.resolve("client-1"));
    Files.write(folder.resolve("client-1/watch.json"), bytes);
    try {
      assertThat(EtcdReportReader.read(folder)).isNotNull();
    } catch (HistoryFormatException told) {
      assertThat(told).hasMessageStartingWith(told.file()).hasMessageContaining(told.position());
    }
  }
}
