package io.etcdrobustness.history.plain;

import io.etcdrobustness.history.HistoryPass.Extent;
import java.io.Closeable;
import java.io.IOException;

/** A stored history of plain operations, gone through once. */
public interface PlainSource extends Closeable {

  /** What there is behind what was added. */
  enum Fill {
    /** Perhaps more. */
    MORE,
    /** Nothing: all of the history has been added. */
    END,
    /** Something that is not plain, or cannot be read. */
    NOT_PLAIN
  }

  /**
   * Adds some operations, and what was delivered up to the highest revision among them and perhaps
   * more; at the end all that was delivered.
   *
   * @throws IOException if it cannot be read
   */
  Fill fill(PlainTape tape, PlainLog log) throws IOException;

  /** How far it has come. */
  Extent extent() throws IOException;

  /** Whether there was a watch of all keys. */
  boolean watched();

  /** The keys of what was added. */
  PlainKeys keys();
}
