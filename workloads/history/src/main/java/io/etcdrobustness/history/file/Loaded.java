package io.etcdrobustness.history.file;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.History;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A history as it was read.
 *
 * @param notes what the reader of a verdict must know about the reading, in sentences: a torn last
 *     line that was dropped, a field that the source does not tell. Empty when there is nothing
 */
public record Loaded(History history, List<String> notes) implements HistorySource {
  public Loaded {
    notes = List.copyOf(notes);
  }

  /**
   * All of {@code source}.
   *
   * @throws HistoryFormatException if the source is not what it should be
   * @throws IOException if it cannot be read
   */
  public static Loaded of(HistorySource source) throws IOException {
    if (source instanceof Loaded loaded) {
      return loaded;
    }
    List<Entry> entries = new ArrayList<>();
    List<String> notes = source.forEach(entries::add);
    return new Loaded(History.of(source.facts(), entries), notes);
  }

  @Override
  public History.Facts facts() {
    return history.facts();
  }

  /** Hands them out by time. */
  @Override
  public List<String> forEach(EntryVisitor visitor) throws IOException {
    EntriesByTime.of(history).forEach(visitor);
    return notes;
  }
}
