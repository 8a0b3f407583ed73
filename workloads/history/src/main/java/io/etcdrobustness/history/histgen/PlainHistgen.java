package io.etcdrobustness.history.histgen;

import io.etcdrobustness.history.HistoryPass.Extent;
import io.etcdrobustness.history.plain.JsonScan;
import io.etcdrobustness.history.plain.PlainKeys;
import io.etcdrobustness.history.plain.PlainLog;
import io.etcdrobustness.history.plain.PlainSource;
import io.etcdrobustness.history.plain.PlainTape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A generated file, read without an object for any of it as long as each line is written as the
 * generator writes it. All else, errors above all, is left to {@link HistgenReader}.
 */
final class PlainHistgen implements PlainSource {

  private static final int AT_ONCE = 1024;

  /**
   * So many are read by one call: what is called often is compiled, what goes on for long is not.
   */
  private static final int BY_ONE_CALL = 32;

  private final JsonScan operations;
  private final Optional<PlainHistgenLog> log;
  private final PlainKeys keys = new PlainKeys();
  private final PlainHistgenLine line = new PlainHistgenLine(keys);

  /** The history in {@code file}. */
  PlainHistgen(Path file) throws IOException {
    operations = new JsonScan(file);
    Path events = HistgenReader.watchFile(file);
    log =
        Files.isRegularFile(events)
            ? Optional.of(new PlainHistgenLog(events, keys))
            : Optional.empty();
  }

  @Override
  public Fill fill(PlainTape tape, PlainLog log) throws IOException {
    boolean more = true;
    for (int i = 0; i < AT_ONCE && more; i += BY_ONE_CALL) {
      more = some(tape);
    }
    if (operations.failed()) {
      return Fill.NOT_PLAIN;
    }
    long until = more ? line.highest() : Long.MAX_VALUE;
    boolean plain = this.log.isEmpty() || this.log.get().fill(log, until);
    return !plain || keys.tooMany() ? Fill.NOT_PLAIN : more ? Fill.MORE : Fill.END;
  }

  /** Adds some operations; false if there is none behind them, or something is not as expected. */
  private boolean some(PlainTape tape) throws IOException {
    for (int i = 0; i < BY_ONE_CALL; i++) {
      if (operations.failed() || !operations.begin()) {
        return false;
      }
      line.add(operations, tape);
    }
    return true;
  }

  @Override
  public Extent extent() throws IOException {
    return new Extent(operations.bytes(), operations.size());
  }

  @Override
  public boolean watched() {
    return log.isPresent();
  }

  @Override
  public PlainKeys keys() {
    return keys;
  }

  @Override
  public void close() throws IOException {
    operations.close();
    if (log.isPresent()) {
      log.get().close();
    }
  }
}
