package io.etcdrobustness.cli;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Recorder;
import io.etcdrobustness.history.file.HistoryFormatException;
import io.etcdrobustness.history.file.HistorySource;
import io.etcdrobustness.history.file.HistoryWriter;
import io.etcdrobustness.history.segment.SegmentWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code robustness convert PATH TARGET}: a stored history in another format. */
@Command(
    name = "convert",
    description =
        "Writes a stored history in a format of ours: segments, in which runs record, or JSON lines,"
            + " for people and jq. Segments are not read into memory.",
    mixinStandardHelpOptions = true)
final class ConvertCommand implements Callable<Integer> {

  /** What can be written. */
  enum To {
    /** Segment files. */
    SEGMENTS,
    /** JSON lines. */
    JSONL
  }

  @Parameters(index = "0", paramLabel = "PATH", description = "Folder or file of a history.")
  private Path path = Path.of("");

  @Parameters(index = "1", paramLabel = "TARGET", description = "The folder to make.")
  private Path target = Path.of("");

  @Option(
      names = "--to",
      paramLabel = "FORMAT",
      defaultValue = "segments",
      description = "One of segments, jsonl. Default: ${DEFAULT-VALUE}.")
  private To to = To.SEGMENTS;

  @Option(
      names = "--format",
      defaultValue = "auto",
      description = "Of PATH: auto, robustness, etcd or histgen. Default: ${DEFAULT-VALUE}.")
  private HistoryFormat format = HistoryFormat.AUTO;

  @Spec private CommandSpec spec;

  private long operations;
  private long others;

  @SuppressWarnings("NullAway.Init") // picocli sets it.
  ConvertCommand() {}

  @Override
  public Integer call() {
    // Half of a history must not look like one: it has its name when it is whole.
    Path partial = target.resolveSibling(target.getFileName() + ".partial");
    for (Path made : List.of(target, partial)) {
      if (Files.exists(made)) {
        throw new UsageException(
            "robustness: " + made + " exists already: remove it, or name another TARGET");
      }
    }
    HistorySource source = open();
    try {
      List<String> notes;
      try {
        notes = write(source, partial);
        Files.move(partial, target);
      } catch (IOException failed) {
        remove(partial, failed);
        throw failed;
      }
      PrintWriter out = spec.commandLine().getOut();
      notes.forEach(note -> out.println("note: " + note));
      out.printf(
          "%s: %d operations and %d other entries in %d bytes%n",
          target, operations, others, bytes(target));
      out.flush();
      return 0;
    } catch (HistoryFormatException wrong) {
      throw new UsageException("robustness: " + wrong.getMessage());
    } catch (IOException failed) {
      throw new EnvironmentException(
          "cannot convert " + path + " to " + target + ": " + failed.getMessage(), failed);
    }
  }

  private HistorySource open() {
    try {
      return format.of(path).open(path);
    } catch (IOException wrong) {
      throw new UsageException("robustness: " + wrong.getMessage());
    }
  }

  private List<String> write(HistorySource source, Path folder) throws IOException {
    return switch (to) {
      case SEGMENTS -> {
        try (SegmentWriter writer = SegmentWriter.open(folder, source.facts(), _ -> {})) {
          List<String> notes = copy(source, writer);
          for (String note : notes) {
            writer.note(note);
          }
          yield notes;
        }
      }
      case JSONL -> {
        try (HistoryWriter writer = HistoryWriter.open(folder, source.facts(), _ -> {})) {
          yield copy(source, writer);
        }
      }
    };
  }

  private List<String> copy(HistorySource source, Recorder target) throws IOException {
    return source.forEach(entry -> {
      target.record(entry);
      count(entry);
    });
  }

  private void count(Entry entry) {
    if (entry instanceof Operation) {
      operations++;
    } else {
      others++;
    }
  }

  private static void remove(Path folder, IOException because) {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException stays) {
      because.addSuppressed(stays);
    }
  }

  private static long bytes(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    }
  }
}
