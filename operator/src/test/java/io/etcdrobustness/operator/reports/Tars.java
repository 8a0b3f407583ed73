package io.etcdrobustness.operator.reports;

import io.etcdrobustness.checker.Verdict;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Archives as somebody else's tar writes them, the wicked ones included. */
final class Tars {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final TarArchiveOutputStream tar;

  Tars() {
    try {
      tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes));
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /** The {@code run.json} of a run that began at {@code startedAt}. */
  static String runJson(String test, Verdict verdict, String startedAt) {
    return """
    {"format": 1, "name": "%s", "verdict": "%s", "reasons": [], "seed": 42,
     "startedAt": "%s", "etcd": {"m0": "3.6.16", "m1": "3.7.3", "m2": "3.7.3"}, "spec": {}}
    """
        .formatted(test, verdict.label(), startedAt);
  }

  /** A report with a file of {@code size} bytes beside its {@code run.json}. */
  static byte[] report(String test, Verdict verdict, int size) {
    return new Tars()
        .file("run.json", runJson(test, verdict, "2026-11-22T02:00:00Z"))
        .file("index.html", "<p>" + test)
        .file("history/000001.seg", "x".repeat(size))
        .gz();
  }

  Tars file(String name, String content) {
    return entry(new TarArchiveEntry(name, true), content.getBytes(StandardCharsets.UTF_8));
  }

  /** An archive of one link or device, or whatever {@code type} means. */
  static byte[] special(byte type) {
    TarArchiveEntry entry = new TarArchiveEntry("x", type, true);
    entry.setLinkName("/etc/passwd");
    entry.setSize(0);
    entry.setModTime(0);
    byte[] tar = new byte[3 * 512];
    entry.writeEntryHeader(tar);
    return gz(tar);
  }

  private Tars entry(TarArchiveEntry entry, byte[] content) {
    try {
      entry.setSize(content.length);
      // Whole seconds: for parts of one this library writes an extension.
      entry.setModTime(0);
      tar.putArchiveEntry(entry);
      tar.write(content);
      tar.closeArchiveEntry();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return this;
  }

  byte[] gz() {
    try {
      tar.close();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  /** {@code raw} as gzip. */
  static byte[] gz(byte[] raw) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(raw);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return out.toByteArray();
  }
}
