package io.etcdrobustness.runs.browse;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What is known of tests and runs, and where their reports lie; asked from many threads. */
public interface Shelf {

  /** All tests. */
  Fleet fleet() throws IOException;

  /** The run with this address. */
  Optional<FleetRun> run(List<String> path) throws IOException;

  /**
   * Where what is asked for lies.
   *
   * @param path decoded, without a slash at its beginning
   */
  Optional<Place> place(String path) throws IOException;

  /**
   * A file or folder of a report.
   *
   * @param root that nothing leads out of
   * @param below the file, seen from there
   */
  record Place(Path root, String below) {}
}
