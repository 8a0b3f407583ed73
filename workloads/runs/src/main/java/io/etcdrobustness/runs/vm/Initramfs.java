package io.etcdrobustness.runs.vm;

import io.etcdrobustness.spec.Release;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;

/**
 * The guest's first file system: the archive that {@code hack/vm} made, and behind it one with the
 * etcd binaries. The kernel unpacks archives that follow each other (Documentation/driver-api/
 * early-userspace/buffer-format.rst); the format is cpio's "newc".
 */
final class Initramfs {

  private static final int ALIGNED = 4;
  private static final int FILE = 0100755;

  private Initramfs() {}

  /** Where the guest has the etcd of a release. */
  static String pathOf(Release release) {
    return "/bin/etcd-" + release;
  }

  /** Writes it; the same bytes from the same parts. */
  static void write(Path file, Path base, SortedMap<Release, Path> etcds) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
      pad(out, Files.copy(base, out));
      int inode = 1_000_000;
      for (Map.Entry<Release, Path> etcd : etcds.entrySet()) {
        long size = Files.size(etcd.getValue());
        header(out, pathOf(etcd.getKey()).substring(1), inode++, FILE, size);
        pad(out, Files.copy(etcd.getValue(), out));
      }
      header(out, "TRAILER!!!", 0, 0, 0);
    }
  }

  private static void header(OutputStream out, String name, int inode, int mode, long size)
      throws IOException {
    StringBuilder header = new StringBuilder("070701");
    // Inode, mode, owner, group, links, time, size, device twice, special device twice, name's
    // size, checksum.
    long[] fields = {inode, mode, 0, 0, 1, 0, size, 0, 0, 0, 0, name.length() + 1L, 0};
    for (long field : fields) {
      header.append("%08X".formatted(field));
    }
    header.append(name).append('\0');
    out.write(header.toString().getBytes(StandardCharsets.US_ASCII));
    pad(out, header.length());
  }

  private static void pad(OutputStream out, long written) throws IOException {
    out.write(new byte[(int) ((ALIGNED - written % ALIGNED) % ALIGNED)]);
  }
}
