package io.etcdrobustness.runs.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcdrobustness.engine.RandomSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class TurnsTest {

  @Test
  void theBytesOfCommandsAreThoseOfTheProtocol() {
    byte[] turn =
        Turns.write(
            7,
            List.of(
                new Command.Connect(0x01020304, 2, 2379),
                new Command.Send(5, new byte[] {9, 8}),
                new Command.Signal(6, 1, 19),
                new Command.PowerOff()));
    assertThat(turn)
        .containsExactly(
            // Wake at 7, four commands.
            7,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            4,
            0,
            0,
            0,
            // CONNECT of seven bytes; port 2379 is 0x094b.
            4,
            7,
            0,
            0,
            0,
            4,
            3,
            2,
            1,
            2,
            0x4b,
            0x09,
            // SEND of six.
            5,
            6,
            0,
            0,
            0,
            5,
            0,
            0,
            0,
            9,
            8,
            // SIGNAL of six.
            3,
            6,
            0,
            0,
            0,
            6,
            0,
            0,
            0,
            1,
            19,
            // POWEROFF.
            10,
            0,
            0,
            0,
            0);
  }

  @Test
  void aTurnOfTheGuestIsReadWhole() throws IOException {
    byte[] turn = guestTurn();
    Turns.Said said = Turns.read(turn);
    assertThat(said.now()).isEqualTo(1_000_000_007L);
    assertThat(said.events()).hasSize(4);
    assertThat(said.events().get(0))
        .isInstanceOfSatisfying(
            Event.Result.class,
            result -> {
              assertThat(result.sequence()).isEqualTo(3);
              assertThat(result.errno()).isEqualTo(95);
              assertThat(result.bytes()).containsExactly(1, 2);
            });
    assertThat(said.events().get(1)).isEqualTo(new Event.Exited(255, 9));
    assertThat(said.events().get(2)).isEqualTo(new Event.Closed(8, 111));
    assertThat(said.events().get(3)).isEqualTo(new Event.Fatal("väre"));
  }

  @Test
  void aTurnThatIsCutAnywhereIsRefused() {
    byte[] turn = guestTurn();
    for (int length = 0; length < turn.length; length++) {
      byte[] cut = java.util.Arrays.copyOf(turn, length);
      assertThatThrownBy(() -> Turns.read(cut))
          .as("%d bytes", length)
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void whateverTheBytesAreReadingThemEndsWithATurnOrAnIoException() {
    for (long seed = 1; seed <= 20_000; seed++) {
      RandomSource random = new RandomSource(seed);
      byte[] turn = guestTurn();
      for (int i = random.nextInt(4); i >= 0; i--) {
        turn[random.nextInt(turn.length)] = (byte) random.nextInt(256);
      }
      try {
        assertThat(Turns.read(turn).events()).as("seed %d", seed).isNotNull();
      } catch (IOException refused) {
        assertThat(refused.getMessage()).as("seed %d", seed).isNotEmpty();
      }
    }
  }

  private static byte[] guestTurn() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(little(12).putLong(1_000_000_007L).putInt(4).array());
    event(out, 2, little(10).putInt(3).putInt(95).put((byte) 1).put((byte) 2).array());
    event(out, 3, little(5).put((byte) 255).putInt(9).array());
    event(out, 6, little(8).putInt(8).putInt(111).array());
    byte[] words = "väre".getBytes(StandardCharsets.UTF_8);
    event(out, 7, little(4 + words.length).putInt(words.length).put(words).array());
    return out.toByteArray();
  }

  private static void event(ByteArrayOutputStream out, int type, byte[] body) {
    out.writeBytes(little(5).put((byte) type).putInt(body.length).array());
    out.writeBytes(body);
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
