package io.etcdrobustness.runs.binaries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.etcdrobustness.runs.SubstrateException;
import io.etcdrobustness.spec.Release;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The release page is a server on loopback, the etcd of these tests a script. */
class EtcdBinariesTest {

  private static final Release VERSION = Release.parse("v3.7.3");
  private static final String ARCHIVE =
      "etcd-v3.7.3-linux-%s.tar.gz"
          .formatted(System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64");

  @TempDir private Path directory;
  private final Map<String, byte[]> pages = new ConcurrentHashMap<>();
  private final List<String> progress = new ArrayList<>();
  private HttpServer server;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] page = pages.get(exchange.getRequestURI().getPath());
          exchange.sendResponseHeaders(page == null ? 404 : 200, page == null ? -1 : page.length);
          if (page != null) {
            exchange.getResponseBody().write(page);
          }
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private static String script(String version) {
    return "#!/bin/sh\necho 'etcd Version: " + version + "'\n";
  }

  private Path onPath(String version) throws IOException {
    Path folder = Files.createDirectories(directory.resolve("bin"));
    Path etcd = Files.writeString(folder.resolve("etcd"), script(version));
    Files.setPosixFilePermissions(etcd, PosixFilePermissions.fromString("rwxr-xr-x"));
    return folder;
  }

  private void publish(String version, boolean damaged) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar =
        new TarArchiveOutputStream(new GzipCompressorOutputStream(bytes))) {
      byte[] content = script(version).getBytes(StandardCharsets.UTF_8);
      TarArchiveEntry entry = new TarArchiveEntry("etcd-v3.7.3-linux-amd64/etcd");
      entry.setSize(content.length);
      tar.putArchiveEntry(entry);
      tar.write(content);
      tar.closeArchiveEntry();
    }
    String sum =
        HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray()));
    pages.put(
        "/mirror/v3.7.3/SHA256SUMS",
        ("0000  etcd-v3.7.3-other.zip\n" + sum + "  " + ARCHIVE + "\n")
            .getBytes(StandardCharsets.UTF_8));
    byte[] archive = bytes.toByteArray();
    if (damaged) {
      archive[archive.length / 2] ^= 1;
    }
    pages.put("/mirror/v3.7.3/" + ARCHIVE, archive);
  }

  private EtcdBinaries binaries(Path path) {
    URI mirror = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/mirror");
    return new EtcdBinaries(
        directory.resolve("cache"),
        List.of(
            new OnPath(path.toString()), new ReleaseArchive(mirror), new GoBuild("/no/such/go")),
        progress::add);
  }

  @Test
  void anEtcdOfThatVersionOnThePathIsTaken() throws Exception {
    Path binary = binaries(onPath("3.7.3")).get(VERSION);
    assertThat(EtcdBinaries.versionOf(binary)).isEqualTo("v3.7.3");
    assertThat(progress.getLast()).isEqualTo("etcd v3.7.3 is from the PATH");
  }

  @Test
  void elseTheReleaseIsDownloadedOnce() throws Exception {
    publish("3.7.3", false);
    EtcdBinaries binaries = binaries(onPath("3.5.0"));
    Path binary = binaries.get(VERSION);
    pages.clear();
    assertThat(binaries.get(VERSION)).isEqualTo(binary).isExecutable();
    assertThat(progress.getLast()).startsWith("etcd v3.7.3 is from the releases at");
  }

  @Test
  void aDamagedArchiveIsRefused() throws Exception {
    publish("3.7.3", true);
    assertThatThrownBy(() -> binaries(directory).get(VERSION))
        .isInstanceOf(SubstrateException.class)
        .hasMessageContaining("but SHA256SUMS says");
    assertThat(directory.resolve("cache/etcd/v3.7.3")).isDirectoryNotContaining("glob:**etcd*");
  }

  @Test
  void aBinaryOfAnotherVersionIsRefused() throws Exception {
    publish("3.7.2", false);
    assertThatThrownBy(() -> binaries(directory).get(VERSION))
        .hasMessageContaining("the binary it gave says that it is v3.7.2");
  }

  @Test
  void whenNothingWorksTheErrorSaysWhatEachSourceAnsweredAndWhatToDo() {
    assertThatThrownBy(() -> binaries(directory).get(VERSION))
        .isInstanceOf(SubstrateException.class)
        .hasMessageContaining("the PATH: there is no etcd on it")
        .hasMessageContaining("SHA256SUMS was answered with 404")
        .hasMessageContaining("/no/such/go")
        .hasMessageContaining("ROBUSTNESS_ETCD_RELEASES");
  }

  @Test
  void releasesBeforeModulesSayWhichOnesCanBeBuilt() {
    assertThatThrownBy(
            () -> new GoBuild("go").fetch(Release.parse("v3.4.20"), directory.resolve("etcd")))
        .hasMessageContaining("only v3.4.13 and v3.4.3 can be built");
  }
}
