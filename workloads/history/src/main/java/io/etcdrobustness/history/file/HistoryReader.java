package io.etcdrobustness.history.file;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.History;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link HistoryWriter} has written: the folder with {@code operations.jsonl}, {@code
 * watches.jsonl} and {@code events.jsonl}, each of them plain or gzipped ({@code .jsonl.gz}).
 *
 * <p>What a crash of the writer leaves behind is read as far as it goes, and told in the notes; so
 * is a missing {@code watches.jsonl} or {@code events.jsonl}. Anything else that is wrong is a
 * {@link HistoryFormatException}: to guess might turn a verdict.
 */
public final class HistoryReader {

  private final Path folder;
  private final List<Entry> entries = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private History.@Nullable Facts facts;

  private HistoryReader(Path folder) {
    this.folder = folder;
  }

  /** Whether {@code folder} holds a history of this format, by the names of its files. */
  public static boolean recognizes(Path folder) {
    return Files.isRegularFile(folder.resolve(HistoryFolder.OPERATIONS))
        || Files.isRegularFile(gzipped(folder, HistoryFolder.OPERATIONS));
  }

  /**
   * Reads the history in {@code folder}.
   *
   * @throws HistoryFormatException if there is none, or it is damaged in another way than by a
   *     crash of its writer
   * @throws IOException if it cannot be read
   */
  public static Loaded read(Path folder) throws IOException {
    HistoryReader reader = new HistoryReader(folder);
    if (!reader.readFile(HistoryFolder.OPERATIONS, OperationCodec::read)) {
      throw new HistoryFormatException(
          folder,
          "",
          "no history here: expected " + HistoryFolder.OPERATIONS + " or the same with .gz");
    }
    for (String name : List.of(HistoryFolder.WATCHES, HistoryFolder.EVENTS)) {
      boolean found =
          reader.readFile(
              name, name.equals(HistoryFolder.WATCHES) ? WatchCodec::read : HappeningCodec::read);
      if (!found) {
        reader.notes.add(name + " is missing: nothing that it would tell can be judged");
      }
    }
    History.Facts facts = reader.facts;
    if (facts == null) {
      throw new HistoryFormatException(
          folder, "", "no file holds its first line, which tells the facts: nothing was recorded");
    }
    return new Loaded(History.of(facts, reader.entries), reader.notes);
  }

  /** False if there is no such file. */
  private boolean readFile(String name, PartsCodec.Reading<? extends Entry> codec)
      throws IOException {
    Path plain = folder.resolve(name);
    Path gzipped = gzipped(folder, name);
    boolean isPlain = Files.isRegularFile(plain);
    boolean isGzipped = Files.isRegularFile(gzipped);
    if (isPlain && isGzipped) {
      throw new HistoryFormatException(
          folder, "", "both " + name + " and " + name + ".gz are here: remove one of them");
    }
    if (!isPlain && !isGzipped) {
      return false;
    }
    Path file = isPlain ? plain : gzipped;
    Lines lines = new Lines(file);
    boolean[] header = new boolean[1];
    lines.forEach(object -> {
      if (header[0]) {
        entries.add(codec.read(object));
      } else {
        readHeader(file, object);
        header[0] = true;
      }
    });
    tell(file.getFileName().toString(), lines, header[0]);
    return true;
  }

  private void readHeader(Path file, JsonObject line) throws HistoryFormatException {
    String format = line.textOrEmpty("format");
    if (!format.equals(HistoryFolder.FORMAT)) {
      throw line.error(
          "expected the first line to tell \"format\":\"" + HistoryFolder.FORMAT + "\"");
    }
    long version = line.number("version");
    if (version < HistoryFolder.VERSION_OF_EMPTY_OR_NOT || version > HistoryFolder.VERSION) {
      throw line.error(
          "version",
          version > HistoryFolder.VERSION
              ? "written in version "
                  + version
                  + " of the format, this program reads up to version "
                  + HistoryFolder.VERSION
                  + ": use the release that wrote it, or a newer one"
              : "no version " + version + " of the format was ever written");
    }
    History.Facts own = PartsCodec.readFacts(line.object("facts"), version);
    line.finish();
    if (facts != null && !facts.equals(own)) {
      throw line.error(
          "facts",
          "differ from those of the other files: "
              + file.getFileName()
              + " belongs to another history");
    }
    facts = own;
  }

  private void tell(String name, Lines lines, boolean header) {
    switch (lines.tear()) {
      case NONE -> {}
      case LINE ->
          notes.add(
              name
                  + " truncated: line "
                  + lines.number()
                  + " is torn, as after a crash of the writer, and was dropped");
      case GZIP ->
          notes.add(
              name
                  + " truncated: the gzip ends too early; whole lines up to "
                  + lines.number()
                  + " were read");
    }
    if (!header) {
      notes.add(name + " holds not even its first line: what it should tell was not recorded");
    }
  }

  private static Path gzipped(Path folder, String name) {
    return folder.resolve(name + ".gz");
  }
}
