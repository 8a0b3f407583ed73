package io.etcdrobustness.history.file;

import io.etcdrobustness.history.History;
import java.io.IOException;
import java.util.List;

/** A history that can be gone through without having all of it in memory. */
public interface HistorySource {

  /** What is known about the cluster besides what was observed. */
  History.Facts facts();

  /**
   * Hands every entry to {@code visitor}, in an order that the source has.
   *
   * @return what the reader of a verdict must know about the reading, see {@link Loaded}
   * @throws HistoryFormatException if the source is not what it should be
   * @throws IOException if it cannot be read, and what the visitor throws
   */
  List<String> forEach(EntryVisitor visitor) throws IOException;
}
