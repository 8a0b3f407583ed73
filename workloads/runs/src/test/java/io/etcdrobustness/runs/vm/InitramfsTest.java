package io.etcdrobustness.runs.vm;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.spec.Release;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InitramfsTest {

  private static final int HEADER = 110;

  @TempDir private Path directory;

  @Test
  void theEtcdsStandBehindTheBaseInTheFormatThatTheKernelReads() throws IOException {
    Path base = Files.writeString(directory.resolve("base"), "odd");
    TreeMap<Release, Path> etcds = new TreeMap<>();
    etcds.put(Release.parse("v3.7.3"), Files.writeString(directory.resolve("new"), "12345"));
    etcds.put(Release.parse("v3.5.2"), Files.writeString(directory.resolve("old"), "1"));
    Path first = directory.resolve("first");
    Path second = directory.resolve("second");

    Initramfs.write(first, base, etcds);
    Initramfs.write(second, base, etcds);

    assertThat(first).hasSameBinaryContentAs(second);
    String bytes = Files.readString(first, StandardCharsets.ISO_8859_1);
    assertThat(bytes).startsWith("odd\0");
    assertThat(entries(bytes, 4))
        .containsExactly("bin/etcd-v3.5.2 81ed 1", "bin/etcd-v3.7.3 81ed 12345", "TRAILER!!! 0 ");
  }

  /** Name, mode and content of each entry, by the format's rules. */
  private static List<String> entries(String bytes, int from) {
    List<String> entries = new ArrayList<>();
    for (int at = from; at < bytes.length(); ) {
      assertThat(bytes.substring(at, at + 6)).isEqualTo("070701");
      int mode = field(bytes, at, 1);
      int size = field(bytes, at, 6);
      int name = field(bytes, at, 11);
      int content = aligned(at + HEADER + name);
      entries.add(
          "%s %x %s"
              .formatted(
                  bytes.substring(at + HEADER, at + HEADER + name - 1),
                  mode,
                  bytes.substring(content, content + size)));
      at = aligned(content + size);
    }
    return entries;
  }

  private static int field(String bytes, int at, int number) {
    int from = at + 6 + 8 * number;
    return Integer.parseInt(bytes.substring(from, from + 8), 16);
  }

  private static int aligned(int at) {
    return (at + 3) / 4 * 4;
  }
}
