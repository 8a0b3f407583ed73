package io.etcdrobustness.runs.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the kernel tells of system calls, as lines for people. */
class SystemCallLogTest {

  private static final int MEMBER = 33;
  private static final long ORIGIN = 50_000_000;

  @TempDir private Path directory;

  private final ByteArrayOutputStream told = new ByteArrayOutputStream();

  @Test
  void linesSayWhatWasCalledOnWhatAndWhatCameOfIt() throws Exception {
    call(MEMBER, SystemCall.EXECVE, 0, "/bin/etcd\0", 0x4000, 0x5000, 0x6000);
    call(MEMBER, SystemCall.OPENAT, 7, "/data/0/x.wal\0", 0xffffff9cL, 0x5000, 0x80002, 0600);
    call(MEMBER, 18, 3, "a\"\n", 7, 0xc000123456L, 3, 512);
    call(MEMBER, 1, 40, "0123456789", 7, 0xc000123456L, 40);
    call(MEMBER, 75, -5, "", 7);
    call(MEMBER, SystemCall.CLOSE, 0, "", 7);
    call(MEMBER, 0, -11, "", 7, 0xc000123456L, 100);
    call(MEMBER, 202, -512, "", 0xc000000148L, 128, 0, 0, 0, 0);

    assertThat(log())
        .containsExactly(
            "    0.001000   35 execve(\"/bin/etcd\", 20480, 24576) = 0 <0.000400>",
            "    0.002000   35 openat(AT_FDCWD, \"/data/0/x.wal\", 0x80002, 384) = 7 <0.000400>",
            "    0.003000   35 pwrite64(7</data/0/x.wal>, \"a\\\"\\n\", 3, 512, 0) = 3 <0.000400>",
            "    0.004000   35 write(7</data/0/x.wal>, \"0123456789\"..., 40) = 40 <0.000400>",
            "    0.005000   35 fdatasync(7</data/0/x.wal>) = -1 EIO: input or output failed <0.000400>",
            "    0.006000   35 close(7</data/0/x.wal>) = 0 <0.000400>",
            "    0.007000   35 read(7, 0xc000123456, 100) = -1 EAGAIN: nothing yet <0.000400>",
            "    0.008000   35 futex(0xc000000148, 128, 0, 0, 0, 0) = ? (interrupted, to be begun again) <0.000400>",
            "# left out: 0 times that it asked for the time");
  }

  @Test
  void connectionsAreCalledByWhereTheyLead() throws Exception {
    call(MEMBER, SystemCall.EXECVE, 0, "/bin/etcd\0");
    call(MEMBER, SystemCall.SOCKET, 9, "", 2, 1, 6);
    call(MEMBER, SystemCall.CONNECT, -115, "\2\0\11\114\12\0\0\2\0\0\0\0\0\0\0\0", 9, 0x5000, 16);
    call(MEMBER, 1, 2, "hi", 9, 0x5000, 2);

    assertThat(log())
        .element(2)
        .asString()
        .contains("connect(9<socket>, 10.0.0.2:2380, 16) = -1 EINPROGRESS");
    assertThat(log()).element(3).asString().contains("write(9<10.0.0.2:2380>, \"hi\", 2) = 2");
  }

  @Test
  void whatItWasBeforeAndOthersAreLeftOutAndTheClockIsCounted() throws Exception {
    call(MEMBER, 112, 33, "");
    call(34, SystemCall.EXECVE, 0, "/bin/etcd\0");
    call(MEMBER, SystemCall.EXECVE, 0, "/bin/etcd\0");
    call(MEMBER, SystemCall.CLOCK_GETTIME, 0, "", 1, 0x5000);
    call(MEMBER, SystemCall.CLOCK_GETTIME, 0, "", 1, 0x5000);

    assertThat(log()).hasSize(2).last().isEqualTo("# left out: 2 times that it asked for the time");
  }

  @Test
  void aRecordThatWasCutOffIsTheEnd() throws Exception {
    call(MEMBER, SystemCall.EXECVE, 0, "/bin/etcd\0");
    told.write(new byte[] {100, 0, 0, 0, 1, 2, 3});

    assertThat(log()).hasSize(2);
  }

  private int count;

  private void call(int process, int number, long result, String text, long... arguments) {
    byte[] words = text.getBytes(StandardCharsets.ISO_8859_1);
    long ended = ORIGIN + ++count * 1_000_000L;
    ByteBuffer record = ByteBuffer.allocate(88 + words.length).order(ByteOrder.LITTLE_ENDIAN);
    record
        .putInt(88 + words.length)
        .putInt(number)
        .putInt(process)
        .putInt(35)
        .putLong(ended - 400_000)
        .putLong(ended)
        .putLong(result);
    for (int i = 0; i < 6; i++) {
      record.putLong(i < arguments.length ? arguments[i] : 0);
    }
    told.writeBytes(record.put(words).array());
  }

  private List<String> log() throws Exception {
    Path trace = directory.resolve("trace");
    Files.write(trace, told.toByteArray());
    Path log = directory.resolve("m0/strace.log");
    SystemCallLog.write(trace, Map.of(MEMBER, log), ORIGIN);
    return Files.readAllLines(log);
  }
}
