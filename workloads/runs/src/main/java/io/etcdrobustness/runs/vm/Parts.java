package io.etcdrobustness.runs.vm;

import io.etcdrobustness.runs.SubstrateException;
import io.etcdrobustness.runs.binaries.EtcdBinaries;
import io.etcdrobustness.spec.Release;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  private static final String MACHINES = "machines";

  /** What {@link #BUILD} makes, in the order in which it counts. */
  private static final List<String> BUILT = List.of("linux", "shim.so", "initramfs.cpio");

  /**
   * Finds the parts, and puts the etcds into the initramfs.
   *
   * @param environment says where the parts are: {@code ROBUSTNESS_VM}, else the user's cache
   * @param etcds a binary for each release
   * @param memory of the guest, bytes
   * @param recorded the digests of a run that is to be repeated: its machine is taken, where that
   *     is still there; empty: whatever was built last
   * @throws SubstrateException if a part is missing, or this machine cannot run one
   */
  static Parts of(
      Map<String, String> environment,
      SortedMap<Release, Path> etcds,
      long memory,
      Map<String, String> recorded)
      throws SubstrateException {
    Preflight.here().check(memory);
    Path cache = EtcdBinaries.cache(environment);
    String own = environment.get("ROBUSTNESS_VM");
    Path built = own != null ? Path.of(own) : cache.resolve("vm");
    Map<String, String> digests = new LinkedHashMap<>();
    try {
      Map<String, String> binaries = new LinkedHashMap<>();
      for (Map.Entry<Release, Path> etcd : etcds.entrySet()) {
        binaries.put("etcd " + etcd.getKey(), digest(etcd.getValue()));
      }
      Optional<Parts> kept = kept(cache, recorded, binaries);
      if (kept.isPresent()) {
        return kept.get();
      }
      for (String part : BUILT) {
        Path file = built.resolve(part);
        if (!Files.isReadable(file)) {
          throw new SubstrateException(
              "there is no %s: the substrate vm needs a kernel and a guest of its own; build them once with %s"
                  .formatted(file, BUILD));
        }
        digests.put(part, digest(file));
      }
      if (!Files.isExecutable(built.resolve("linux"))) {
        throw new SubstrateException(
            "%s cannot be executed; build it again with %s, or chmod +x"
                .formatted(built.resolve("linux"), BUILD));
      }
      digests.putAll(binaries);
      return new Parts(assembled(cache, built, etcds, digests), digests);
    } catch (IOException failure) {
      throw new SubstrateException(
          "the parts of the machine in %s cannot be put together: %s".formatted(built, failure),
          failure);
    }
  }

  /** The machine of a recorded run, if that was of these etcds and nobody has removed it. */
  private static Optional<Parts> kept(
      Path cache, Map<String, String> recorded, Map<String, String> binaries) {
    Map<String, String> digests = new LinkedHashMap<>();
    for (String part : BUILT) {
      digests.put(part, recorded.getOrDefault(part, ""));
    }
    digests.putAll(binaries);
    Path directory = cache.resolve(MACHINES).resolve(key(digests));
    return digests.equals(recorded) && Files.isDirectory(directory)
        ? Optional.of(new Parts(directory, digests))
        : Optional.empty();
  }

  private static String key(Map<String, String> digests) {
    MessageDigest all = Identity.sha256();
    digests.forEach((name, digest) ->
        all.update((name + " " + digest + "\n").getBytes(StandardCharsets.US_ASCII)));
    return HexFormat.of().formatHex(all.digest()).substring(0, 16);
  }

  /** One folder for each set of parts, so that the kernel sees the same names in every run. */
  private static Path assembled(
      Path cache, Path built, SortedMap<Release, Path> etcds, Map<String, String> digests)
      throws IOException {
    String key = key(digests);
    Path machines = Files.createDirectories(cache.resolve(MACHINES));
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
