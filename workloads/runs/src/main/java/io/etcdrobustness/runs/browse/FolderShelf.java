package io.etcdrobustness.runs.browse;

import io.etcdrobustness.runs.report.ReportSummary;
import io.etcdrobustness.runs.report.RunProgress;
import io.etcdrobustness.runs.suite.SuiteReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Reports that lie in a folder: a report itself, or a folder that holds reports, and suites of
 * them. A run that goes on tells how far it is in its own folder.
 */
public final class FolderShelf implements Shelf {

  private static final String RUN = "run.json";

  private final Path root;
  private final InstantSource clock;
  private final Map<Path, Known> known = new ConcurrentHashMap<>();

  /** A report as it was when it was read; it is read again when it has changed. */
  private record Known(FileTime changed, long size, ReportSummary summary, long bytes) {}

  /**
   * The reports in {@code root}.
   *
   * @param clock the one by which runs on this machine tell when they were alive
   */
  public FolderShelf(Path root, InstantSource clock) {
    this.root = root;
    this.clock = clock;
  }

  @Override
  public Fleet fleet() throws IOException {
    Map<List<String>, List<FleetRun>> byTest = new LinkedHashMap<>();
    for (List<String> path : paths()) {
      read(path)
          .ifPresent(run -> byTest.computeIfAbsent(run.test(), _ -> new ArrayList<>()).add(run));
    }
    List<FleetTest> tests = new ArrayList<>();
    byTest.forEach((test, runs) -> tests.add(FleetTest.of(test, runs)));
    return new Fleet(tests);
  }

  private List<List<String>> paths() throws IOException {
    if (isReport(root)) {
      return List.of(List.of());
    }
    List<List<String>> paths = new ArrayList<>();
    for (Path folder : folders(root)) {
      if (isReport(folder)) {
        paths.add(List.of(name(folder)));
      } else if (SuiteReport.isIn(folder)) {
        for (Path run : folders(folder)) {
          if (isReport(run)) {
            paths.add(List.of(name(folder), name(run)));
          }
        }
      }
    }
    return paths;
  }

  @Override
  public Optional<FleetRun> run(List<String> path) throws IOException {
    return path.size() > 2 || folder(path).filter(FolderShelf::isReport).isEmpty()
        ? Optional.empty()
        : read(path);
  }

  @Override
  public Optional<Place> place(String path) {
    List<String> pieces = path.isEmpty() ? List.of() : List.of(path.split("/", -1));
    for (int depth = 0; depth <= Math.min(2, pieces.size()); depth++) {
      Optional<Path> folder = folder(pieces.subList(0, depth)).filter(FolderShelf::isReport);
      if (folder.isPresent()) {
        return Optional.of(
            new Place(folder.get(), String.join("/", pieces.subList(depth, pieces.size()))));
      }
    }
    // A folder that has a page of its own, such as a suite's, shows that.
    return path.isEmpty() && !Files.isRegularFile(root.resolve("index.html"))
        ? Optional.empty()
        : Optional.of(new Place(root, path));
  }

  /** The folder of these names; none of them leads elsewhere. */
  private Optional<Path> folder(List<String> path) {
    Path folder = root;
    for (String name : path) {
      if (name.isEmpty() || name.startsWith(".") || name.indexOf('\0') >= 0) {
        return Optional.empty();
      }
      folder = folder.resolve(name);
      if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
        return Optional.empty();
      }
    }
    return Optional.of(folder);
  }

  private Optional<FleetRun> read(List<String> path) throws IOException {
    Optional<Path> folder = folder(path);
    if (folder.isEmpty()) {
      return Optional.empty();
    }
    Known report;
    try {
      report = known(folder.get());
    } catch (IOException _) {
      // Folders of other things lie beside reports; the list is of reports.
      return Optional.empty();
    }
    FleetRun run =
        FleetRun.of(
            path, List.of(report.summary.test()), report.summary, OptionalLong.of(report.bytes));
    return Optional.of(progress(folder.get(), report.summary).map(run::going).orElse(run));
  }

  /** Empty if the run is over, or nothing is heard of it any more. */
  private Optional<RunProgress> progress(Path folder, ReportSummary summary) throws IOException {
    return summary.told().took().isPresent()
        ? Optional.empty()
        : RunProgress.read(folder, clock.instant());
  }

  private Known known(Path folder) throws IOException {
    BasicFileAttributes now =
        Files.readAttributes(
            folder.resolve(RUN), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    Known before = known.get(folder);
    if (before != null
        && before.changed.equals(now.lastModifiedTime())
        && before.size == now.size()) {
      return before;
    }
    Known read =
        new Known(now.lastModifiedTime(), now.size(), ReportSummary.read(folder), bytes(folder));
    known.put(folder, read);
    return read;
  }

  /** 0 if it cannot be measured: a run that goes on makes files and deletes them. */
  private static long bytes(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException | UncheckedIOException unreadable) {
      return 0;
    }
  }

  private static boolean isReport(Path folder) {
    return Files.isRegularFile(folder.resolve(RUN), LinkOption.NOFOLLOW_LINKS);
  }

  private static List<Path> folders(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(path -> Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
          .filter(path -> !name(path).startsWith("."))
          .sorted()
          .toList();
    }
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }
}
