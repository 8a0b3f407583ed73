package io.etcdrobustness.runs.vm;

import io.etcdrobustness.runs.SubstrateException;
import io.etcdrobustness.runs.binaries.EtcdBinaries;
import io.etcdrobustness.spec.Release;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;

/**
 * What a machine is made of, with the digest of each part.
 *
 * @param directory holds them, and is what the machine runs in: {@code linux}, {@code shim.so},
 *     {@code initramfs}
 * @param digests SHA-256 of each part by its name
 */
record Parts(Path directory, Map<String, String> digests) {

  private static final String BUILD = "hack/vm/build";

  /** The guest's memory lives there. */
  private static final Path SHARED_MEMORY = Path.of("/dev/shm");

  /**
   * Finds the parts, and puts the etcds into the initramfs.
   *
   * @param environment says where the parts are: {@code ROBUSTNESS_VM}, else the user's cache
   * @param etcds a binary for each release
   * @param memory of the guest, bytes
   * @throws SubstrateException if a part is missing, or this machine cannot run one
   */
  static Parts of(Map<String, String> environment, SortedMap<Release, Path> etcds, long memory)
      throws SubstrateException {
    check(memory);
    Path cache = EtcdBinaries.cache(environment);
    String own = environment.get("ROBUSTNESS_VM");
    Path built = own != null ? Path.of(own) : cache.resolve("vm");
    Map<String, String> digests = new LinkedHashMap<>();
    try {
      for (String part : new String[] {"linux", "shim.so", "initramfs.cpio"}) {
        Path file = built.resolve(part);
        if (!Files.isReadable(file)) {
          throw new SubstrateException(
              "there is no %s: the substrate vm needs a kernel and a guest of its own; build them once with %s"
                  .formatted(file, BUILD));
        }
        digests.put(part, digest(file));
      }
      for (Map.Entry<Release, Path> etcd : etcds.entrySet()) {
        digests.put("etcd " + etcd.getKey(), digest(etcd.getValue()));
      }
      return new Parts(assembled(cache, built, etcds, digests), digests);
    } catch (IOException failure) {
      throw new SubstrateException(
          "the parts of the machine in %s cannot be put together: %s".formatted(built, failure),
          failure);
    }
  }

  private static void check(long memory) throws SubstrateException {
    String machine = System.getProperty("os.name") + " on " + System.getProperty("os.arch");
    if (!machine.equals("Linux on amd64")) {
      throw new SubstrateException(
          "the substrate vm runs on Linux on amd64 only, and this is " + machine);
    }
    try {
      FileStore store = Files.getFileStore(SHARED_MEMORY);
      if (store.getUsableSpace() < memory) {
        throw new SubstrateException(
            String.format(
                Locale.ROOT,
                "%s has %d MiB free, and a machine needs %d; in a pod mount an emptyDir of medium Memory there",
                SHARED_MEMORY,
                store.getUsableSpace() >> 20,
                memory >> 20));
      }
    } catch (IOException absent) {
      throw new SubstrateException(
          "the guest's memory lives in " + SHARED_MEMORY + ", which cannot be used: " + absent,
          absent);
    }
  }

  /** One folder for each set of parts, so that the kernel sees the same names in every run. */
  private static Path assembled(
      Path cache, Path built, SortedMap<Release, Path> etcds, Map<String, String> digests)
      throws IOException {
    MessageDigest all = Identity.sha256();
    digests.forEach((name, digest) ->
        all.update((name + " " + digest + "\n").getBytes(StandardCharsets.US_ASCII)));
    String key = HexFormat.of().formatHex(all.digest()).substring(0, 16);
    Path machines = Files.createDirectories(cache.resolve("machines"));
    Path directory = machines.resolve(key);
    if (Files.isDirectory(directory)) {
      return directory;
    }
    Path partial = Files.createTempDirectory(machines, "." + key);
    Files.copy(
        built.resolve("linux"), partial.resolve("linux"), StandardCopyOption.COPY_ATTRIBUTES);
    Files.copy(
        built.resolve("shim.so"), partial.resolve("shim.so"), StandardCopyOption.COPY_ATTRIBUTES);
    Initramfs.write(partial.resolve("initramfs"), built.resolve("initramfs.cpio"), etcds);
    try {
      Files.move(partial, directory, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException refused) {
      // Somebody else was faster, with the same content; how that is told differs.
      for (String name : new String[] {"linux", "shim.so", "initramfs"}) {
        Files.delete(partial.resolve(name));
      }
      Files.delete(partial);
      if (!Files.isDirectory(directory)) {
        throw refused;
      }
    }
    return directory;
  }

  private static String digest(Path file) throws IOException {
    MessageDigest digest = Identity.sha256();
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
