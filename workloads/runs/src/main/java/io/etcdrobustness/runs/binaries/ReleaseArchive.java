package io.etcdrobustness.runs.binaries;

import io.etcdrobustness.spec.Release;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/**
 * The official release archive, below a base address as on etcd's release page: {@code
 * BASE/v3.7.3/SHA256SUMS} and {@code BASE/v3.7.3/etcd-v3.7.3-linux-amd64.tar.gz}. Nothing of the
 * archive is kept unless its checksum is the published one.
 */
record ReleaseArchive(URI base) implements BinarySource {

  /** Where etcd publishes its releases. */
  static final URI OFFICIAL = URI.create("https://github.com/etcd-io/etcd/releases/download");

  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration DOWNLOAD = Duration.ofMinutes(10);

  @Override
  public String name() {
    return "the releases at " + base;
  }

  @Override
  public void fetch(Release version, Path target) throws IOException, InterruptedException {
    String archive = "etcd-%s-linux-%s.tar.gz".formatted(version, architecture());
    try (HttpClient http =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build()) {
      String published = checksum(http, version, archive);
      Path download = target.resolveSibling(archive);
      try {
        String actual = download(http, address(version, archive), download);
        if (!actual.equals(published)) {
          throw new IOException(
              "%s has the SHA-256 %s, but SHA256SUMS says %s: it is damaged or not the real one"
                  .formatted(address(version, archive), actual, published));
        }
        unpack(download, target);
      } finally {
        Files.deleteIfExists(download);
      }
    }
  }

  private URI address(Release version, String file) {
    return URI.create(base + "/" + version + "/" + file);
  }

  private String checksum(HttpClient http, Release version, String archive)
      throws IOException, InterruptedException {
    URI address = address(version, "SHA256SUMS");
    HttpResponse<String> response = get(http, address, BodyHandlers.ofString());
    for (String line : response.body().lines().toList()) {
      String[] fields = line.strip().split("\\s+\\*?");
      if (fields.length == 2 && fields[1].equals(archive)) {
        return fields[0].toLowerCase(Locale.ROOT);
      }
    }
    throw new IOException(address + " lists no " + archive);
  }

  private static String download(HttpClient http, URI address, Path to)
      throws IOException, InterruptedException {
    MessageDigest digest = sha256();
    try (InputStream body =
        new DigestInputStream(get(http, address, BodyHandlers.ofInputStream()).body(), digest)) {
      Files.copy(body, to);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static <T> HttpResponse<T> get(
      HttpClient http, URI address, HttpResponse.BodyHandler<T> handler)
      throws IOException, InterruptedException {
    HttpResponse<T> response;
    try {
      response = http.send(HttpRequest.newBuilder(address).timeout(DOWNLOAD).build(), handler);
    } catch (IOException unreachable) {
      throw new IOException("GET " + address + " failed: " + reason(unreachable), unreachable);
    }
    if (response.statusCode() != 200) {
      throw new IOException("GET " + address + " was answered with " + response.statusCode());
    }
    return response;
  }

  private static String reason(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }

  private static void unpack(Path archive, Path target) throws IOException {
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(
            new GzipCompressorInputStream(
                new BufferedInputStream(Files.newInputStream(archive))))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (entry.isFile() && entry.getName().endsWith("/etcd")) {
          Files.copy(tar, target);
          Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
          return;
        }
      }
    }
    throw new IOException(archive.getFileName() + " holds no file etcd");
  }

  private static String architecture() throws IOException {
    String arch = System.getProperty("os.arch");
    return switch (arch) {
      case "amd64", "x86_64" -> "amd64";
      case "aarch64" -> "arm64";
      case "ppc64le", "s390x" -> arch;
      default -> throw new IOException("etcd has no release for the architecture " + arch);
    };
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every JDK has SHA-256", impossible);
    }
  }
}
