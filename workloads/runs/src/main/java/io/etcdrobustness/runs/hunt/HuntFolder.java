package io.etcdrobustness.runs.hunt;

import io.etcdrobustness.runs.report.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A hunt on disk, so that it goes on where it ended.
 *
 * <pre>
 * hunt.json         what is hunted, how many runs there were, what was reached
 * corpus/N.json     a variation that reached something new, with what it was
 * findings/N-PROPERTY/   the report of a run that broke it
 * undecided/N/      the report of one of the first runs that had no verdict
 * runs/             what is under way
 * </pre>
 */
final class HuntFolder {

  private final Path directory;

  HuntFolder(Path directory) throws IOException {
    this.directory = directory;
    for (String part : new String[] {"corpus", "findings", "undecided", "runs"}) {
      Files.createDirectories(directory.resolve(part));
    }
    // Of a hunt that was killed; its runs are not over and prove nothing.
    for (Path left : list("runs")) {
      delete(left);
    }
  }

  /**
   * How far a hunt is.
   *
   * @param test whose variations they are, as JSON
   * @param features all that were reached
   */
  record State(String test, long runs, long hung, SortedSet<String> features) {}

  /** A variation of the corpus. */
  record Kept(Variation variation, SortedSet<String> reached) {}

  State state(String test) throws IOException {
    Path file = directory.resolve("hunt.json");
    if (!Files.exists(file)) {
      return new State(test, 0, 0, new TreeSet<>());
    }
    State state = Json.read(Files.readString(file), State.class);
    if (!state.test().equals(test)) {
      throw new IOException(
          directory + " holds the hunt of another test; name another folder with --dir");
    }
    return new State(test, state.runs(), state.hung(), new TreeSet<>(state.features()));
  }

  void state(State state) throws IOException {
    write(directory.resolve("hunt.json"), Json.of(state));
  }

  List<Kept> corpus() throws IOException {
    List<Kept> corpus = new ArrayList<>();
    for (Path file : list("corpus")) {
      corpus.add(Json.read(Files.readString(file), Kept.class));
    }
    return corpus;
  }

  void keep(int number, Kept kept) throws IOException {
    write(directory.resolve("corpus").resolve("%05d.json".formatted(number)), Json.of(kept));
  }

  /** Where a run of this number reports. */
  Path run(long number) {
    return directory.resolve("runs").resolve(Long.toString(number));
  }

  /** A run has broken something: its report stays. */
  Path finding(long number, String property) throws IOException {
    Path kept = directory.resolve("findings").resolve("%05d-%s".formatted(number, property));
    Files.move(run(number), kept);
    return kept;
  }

  /** A run had no verdict: its report tells why. */
  Path undecided(long number) throws IOException {
    Path kept = directory.resolve("undecided").resolve("%05d".formatted(number));
    Files.move(run(number), kept);
    return kept;
  }

  void forget(long number) throws IOException {
    delete(run(number));
  }

  private List<Path> list(String part) throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve(part))) {
      return files
          .filter(file -> !String.valueOf(file.getFileName()).startsWith("."))
          .sorted()
          .toList();
    }
  }

  static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (NoSuchFileException | UncheckedIOException gone) {
      if (Files.exists(folder)) {
        throw new IOException("cannot delete " + folder, gone);
      }
    }
  }

  private static void write(Path file, String content) throws IOException {
    Path partial = file.resolveSibling("." + file.getFileName() + ".partial");
    Files.writeString(partial, content);
    Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
