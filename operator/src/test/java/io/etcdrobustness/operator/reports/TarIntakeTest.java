package io.etcdrobustness.operator.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.etcdrobustness.operator.reports.RefusedReportException.Why;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is unpacked, and what is not. */
class TarIntakeTest {

  private static final Limits SMALL = new Limits(1 << 20, 8 << 20, 20, 100, 1 << 16, 0);

  @TempDir private Path directory;
  private Path folder = Path.of("");

  @BeforeEach
  void begin() throws IOException {
    folder = Files.createDirectory(directory.resolve("in"));
  }

  private long unpack(byte[] tarGz) throws IOException, RefusedReportException {
    return unpack(SMALL, new ByteArrayInputStream(tarGz));
  }

  private long unpack(Limits limits, InputStream tarGz) throws IOException, RefusedReportException {
    return new TarIntake(limits, _ -> {}).unpack(tarGz, folder);
  }

  private RefusedReportException refused(byte[] tarGz) {
    return assertThatExceptionOfType(RefusedReportException.class)
        .isThrownBy(() -> unpack(tarGz))
        .actual();
  }

  @Test
  void whatTarWritesIsUnpacked() throws IOException, RefusedReportException {
    long bytes =
        unpack(
            new Tars()
                .file("./", "")
                .file("./run.json", "{}")
                .file("members/m0/etcd.log", "a\nb\n")
                .file("members/", "")
                .file("empty", "")
                .gz());

    assertThat(folder.resolve("run.json")).hasContent("{}");
    assertThat(folder.resolve("members/m0/etcd.log")).hasContent("a\nb\n");
    assertThat(folder.resolve("empty")).isEmptyFile();
    // Four entries and two blocks of content: what they take on disk.
    assertThat(bytes).isEqualTo(6 * 4096);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../x",
        "a/../../x",
        "a/../x",
        "..",
        "/x",
        "//x",
        "a//x",
        "a/./x",
        "./../x",
        "a\\..\\x",
        "a\nb",
        "\u001b[2J",
        "é",
        "a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q"
      })
  void namesThatLeadElsewhereOrAreNoneAreRefused(String name) throws IOException {
    RefusedReportException refused = refused(new Tars().file(name, "wicked").gz());

    assertThat(refused.why()).isEqualTo(Why.MALFORMED);
    assertThat(refused.sentence()).doesNotContain("\n", "\u001b");
    assertThat(files(directory)).allMatch(path -> path.startsWith(folder));
    assertThat(files(folder)).noneMatch(Files::isRegularFile);
  }

  static List<byte[]> specials() {
    return Stream.of(
            TarArchiveEntry.LF_SYMLINK,
            TarArchiveEntry.LF_LINK,
            TarArchiveEntry.LF_CHR,
            TarArchiveEntry.LF_BLK,
            TarArchiveEntry.LF_FIFO,
            TarArchiveEntry.LF_CONTIG,
            TarArchiveEntry.LF_GNUTYPE_SPARSE,
            TarArchiveEntry.LF_GNUTYPE_LONGNAME,
            TarArchiveEntry.LF_PAX_GLOBAL_EXTENDED_HEADER)
        .map(Tars::special)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("specials")
  void linksDevicesAndExtensionsAreRefused(byte[] tarGz) throws IOException {
    // Sparse files are only written in the format of GNU, which is refused as such.
    assertThat(refused(tarGz).sentence())
        .containsAnyOf("neither a file nor a folder", "--format=ustar");
    assertThat(files(folder)).isEmpty();
  }

  @Test
  void aLinkThatIsAlreadyThereIsNotFollowed() throws IOException {
    Files.createSymbolicLink(folder.resolve("run.json"), directory.resolve("target"));

    refused(new Tars().file("run.json", "wicked").gz());

    assertThat(directory.resolve("target")).doesNotExist();
  }

  @Test
  void oneNameTwiceIsRefused() {
    assertThat(refused(new Tars().file("a", "1").file("a", "2").gz()).sentence())
        .contains("'a' twice");
    assertThat(refused(new Tars().file("b", "1").file("b/c", "2").gz()).sentence())
        .contains("as a file and as a folder");
  }

  @Test
  void largeReportsAreRefusedBeforeTheyAreWritten() throws IOException {
    RefusedReportException refused = refused(new Tars().file("a", "x".repeat(2 << 20)).gz());

    assertThat(refused.why()).isEqualTo(Why.TOO_LARGE);
    assertThat(refused.sentence()).contains("1 MiB");
    assertThat(files(folder)).noneMatch(Files::isRegularFile);
  }

  @Test
  void manySmallFilesCountAsWhatTheyTakeOnDisk() {
    Tars tars = new Tars();
    for (int i = 0; i < 20; i++) {
      tars.file("f" + i, "x");
    }
    Limits limits = new Limits(20 * 4096, 1 << 20, 100, 1000, 1 << 20, 0);

    assertThatExceptionOfType(RefusedReportException.class)
        .isThrownBy(() -> unpack(limits, new ByteArrayInputStream(tars.gz())))
        .satisfies(refused -> assertThat(refused.why()).isEqualTo(Why.TOO_LARGE));
  }

  @Test
  void tooManyEntriesAreRefused() {
    Tars tars = new Tars();
    for (int i = 0; i < 21; i++) {
      tars.file("f" + i, "");
    }

    assertThat(refused(tars.gz()).sentence()).contains("more than 20");
  }

  @Test
  void aBombIsRefusedAfterAFewBlocks() {
    Limits limits = new Limits(1L << 40, 1L << 40, 20, 100, 1 << 16, 0);
    byte[] bomb = new Tars().file("zeros", "\0".repeat(32 << 20)).gz();
    assertThat(bomb).hasSizeLessThan(100_000);

    assertThatExceptionOfType(RefusedReportException.class)
        .isThrownBy(() -> unpack(limits, new ByteArrayInputStream(bomb)))
        .withMessageContaining("grows more than 100 times");
    assertThat(folder.resolve("zeros").toFile().length()).isLessThan(12 << 20);
  }

  @Test
  void whatEndsInTheMiddleIsRefusedWhereverItEnds() throws IOException {
    byte[] whole = Tars.report("t", io.etcdrobustness.checker.Verdict.PASSED, 300);
    for (int length = 0; length < whole.length; length += 7) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThatExceptionOfType(RefusedReportException.class)
          .as("first %d of %d bytes", length, whole.length)
          .isThrownBy(() -> unpack(part));
      Trees.delete(folder);
      Files.createDirectory(folder);
    }
  }

  @Test
  void anArchiveWithoutItsEndIsRefusedThoughGzipIsWhole() throws IOException {
    byte[] tar =
        new GZIPInputStream(new ByteArrayInputStream(new Tars().file("a", "x").gz()))
            .readAllBytes();

    assertThat(refused(Tars.gz(Arrays.copyOf(tar, 1024))).sentence())
        .contains("ends in the middle");
  }

  @Test
  void whatFollowsTheEndIsNotReadForEver() {
    InputStream endless =
        new SequenceInputStream(
            new ByteArrayInputStream(new Tars().file("a", "x").gz()),
            new ByteArrayInputStream(Tars.gz(new byte[4 << 20])));

    assertThatExceptionOfType(RefusedReportException.class)
        .isThrownBy(() -> unpack(SMALL, endless))
        .withMessageContaining("follows the end");
  }

  @Test
  void otherFormatsAreRefusedWithAWayOut() {
    assertThat(refused(Tars.gz(new byte[] {1, 2, 3})).why()).isEqualTo(Why.MALFORMED);
    assertThat(refused("run.json".getBytes(java.nio.charset.StandardCharsets.UTF_8)).sentence())
        .contains("gzip");
    byte[] noise = new byte[2048];
    new Random(20261122).nextBytes(noise);
    assertThat(refused(Tars.gz(noise)).sentence()).contains("--format=ustar");
  }

  @Test
  void ourOwnArchivesAreReadByOthersAndByUs() throws IOException, RefusedReportException {
    Path report = Files.createDirectory(directory.resolve("report"));
    String deep = "d".repeat(60) + "/" + "e".repeat(60) + "/" + "f".repeat(90);
    for (String name : List.of("run.json", "history/000001.seg", deep)) {
      Path file = report.resolve(name);
      Files.createDirectories(java.util.Objects.requireNonNull(file.getParent()));
      Files.writeString(file, name.repeat(9_000));
    }
    Files.createFile(report.resolve("empty"));
    Files.createDirectory(report.resolve("nothing"));
    Files.createSymbolicLink(report.resolve("latest"), Path.of("run.json"));
    ByteArrayOutputStream archive = new ByteArrayOutputStream();
    for (byte[] piece : new ReportArchive(report, _ -> true)) {
      archive.write(piece);
    }
    ByteArrayOutputStream again = new ByteArrayOutputStream();
    for (byte[] piece : new ReportArchive(report, _ -> true)) {
      again.write(piece);
    }

    assertThat(again.toByteArray())
        .as("an archive is made the same twice")
        .isEqualTo(archive.toByteArray());
    List<String> names = new java.util.ArrayList<>();
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(
            new GZIPInputStream(new ByteArrayInputStream(archive.toByteArray())))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        names.add(entry.getName());
        if (entry.getName().equals("run.json")) {
          assertThat(new String(tar.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
              .isEqualTo("run.json".repeat(9_000));
        }
      }
    }
    assertThat(names).contains("run.json", "empty", "nothing/", deep).doesNotContain("latest");
    unpack(
        new Limits(16 << 20, 16 << 20, 100, 1000, 16 << 20, 0),
        new ByteArrayInputStream(archive.toByteArray()));
    assertThat(folder.resolve(deep)).hasContent(deep.repeat(9_000));
    assertThat(folder.resolve("nothing")).isEmptyDirectory();
  }

  private static List<Path> files(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(path -> !path.equals(root)).filter(path -> !path.endsWith("in")).toList();
    }
  }
}
