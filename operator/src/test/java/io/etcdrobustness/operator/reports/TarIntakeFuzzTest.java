package io.etcdrobustness.operator.reports;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.etcdrobustness.checker.Verdict;
import io.etcdrobustness.engine.RandomSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** Whatever is sent, it is unpacked into its folder or refused. */
class TarIntakeFuzzTest {

  private static final long SEED = 20261122;
  private static final int MUTANTS = 1000;
  private static final Limits LIMITS = new Limits(1 << 20, 8 << 20, 20, 100, 1 << 16, 0);

  @FuzzTest
  void anyBytesAreUnpackedInsideOrRefused(byte[] data) throws IOException {
    unpackOrRefuse(data, "fuzz");
    // Compression and checksums hide the archive from the fuzzer; this way it gets there, too:
    // two bytes say where in a good one, the third says what.
    byte[] tar = good();
    for (int i = 0; i + 2 < data.length; i += 3) {
      tar[((data[i] & 0xff) << 8 | data[i + 1] & 0xff) % tar.length] = data[i + 2];
    }
    repair(tar);
    unpackOrRefuse(Tars.gz(tar), "fuzz");
  }

  private static byte[] good() throws IOException {
    return new GZIPInputStream(
            new ByteArrayInputStream(Tars.report("quickstart", Verdict.PASSED, 700)))
        .readAllBytes();
  }

  @Test
  void archivesWithSlipsAreUnpackedInsideOrRefused() throws IOException {
    RandomSource root = new RandomSource(SEED);
    byte[] tar = good();
    int refused = 0;
    for (int i = 0; i < MUTANTS; i++) {
      RandomSource random = root.fork("mutant " + i);
      byte[] mutant = tar.clone();
      for (long slips = random.between(1, 3); slips > 0; slips--) {
        slip(mutant, random);
      }
      if (random.nextInt(3) > 0) {
        repair(mutant);
      }
      refused += unpackOrRefuse(Tars.gz(mutant), "seed " + SEED + ", mutant " + i) ? 0 : 1;
    }
    // Both must happen, else the slips are too rough or too fine to say anything.
    assertThat(refused).as("refused of " + MUTANTS).isBetween(MUTANTS / 10, MUTANTS * 9 / 10);
  }

  private static void slip(byte[] tar, RandomSource random) {
    int header = 512 * random.nextInt(8);
    List<String> wicked =
        List.of(
            "../../x", "/etc/x", "a/../../b", "77777777777", "00000000000", "2", "1", "x/", "5");
    switch (random.nextInt(4)) {
      case 0 -> tar[header + random.nextInt(512)] = (byte) random.nextInt(256);
      case 1 -> put(tar, header, random.pick(wicked));
      case 2 -> put(tar, header + 124, random.pick(wicked));
      default -> put(tar, header + 156, random.pick(wicked).substring(0, 1));
    }
  }

  private static void put(byte[] tar, int at, String text) {
    for (int i = 0; i < text.length(); i++) {
      tar[at + i] = (byte) text.charAt(i);
    }
  }

  /** Right checksums, so that more than the checksum is tested. */
  private static void repair(byte[] tar) {
    for (int header = 0; header + 512 <= tar.length; header += 512) {
      if (tar[header + 257] == 'u' && tar[header + 258] == 's') {
        int sum = 8 * ' ';
        for (int i = 0; i < 512; i++) {
          sum += i >= 148 && i < 156 ? 0 : tar[header + i] & 0xff;
        }
        put(tar, header + 148, "%06o\0 ".formatted(sum));
      }
    }
  }

  /** Whether it was unpacked. */
  private static boolean unpackOrRefuse(byte[] data, String origin) throws IOException {
    Path directory = Files.createTempDirectory("intake");
    Path folder = Files.createDirectory(directory.resolve("in"));
    try {
      new TarIntake(LIMITS, _ -> {}).unpack(new ByteArrayInputStream(data), folder);
      return true;
    } catch (RefusedReportException refused) {
      assertThat(refused.sentence()).as(origin).isNotBlank();
      return false;
    } finally {
      try (Stream<Path> all = Files.walk(directory)) {
        assertThat(all)
            .as(origin)
            .allMatch(path -> path.equals(directory) || path.startsWith(folder))
            .allMatch(path ->
                Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
                    || Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS));
      }
      Trees.delete(directory);
    }
  }
}
