package io.etcdrobustness.history.file;

import io.etcdrobustness.history.Entry;
import java.io.IOException;

/** Takes the entries of a history one after the other. */
@FunctionalInterface
public interface EntryVisitor {

  /** Takes {@code entry}; what it throws ends the reading. */
  void visit(Entry entry) throws IOException;
}
