package io.etcdrobustness.runs.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFileTest {

  private static final byte[] CONTENT = {1, 2, 3, 4, 5, 6, 7};

  @TempDir private Path directory;

  private Path file() {
    return directory.resolve("checkpoint");
  }

  private CheckpointFile written() throws IOException {
    CheckpointFile checkpoint = new CheckpointFile(file());
    checkpoint.write(out -> out.write(CONTENT));
    return checkpoint;
  }

  private static byte[] read(CheckpointFile checkpoint) throws IOException {
    try (InputStream in = checkpoint.read()) {
      return in.readAllBytes();
    }
  }

  @Test
  void theLastOneIsRead() throws IOException {
    assertThat(new CheckpointFile(file()).exists()).isFalse();
    CheckpointFile checkpoint = written();
    checkpoint.write(out -> out.write(9));

    assertThat(read(checkpoint)).containsExactly(9);
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactly(file());
    }
  }

  @Test
  void whatCannotBeWrittenLeavesTheOneBefore() throws IOException {
    CheckpointFile checkpoint = written();

    assertThatThrownBy(() ->
            checkpoint.write(out -> {
              out.write(new byte[100_000]);
              throw new IOException("the disk is full");
            }))
        .hasMessageContaining("the disk is full");
    assertThat(read(checkpoint)).isEqualTo(CONTENT);
  }

  @Test
  void whatIsTornOrHasABitTurnedIsNeverBelieved() throws IOException {
    CheckpointFile checkpoint = written();
    byte[] whole = Files.readAllBytes(file());
    for (int length = 0; length < whole.length; length++) {
      Files.write(file(), Arrays.copyOf(whole, length));
      assertThatThrownBy(checkpoint::read).as("%d bytes", length).isInstanceOf(IOException.class);
    }
    for (int bit = 0; bit < 8 * whole.length; bit++) {
      byte[] turned = whole.clone();
      turned[bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(file(), turned);
      assertThatThrownBy(checkpoint::read).as("bit %d", bit).isInstanceOf(IOException.class);
    }
    Files.write(file(), List.of("some other file that somebody named by mistake"));
    assertThatThrownBy(checkpoint::read).hasMessageContaining("no checkpoint");
  }
}
