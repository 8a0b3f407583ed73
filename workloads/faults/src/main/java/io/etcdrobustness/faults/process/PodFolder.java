package io.etcdrobustness.faults.process;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The folder that an agent shares with the container of its member: programs, FIFOs, what is to be
 * started, and the log. See {@code supervise.sh}, which works on the other side of it.
 *
 * @param root where it is mounted, at the same path on both sides
 */
public record PodFolder(Path root) {

  private static final String PROGRAM = "rwxr-xr-x";
  private static final String TEXT = "rw-rw-r--";
  private static final String SHARED = "rwxrwx---";
  private static final String START = "start-";

  /**
   * Puts everything there that the member's container needs, beside what is already there: safe to
   * do again, also while the folder is in use.
   *
   * @param busybox a static one
   */
  public void install(Path busybox) throws IOException {
    Files.createDirectories(root);
    folder(bin(), PROGRAM);
    folder(run(), SHARED);
    folder(root.resolve("log"), SHARED);
    replace(bin().resolve("busybox"), PROGRAM, fresh -> Files.copy(busybox, fresh));
    for (Script script : Script.values()) {
      replace(bin().resolve(script.file()), TEXT, fresh -> Files.writeString(fresh, script.text()));
    }
    if (!Fifo.exists(requests())) {
      Files.deleteIfExists(requests());
      Fifo.make(requests());
    }
  }

  /** Where the member's output goes. */
  public Path log() {
    return root.resolve("log", "etcd.log");
  }

  /** What is to run, the program first; empty if nothing is. */
  public Optional<List<String>> command() throws IOException {
    Path file = run().resolve("command");
    return Files.exists(file) ? Optional.of(Files.readAllLines(file)) : Optional.empty();
  }

  /**
   * Writes down what is to run from the next start on.
   *
   * @param command the program first
   * @param environment set in addition to that of the member's container
   */
  public void write(List<String> command, Map<String, String> environment) throws IOException {
    List<String> settings =
        environment.entrySet().stream()
            .map(setting -> setting.getKey() + "=" + setting.getValue())
            .sorted()
            .toList();
    lines("environment", settings);
    lines("command", command);
  }

  /** Nothing is to run any more. */
  public void forget() throws IOException {
    Files.deleteIfExists(run().resolve("command"));
  }

  /** Removes what starts of an earlier agent have left behind. */
  public void sweep() throws IOException {
    try (DirectoryStream<Path> starts = Files.newDirectoryStream(run(), START + "*")) {
      for (Path start : starts) {
        remove(start);
      }
    }
  }

  /** A FIFO; each line asks for a start, by the name of its folder. */
  Path requests() {
    return run().resolve("requests");
  }

  /** Whether whoever runs the member's container has asked it to end, and it has not come back. */
  boolean containerEnds() {
    return Files.exists(run().resolve("ending"));
  }

  /** A folder for one start, with the FIFOs {@code control} and {@code status}. */
  Path newStart() throws IOException {
    if (!Fifo.exists(requests())) {
      throw new IOException(
          requests()
              + " is no FIFO: 'agent --install "
              + root
              + "' makes it, in an init container");
    }
    Path start = run().resolve(START + UUID.randomUUID());
    folder(start, SHARED);
    Fifo.make(start.resolve("control"));
    Fifo.make(start.resolve("status"));
    return start;
  }

  /** Removes the folder of a start; FIFOs that are open go on. */
  static void remove(Path start) throws IOException {
    Files.deleteIfExists(start.resolve("control"));
    Files.deleteIfExists(start.resolve("status"));
    Files.deleteIfExists(start);
  }

  private Path bin() {
    return root.resolve("bin");
  }

  private Path run() {
    return root.resolve("run");
  }

  private void lines(String name, List<String> lines) throws IOException {
    for (String line : lines) {
      if (line.indexOf('\n') >= 0 || line.indexOf('\0') >= 0) {
        throw new IOException(
            "what is to be started has an argument or a setting of several lines: " + line);
      }
    }
    replace(run().resolve(name), TEXT, fresh -> Files.write(fresh, lines));
  }

  private static void folder(Path path, String permissions) throws IOException {
    if (!Files.isDirectory(path)) {
      Files.createDirectory(path);
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }
  }

  /**
   * Replaced in one step: a program that runs cannot be written to, and a reader sees all or none.
   */
  private static void replace(Path file, String permissions, Content content) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + "." + UUID.randomUUID());
    try {
      content.write(fresh);
      Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString(permissions));
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException impossible) {
      throw new IOException("within one folder a move is atomic", impossible);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  /** Writes a file. */
  private interface Content {
    void write(Path file) throws IOException;
  }
}
