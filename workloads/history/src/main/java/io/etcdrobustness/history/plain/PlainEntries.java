package io.etcdrobustness.history.plain;

import io.etcdrobustness.history.HistoryPass.Extent;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Watch;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;

/** Plain operations and a watch of everything out of entries that were read in the general way. */
public final class PlainEntries implements PlainSource {

  private final Entries entries;
  private final PlainKeys keys = new PlainKeys();
  private final PlainOperation operation = new PlainOperation(keys);
  private final PlainWatch watch;

  /** Where entries come from. */
  public interface Entries {

    /** The next operations, in the order of their calls; none if there are no more. */
    List<Operation> operations() throws IOException;

    /** The messages of watches, in their order. */
    Iterator<Watch> watches();

    /** Whether nothing is missing; asked when there are no more operations. */
    boolean whole();

    /** How far {@link #operations} has come. */
    Extent extent();

    /** Gives back what was opened. */
    void close() throws IOException;
  }

  /** The history that consists of {@code entries}. */
  public PlainEntries(Entries entries) {
    this.entries = entries;
    this.watch = new PlainWatch(entries.watches(), keys);
  }

  @Override
  public Fill fill(PlainTape tape, PlainLog log) throws IOException {
    List<Operation> some = entries.operations();
    for (Operation each : some) {
      if (!operation.add(each, tape)) {
        return Fill.NOT_PLAIN;
      }
    }
    boolean end = some.isEmpty();
    boolean plain = watch.fill(log, end ? Long.MAX_VALUE : operation.highest());
    if (!plain || keys.tooMany() || (end && !entries.whole())) {
      return Fill.NOT_PLAIN;
    }
    return end ? Fill.END : Fill.MORE;
  }

  @Override
  public Extent extent() {
    return entries.extent();
  }

  @Override
  public boolean watched() {
    return watch.begun();
  }

  @Override
  public PlainKeys keys() {
    return keys;
  }

  @Override
  public void close() throws IOException {
    entries.close();
  }
}
