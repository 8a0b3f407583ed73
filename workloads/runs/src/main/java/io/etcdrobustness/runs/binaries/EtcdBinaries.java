package io.etcdrobustness.runs.binaries;

import io.etcdrobustness.runs.SubstrateException;
import io.etcdrobustness.spec.Release;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Finds an etcd binary of a version, and caches it: {@code CACHE/etcd/v3.7.3/etcd}.
 *
 * <p>Safe against a second process that wants the same one: a lock file guards each version, and a
 * binary gets its name only when it is complete and says that it is of that version.
 */
public final class EtcdBinaries {

  private static final Duration VERSION = Duration.ofSeconds(20);

  private final Path cache;
  private final List<BinarySource> sources;
  private final Consumer<String> progress;

  EtcdBinaries(Path cache, List<BinarySource> sources, Consumer<String> progress) {
    this.cache = cache;
    this.sources = List.copyOf(sources);
    this.progress = progress;
  }

  /**
   * The binaries of this machine's user. Of {@code environment} it reads {@code PATH}, {@code
   * ROBUSTNESS_CACHE} (else {@code XDG_CACHE_HOME}, else {@code ~/.cache}) and {@code
   * ROBUSTNESS_ETCD_RELEASES}, the base address of a mirror of etcd's releases.
   *
   * @param progress is told in a sentence what takes long
   */
  public static EtcdBinaries of(Map<String, String> environment, Consumer<String> progress) {
    String releases = environment.get("ROBUSTNESS_ETCD_RELEASES");
    return new EtcdBinaries(
        cache(environment),
        List.of(
            new OnPath(environment.getOrDefault("PATH", "")),
            new ReleaseArchive(releases == null ? ReleaseArchive.OFFICIAL : URI.create(releases)),
            new GoBuild("go")),
        progress);
  }

  /** The folder where this user's binaries are kept. */
  public static Path cache(Map<String, String> environment) {
    String own = environment.get("ROBUSTNESS_CACHE");
    if (own != null) {
      return Path.of(own);
    }
    String xdg = environment.get("XDG_CACHE_HOME");
    Path base =
        xdg != null ? Path.of(xdg) : Path.of(environment.getOrDefault("HOME", "/root"), ".cache");
    return base.resolve("etcd-robustness");
  }

  /**
   * A binary of {@code version}, from the cache or from the first source that has it.
   *
   * @throws SubstrateException saying what each source answered, if none has it
   */
  public Path get(Release version) throws SubstrateException, InterruptedException {
    Path directory = cache.resolve("etcd").resolve(version.toString());
    Path binary = directory.resolve("etcd");
    try {
      if (Files.isExecutable(binary)) {
        return binary;
      }
      Files.createDirectories(directory);
      try (FileChannel channel =
              FileChannel.open(
                  directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock _ = channel.lock()) {
        return Files.isExecutable(binary) ? binary : fetch(version, binary);
      }
    } catch (IOException failure) {
      throw new SubstrateException(
          "cannot keep etcd %s in %s: %s; set ROBUSTNESS_CACHE to a folder that can be written"
              .formatted(version, directory, failure),
          failure);
    }
  }

  private Path fetch(Release version, Path binary)
      throws SubstrateException, InterruptedException, IOException {
    List<String> answers = new ArrayList<>();
    Path candidate = binary.resolveSibling("etcd.partial");
    for (BinarySource source : sources) {
      Files.deleteIfExists(candidate);
      progress.accept("looking for etcd " + version + " in " + source.name());
      try {
        source.fetch(version, candidate);
        String actual = versionOf(candidate);
        if (!actual.equals(version.toString())) {
          throw new IOException("the binary it gave says that it is " + actual);
        }
        Files.move(candidate, binary, StandardCopyOption.ATOMIC_MOVE);
        progress.accept("etcd " + version + " is from " + source.name());
        return binary;
      } catch (IOException failure) {
        if (Thread.interrupted() || failure.getCause() instanceof InterruptedException) {
          // Streams and channels tell of an interruption in their own way.
          throw new InterruptedException(failure.getMessage());
        }
        answers.add(source.name() + ": " + failure.getMessage());
      }
    }
    Files.deleteIfExists(candidate);
    throw new SubstrateException(
        """
        there is no etcd %s to be had:
          - %s
        Put an etcd of that version on the PATH, or name a mirror of the releases in \
        ROBUSTNESS_ETCD_RELEASES, or install Go, or run with --etcd PATH.\
        """
            .formatted(version, String.join("\n  - ", answers)));
  }

  /**
   * The version that a binary says it is, such as {@code v3.7.3}.
   *
   * @throws IOException if it cannot be run or does not say
   */
  public static String versionOf(Path binary) throws IOException, InterruptedException {
    String printed =
        Command.run(List.of(binary.toString(), "--version"), Path.of("/"), Map.of(), VERSION);
    for (String line : printed.lines().toList()) {
      if (line.startsWith("etcd Version:")) {
        return "v" + line.substring("etcd Version:".length()).strip();
      }
    }
    throw new IOException(binary + " --version does not print an etcd version");
  }
}
