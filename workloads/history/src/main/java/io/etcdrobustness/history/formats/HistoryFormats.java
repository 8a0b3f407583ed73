package io.etcdrobustness.history.formats;

import io.etcdrobustness.history.etcd.EtcdReportReader;
import io.etcdrobustness.history.file.HistoryFormatException;
import io.etcdrobustness.history.file.HistoryReader;
import io.etcdrobustness.history.file.Loaded;
import io.etcdrobustness.history.histgen.HistgenReader;
import io.etcdrobustness.history.jepsen.JepsenReader;
import io.etcdrobustness.history.jepsen.Reads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The formats of histories that can be read. */
public enum HistoryFormats {
  /** The project's own: a history folder, or a report with a folder {@code history} in it. */
  ROBUSTNESS {
    @Override
    public Loaded read(Path path) throws IOException {
      Path inReport = path.resolve(IN_REPORT);
      return HistoryReader.read(HistoryReader.recognizes(inReport) ? inReport : path);
    }
  },

  /** A report of etcd's own robustness suite. */
  ETCD {
    @Override
    public Loaded read(Path path) throws IOException {
      return EtcdReportReader.read(path);
    }
  },

  /** A file of the history generator. */
  HISTGEN {
    @Override
    public Loaded read(Path path) throws IOException {
      return HistgenReader.read(path);
    }
  },

  /** A history of Jepsen's tests of etcd. */
  JEPSEN {
    @Override
    public Loaded read(Path path) throws IOException {
      List<Loaded> all = readAll(path);
      if (all.size() != 1) {
        throw new HistoryFormatException(
            path, "", "expected one history, found " + all.size() + " in the same file");
      }
      return all.getFirst();
    }

    @Override
    public List<Loaded> readAll(Path path) throws IOException {
      return JepsenReader.readAll(path, Reads.AS_NAMED);
    }
  };

  private static final String IN_REPORT = "history";

  /**
   * Reads {@code path} as this format.
   *
   * @throws HistoryFormatException if it is not
   * @throws IOException if it cannot be read
   */
  public abstract Loaded read(Path path) throws IOException;

  /**
   * Reads all histories that {@code path} holds, each of which is to be judged by itself.
   *
   * @throws HistoryFormatException if it is not this format
   * @throws IOException if it cannot be read
   */
  public List<Loaded> readAll(Path path) throws IOException {
    return List.of(read(path));
  }

  /**
   * The format of what {@code path} holds.
   *
   * @throws HistoryFormatException if it is none of them; says what was looked for
   * @throws IOException if the path cannot be looked at
   */
  public static HistoryFormats detect(Path path) throws IOException {
    if (!Files.exists(path)) {
      throw new HistoryFormatException(path, "", "there is no such file or folder");
    }
    if (HistoryReader.recognizes(path.resolve(IN_REPORT)) || HistoryReader.recognizes(path)) {
      return ROBUSTNESS;
    }
    if (EtcdReportReader.recognizes(path)) {
      return ETCD;
    }
    if (HistgenReader.recognizes(path)) {
      return HISTGEN;
    }
    if (JepsenReader.recognizes(path)) {
      return JEPSEN;
    }
    throw new HistoryFormatException(
        path,
        "",
        "no history in a known format; looked for operations.jsonl or operations.jsonl.gz, here or"
            + " in a folder history (robustness); for folders client-N with operations.json or"
            + " watch.json (etcd's robustness suite); for a file of JSON lines with client, call,"
            + " ret and op (histgen); for history.edn, or a file of operations in EDN with :type,"
            + " :process and :f (jepsen)");
  }
}
