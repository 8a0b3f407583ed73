package io.etcdrobustness.runs.browse;

import io.etcdrobustness.runs.report.Html;
import io.etcdrobustness.runs.report.ReportFolder;
import io.etcdrobustness.runs.report.ReportSummary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What lies in a report's folder beside its page. Links, and what is hidden, are not there.
 *
 * @param verdict as the report has it
 * @param minimal the smallest counterexamples that were found
 * @param logs of members
 * @param before the page of a report that an earlier runner had sent
 */
record Beside(Mark verdict, List<Minimal> minimal, List<File> logs, Optional<File> before) {

  private static final int MOST_LOGS = 100;
  private static final int MOST_COUNTEREXAMPLES = 20;
  private static final int LONGEST_WORDS = 20_000;

  /**
   * A file.
   *
   * @param name below the report's folder
   * @param href from the report's folder on
   */
  record File(String name, String href, long bytes) {}

  /** A counterexample in words, and its files. */
  record Minimal(String property, String words, List<File> files) {}

  /** What lies in {@code folder}. */
  static Beside in(Path folder) throws IOException {
    return new Beside(
        Mark.of(ReportSummary.read(folder).verdict()),
        counterexamples(folder),
        logs(folder),
        before(folder));
  }

  private static Optional<File> before(Path folder) throws IOException {
    Path page = folder.resolve(ReportFolder.BEFORE).resolve("index.html");
    return isFile(page) ? Optional.of(file(folder, page)) : Optional.empty();
  }

  private static List<File> logs(Path folder) throws IOException {
    List<File> logs = new ArrayList<>();
    for (Path member : folders(folder.resolve("members"))) {
      for (Path file : held(member)) {
        if (name(file).endsWith(".log") && isFile(file) && logs.size() < MOST_LOGS) {
          logs.add(file(folder, file));
        }
      }
    }
    return logs;
  }

  private static List<Minimal> counterexamples(Path folder) throws IOException {
    List<Minimal> minimal = new ArrayList<>();
    for (Path property : folders(folder.resolve("minimal"))) {
      Path words = property.resolve("counterexample.txt");
      if (!isFile(words) || minimal.size() == MOST_COUNTEREXAMPLES) {
        continue;
      }
      List<File> files = new ArrayList<>();
      for (Path file : held(property)) {
        if (isFile(file)) {
          files.add(file(folder, file));
        } else if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
          File held = file(folder, file);
          files.add(new File(held.name + "/", held.href + "/?files", 0));
        }
      }
      minimal.add(new Minimal(name(property), beginning(words), files));
    }
    return minimal;
  }

  private static String beginning(Path file) throws IOException {
    try (var in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      String text = new String(in.readNBytes(LONGEST_WORDS), StandardCharsets.UTF_8);
      return Files.size(file) > LONGEST_WORDS ? text + "\n…" : text;
    }
  }

  private static List<Path> folders(Path folder) throws IOException {
    return held(folder).stream()
        .filter(path -> Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
        .toList();
  }

  private static List<Path> held(Path folder) throws IOException {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(path -> !name(path).startsWith(".")).sorted().toList();
    }
  }

  private static boolean isFile(Path path) {
    return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }

  private static File file(Path folder, Path file) throws IOException {
    StringBuilder href = new StringBuilder(".");
    Path below = folder.relativize(file);
    below.forEach(piece -> href.append('/').append(Html.encode(piece.toString())));
    return new File(below.toString(), href.toString(), Files.size(file));
  }
}
