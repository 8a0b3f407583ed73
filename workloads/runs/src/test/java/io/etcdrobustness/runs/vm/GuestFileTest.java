package io.etcdrobustness.runs.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class GuestFileTest {

  @Test
  void whatAFolderHoldsIsReadInTheGuestsOrder() {
    ByteBuffer listing = ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN);
    listing.putInt(0100600).putLong(5L << 32).putInt(2).put("db".getBytes(StandardCharsets.UTF_8));
    listing.putInt(0040755).putLong(0).putInt(3).put("wal".getBytes(StandardCharsets.UTF_8));
    byte[] bytes = new byte[listing.position()];
    listing.get(0, bytes);

    assertThat(GuestFile.all(bytes))
        .containsExactly(new GuestFile("db", 0100600, 5L << 32), new GuestFile("wal", 0040755, 0))
        .extracting(GuestFile::isFolder, GuestFile::isFile)
        .containsExactly(tuple(false, true), tuple(true, false));
    assertThat(GuestFile.all(new byte[0])).isEmpty();
  }
}
