package io.etcdrobustness.history;

import io.etcdrobustness.history.plain.PlainSource;
import java.io.Closeable;
import java.io.IOException;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A stored history that is gone through once and never held: memory depends on what is under way at
 * a time, not on its length.
 */
public interface HistoryPass extends Closeable {

  /**
   * The history without its operations and watches; that values are unique its facts say only where
   * that needs no look at all.
   *
   * @throws IOException if it cannot be read
   */
  History frame() throws IOException;

  /**
   * The same history as numbers, if it may be plain; to be gone through and closed before anything
   * else is asked for.
   *
   * @throws IOException if it cannot be read
   */
  Optional<PlainSource> plain() throws IOException;

  /**
   * Hands out the operations in the order in which they are stored, as long as {@code taker} wants
   * more.
   *
   * @return how many there were
   */
  long operations(Predicate<Operation> taker) throws IOException;

  /** How far {@link #operations} has come; may be asked by its taker. */
  Extent extent();

  /**
   * How much of the stored bytes has been gone through.
   *
   * @param all 0 if that is not known
   */
  record Extent(long bytes, long all) {}

  /**
   * Whether nothing is missing at its end, and there is nothing to be said of the reading; to be
   * asked after {@link #operations}. What is not whole proves nothing.
   */
  boolean whole();

  /**
   * The messages of watches in the order in which they are stored; read as they are asked for.
   *
   * @throws java.io.UncheckedIOException from the iterator, if the history cannot be read
   */
  Iterator<Watch> watches();
}
