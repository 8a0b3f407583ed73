package io.etcdrobustness.history.file;

import io.etcdrobustness.history.History;
import java.util.List;

/**
 * A history as it was read.
 *
 * @param notes what the reader of a verdict must know about the reading, in sentences: a torn last
 *     line that was dropped, a field that the source does not tell. Empty when there is nothing
 */
public record Loaded(History history, List<String> notes) {
  public Loaded {
    notes = List.copyOf(notes);
  }
}
