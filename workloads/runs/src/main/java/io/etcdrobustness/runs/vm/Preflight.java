package io.etcdrobustness.runs.vm;

import io.etcdrobustness.runs.SubstrateException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Whether a machine can run here at all: what would else show as a kernel that ends without a word.
 *
 * @param system its kind and its processor, as Java names them
 * @param memory where the guest's memory lives
 * @param mounts what is mounted where, as {@code /proc/self/mounts} tells it
 */
record Preflight(String system, Path memory, Path mounts) {

  private static final String WANTED = "Linux on amd64";

  /** Of this machine. */
  static Preflight here() {
    return new Preflight(
        System.getProperty("os.name") + " on " + System.getProperty("os.arch"),
        Path.of("/dev/shm"),
        Path.of("/proc/self/mounts"));
  }

  /**
   * Says what is missing.
   *
   * @param bytes that the guest's memory may take
   */
  void check(long bytes) throws SubstrateException {
    if (!system.equals(WANTED)) {
      throw new SubstrateException(
          "the substrate vm runs on %s only, and this is %s".formatted(WANTED, system));
    }
    try {
      long free = Files.getFileStore(memory).getUsableSpace();
      if (free < bytes) {
        throw new SubstrateException(
            String.format(
                Locale.ROOT,
                "%s has %d MiB free, and a machine needs %d; in a pod mount an emptyDir of medium Memory there",
                memory,
                free >> 20,
                bytes >> 20));
      }
      if (!Files.isWritable(memory)) {
        throw new SubstrateException(
            memory + ", where the guest's memory lives, cannot be written to by this user");
      }
      if (options().contains("noexec")) {
        throw new SubstrateException(
            memory
                + " is mounted noexec, and the guest's programs run from there; mount it without, or in a pod mount"
                + " an emptyDir of medium Memory there");
      }
    } catch (IOException absent) {
      throw new SubstrateException(
          "the guest's memory lives in %s, which cannot be used: %s".formatted(memory, absent),
          absent);
    }
  }

  /** How the memory's folder is mounted; of several mounts over each other the last one counts. */
  private List<String> options() throws IOException {
    List<String> options = List.of();
    for (String line : Files.readAllLines(mounts, StandardCharsets.UTF_8)) {
      String[] words = line.split(" ", -1);
      if (words.length > 3 && words[1].equals(memory.toString())) {
        options = List.of(words[3].split(",", -1));
      }
    }
    return options;
  }
}
