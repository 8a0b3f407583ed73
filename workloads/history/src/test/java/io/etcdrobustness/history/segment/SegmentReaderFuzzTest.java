package io.etcdrobustness.history.segment;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.file.HistoryFormatException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever the bytes are: the reader gives a history, or the one exception that tells the place.
 */
class SegmentReaderFuzzTest {

  @TempDir Path folder;

  @FuzzTest(maxDuration = "1m")
  void segment(byte[] bytes) throws IOException {
    Files.write(folder.resolve("000001.seg"), bytes);
    readOrRefuse();
  }

  /** The bytes stand behind right checksums, so that they are read as entries. */
  @FuzzTest(maxDuration = "1m")
  void block(byte[] bytes) throws IOException {
    // The first two bytes are the number of entries; what it is in a writer, the rest.
    int skip = Math.min(2, bytes.length);
    int entries = skip < 2 ? 0 : (bytes[0] & 0xff) << 8 | bytes[1] & 0xff;
    CRC32C crc = new CRC32C();
    crc.update(bytes, skip, bytes.length - skip);
    byte[] header =
        new SegmentHeader(SegmentFolder.VERSION, 1, 0, History.Facts.OWN_CLUSTER).encode();
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write(header);
    file.write(
        new BlockHeader(
                bytes.length - skip, SegmentFolder.ENTRIES, entries, (int) crc.getValue(), 0, 0)
            .encode(SegmentHeader.checksum(header)));
    file.write(bytes, skip, bytes.length - skip);
    Files.write(folder.resolve("000001.seg"), file.toByteArray());
    readOrRefuse();
  }

  private void readOrRefuse() throws IOException {
    try {
      assertThat(SegmentReader.read(folder)).isNotNull();
    } catch (HistoryFormatException told) {
      assertThat(told).hasMessageStartingWith(told.file()).hasMessageContaining(told.position());
    }
  }
}
