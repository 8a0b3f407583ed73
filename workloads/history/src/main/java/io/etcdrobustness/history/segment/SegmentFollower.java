package io.etcdrobustness.history.segment;

import io.etcdrobustness.history.History;
import io.etcdrobustness.history.file.EntryVisitor;
import io.etcdrobustness.history.file.HistoryFormatException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Reads a record of segments while it is being written: asked again, it hands out what has been
 * completed since. It never waits; when to ask again is for the caller to say.
 *
 * <p>What is not whole yet, such as half a block, a segment without its header, or a folder without
 * a segment, is left for later. Only the writer's word that nothing is missing ends the record:
 * that of a writer that was killed never ends, and {@link #notes} say what is missing.
 */
public final class SegmentFollower implements Closeable {

  private final Path folder;
  private Optional<History.Facts> facts = Optional.empty();
  private Optional<SegmentCursor> cursor = Optional.empty();

  /** The beginning of the record in {@code folder}, which need not be there yet. */
  public SegmentFollower(Path folder) {
    this.folder = folder;
  }

  /** What is known about the cluster; empty until {@link #poll} has seen the record begin. */
  public Optional<History.Facts> facts() {
    return facts;
  }

  /**
   * Hands out all entries of whole blocks that were not handed out before, in the order in which
   * they were recorded; keeps one block in memory.
   *
   * @return whether the record has ended: nothing will come any more
   * @throws HistoryFormatException if the record is damaged, with file and byte; it stays so
   * @throws IOException if it cannot be read, and what the visitor throws. The block that was being
   *     handed out then comes as a whole again
   */
  public boolean poll(EntryVisitor visitor) throws IOException {
    if (cursor.isEmpty()) {
      cursor = begin();
    }
    if (cursor.isEmpty()) {
      return false;
    }
    boolean more = true;
    while (more) {
      more = cursor.get().next(visitor);
    }
    return cursor.get().isAtEnd();
  }

  /**
   * What the reader of a verdict must know if nothing comes any more, see {@link
   * io.etcdrobustness.history.file.Loaded}.
   */
  public List<String> notes() {
    return cursor
        .map(SegmentCursor::notes)
        .orElseGet(() -> List.of(folder + " holds no record yet: nothing was recorded"));
  }

  @Override
  public void close() throws IOException {
    if (cursor.isPresent()) {
      cursor.get().close();
    }
  }

  private Optional<SegmentCursor> begin() throws IOException {
    Path first = SegmentFolder.file(folder, 1);
    if (Files.exists(first)) {
      facts = SegmentReader.facts(first);
    }
    return facts.map(told -> new SegmentCursor(folder, told));
  }
}
