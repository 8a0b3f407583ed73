package io.etcdrobustness.runs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogEndTest {

  @TempDir private Path directory;

  @Test
  void aShortLogIsToldWholeAndOfALongOneTheEnd() throws IOException {
    Path log = Files.writeString(directory.resolve("log"), "first\nlast\n");
    assertThat(LogEnd.of(log)).isEqualTo("first\nlast");

    Files.writeString(log, "first\n" + "x".repeat(10_000) + "\nlast\n");
    assertThat(LogEnd.of(log)).endsWith("x\nlast").hasSizeBetween(1_990, 2_000);
    assertThat(LogEnd.of(Files.readString(log))).isEqualTo(LogEnd.of(log));
  }

  @Test
  void thatItCannotBeReadIsSaid() {
    assertThat(LogEnd.of(directory.resolve("none")))
        .startsWith("(it cannot be read: ")
        .contains("none");
  }
}
