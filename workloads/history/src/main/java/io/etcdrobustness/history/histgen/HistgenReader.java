package io.etcdrobustness.history.histgen;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.file.HistoryFormatException;
import io.etcdrobustness.history.file.JsonObject;
import io.etcdrobustness.history.file.Lines;
import io.etcdrobustness.history.file.Loaded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads the JSON lines of the history generator; a file {@code X.watch} beside {@code X.jsonl} is
 * its log of true events, and becomes one watch of all keys.
 *
 * <p>One file may hold several histories, each after a line {@code {"history":i}}. Here a torn last
 * line is an error: the generator does not crash on purpose.
 */
public final class HistgenReader {

  static final String SEPARATOR = "history";

  private HistgenReader() {}

  /** Whether {@code file} begins with a line of the generator. */
  public static boolean recognizes(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return false;
    }
    try {
      return new Lines(file)
          .first()
          .map(line -> isSeparator(line) || (line.has("op") && line.has("call") && line.has("ret")))
          .orElse(false);
    } catch (HistoryFormatException noJsonLines) {
      return false;
    }
  }

  /**
   * Reads the only history in {@code file}.
   *
   * @throws HistoryFormatException if there are several, or a line is not as the generator writes
   *     it
   * @throws IOException if it cannot be read
   */
  public static Loaded read(Path file) throws IOException {
    List<Loaded> all = readAll(file);
    if (all.size() != 1) {
      throw new HistoryFormatException(
          file, "", "expected one history, found " + all.size() + " in the same file");
    }
    return all.getFirst();
  }

  /** Reads all histories in {@code file}; an empty file holds one, which is empty. */
  public static List<Loaded> readAll(Path file) throws IOException {
    List<List<Operation>> operations =
        readSections(
            file, (section, line) -> section.add(HistgenLine.operation(section.size(), line)));
    Path watchFile = watchFile(file);
    List<List<EventLogEntry>> logs =
        Files.isRegularFile(watchFile)
            ? readSections(watchFile, (section, line) -> section.add(EventLogEntry.read(line)))
            : List.of();
    if (!logs.isEmpty() && logs.size() != operations.size()) {
      throw new HistoryFormatException(
          watchFile,
          "",
          "expected the events of " + operations.size() + " histories, found " + logs.size());
    }
    List<Loaded> result = new ArrayList<>();
    for (int i = 0; i < operations.size(); i++) {
      List<Entry> entries = new ArrayList<>(operations.get(i));
      if (!logs.isEmpty()) {
        entries.addAll(EventLogEntry.asWatch(logs.get(i)));
      }
      History.Facts facts =
          new History.Facts(History.Start.EMPTY, false, false, putsNoValueTwice(operations.get(i)));
      result.add(new Loaded(History.of(facts, entries), List.of()));
    }
    return result;
  }

  private interface SectionLine<T> {
    void add(List<T> section, JsonObject line) throws HistoryFormatException;
  }

  private static <T> List<List<T>> readSections(Path file, SectionLine<T> reading)
      throws IOException {
    List<List<T>> sections = new ArrayList<>();
    Lines lines = new Lines(file);
    lines.forEach(line -> {
      if (isSeparator(line)) {
        line.number(SEPARATOR);
        line.finish();
        sections.add(new ArrayList<>());
        return;
      }
      if (sections.isEmpty()) {
        sections.add(new ArrayList<>());
      }
      reading.add(sections.getLast(), line);
    });
    requireWhole(file, lines);
    if (sections.isEmpty()) {
      sections.add(new ArrayList<>());
    }
    return sections;
  }

  /** Whether a history begins here. Asks first for what all other lines begin with. */
  static boolean isSeparator(JsonObject line) {
    return !line.has("client") && !line.has("rev") && line.has(SEPARATOR);
  }

  /** The generator does not crash on purpose: a torn last line is an error. */
  static void requireWhole(Path file, Lines lines) throws HistoryFormatException {
    switch (lines.tear()) {
      case NONE -> {}
      case LINE, GZIP ->
          throw new HistoryFormatException(
              file, lines.number() + ":1", "cut off: the last line is torn");
    }
  }

  /** Where the log of true events is, if there is one. */
  static Path watchFile(Path file) {
    String name = String.valueOf(file.getFileName());
    int dot = name.indexOf(".jsonl");
    return file.resolveSibling((dot < 0 ? name : name.substring(0, dot)) + ".watch");
  }

  /** The generator draws values from a small set at times; all its writers are in the file. */
  private static boolean putsNoValueTwice(List<Operation> operations) {
    Set<String> values = new HashSet<>();
    for (Operation operation : operations) {
      if (!addAll(values, operation.request())) {
        return false;
      }
    }
    return true;
  }

  private static boolean addAll(Set<String> values, Request request) {
    if (request instanceof Request.Put put) {
      return values.add(put.value());
    }
    boolean unique = true;
    if (request instanceof Request.Txn txn) {
      // Only one of the branches is executed, but it may be either.
      for (Request.InTxn inner : txn.success()) {
        unique &= addAll(values, inner);
      }
      for (Request.InTxn inner : txn.failure()) {
        unique &= addAll(values, inner);
      }
    }
    return unique;
  }
}
