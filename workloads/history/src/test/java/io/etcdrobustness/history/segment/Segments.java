package io.etcdrobustness.history.segment;

import static org.assertj.core.api.Assertions.fail;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.file.SyncedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes and reads folders of segments. */
final class Segments {

  private Segments() {}

  /** A history as its entries were handed out. */
  record Read(History.Facts facts, List<Entry> entries, List<String> notes) {}

  /**
   * A writer whose segments are small.
   *
   * @param segmentBytes a segment ends before it has more
   */
  static SegmentWriter writer(Path folder, History.Facts facts, long segmentBytes)
      throws IOException {
    Files.createDirectories(folder);
    return new SegmentWriter(
        folder, facts, e -> fail("cannot write: %s", e), SyncedFile::create, segmentBytes);
  }

  /** Writes all of {@code entries}, a block for each list. */
  static void write(
      Path folder, History.Facts facts, long segmentBytes, List<? extends List<Entry>> blocks)
      throws IOException {
    try (SegmentWriter writer = writer(folder, facts, segmentBytes)) {
      for (List<Entry> block : blocks) {
        block.forEach(writer::record);
        writer.flush();
      }
    }
  }

  static Read read(Path folder) throws IOException {
    SegmentReader reader = SegmentReader.open(folder);
    List<Entry> entries = new ArrayList<>();
    List<String> notes = reader.forEach(entries::add);
    return new Read(reader.facts(), entries, notes);
  }
}
