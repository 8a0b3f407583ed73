package io.etcdrobustness.history.formats;

import io.etcdrobustness.history.HistoryPass;
import io.etcdrobustness.history.etcd.EtcdReportReader;
import io.etcdrobustness.history.file.HistoryFormatException;
import io.etcdrobustness.history.file.HistoryReader;
import io.etcdrobustness.history.file.HistorySource;
import io.etcdrobustness.history.file.Loaded;
import io.etcdrobustness.history.histgen.HistgenPass;
import io.etcdrobustness.history.histgen.HistgenReader;
import io.etcdrobustness.history.jepsen.JepsenReader;
import io.etcdrobustness.history.jepsen.Reads;
import io.etcdrobustness.history.segment.SegmentPass;
import io.etcdrobustness.history.segment.SegmentReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The formats of histories that can be read. */
public enum HistoryFormats {
  /**
   * The project's own, JSON lines or segments: a history folder, or a report with a folder {@code
   * history} in it.
   */
  ROBUSTNESS {
    @Override
    public HistorySource open(Path path) throws IOException {
      Path folder = folder(path);
      if (!SegmentReader.recognizes(folder)) {
        return HistoryReader.read(folder);
      }
      if (HistoryReader.recognizes(folder)) {
        throw new HistoryFormatException(
            folder, "", "both JSON lines and segments are here: remove one of them");
      }
      return SegmentReader.open(folder);
    }

    @Override
    public Optional<HistoryPass> pass(Path path) throws IOException {
      Path folder = folder(path);
      // Whoever reads it as a whole is told what is wrong with both in one folder.
      return SegmentReader.recognizes(folder) && !HistoryReader.recognizes(folder)
          ? Optional.of(new SegmentPass(SegmentReader.open(folder)))
          : Optional.empty();
    }
  },

  /** A report of etcd's own robustness suite. */
  ETCD {
    @Override
    public HistorySource open(Path path) throws IOException {
      return EtcdReportReader.read(path);
    }
  },

  /** A file of the history generator. */
  HISTGEN {
    @Override
    public HistorySource open(Path path) throws IOException {
      return HistgenReader.read(path);
    }

    @Override
    public Optional<HistoryPass> pass(Path path) throws IOException {
      return Optional.of(new HistgenPass(path));
    }
  },

  /** A history of Jepsen's tests of etcd, whose name says what its reads were. */
  JEPSEN {
    @Override
    public HistorySource open(Path path) throws IOException {
      return only(path, readAll(path));
    }

    @Override
    public List<Loaded> readAll(Path path) throws IOException {
      return JepsenReader.readAll(path, Reads.AS_NAMED);
    }
  },

  /** The same, whose reads were linearizable if its name says nothing. */
  JEPSEN_LINEARIZABLE {
    @Override
    public HistorySource open(Path path) throws IOException {
      return only(path, readAll(path));
    }

    @Override
    public List<Loaded> readAll(Path path) throws IOException {
      return JepsenReader.readAll(path, Reads.LINEARIZABLE);
    }
  },

  /** The same, of a test that ran with {@code --serializable}. */
  JEPSEN_SERIALIZABLE {
    @Override
    public HistorySource open(Path path) throws IOException {
      return only(path, readAll(path));
    }

    @Override
    public List<Loaded> readAll(Path path) throws IOException {
      return JepsenReader.readAll(path, Reads.SERIALIZABLE);
    }
  };

  private static final String IN_REPORT = "history";

  /**
   * Reads {@code path} as this format.
   *
   * @throws HistoryFormatException if it is not
   * @throws IOException if it cannot be read
   */
  public Loaded read(Path path) throws IOException {
    return Loaded.of(open(path));
  }

  /**
   * Opens {@code path} as this format, to go through its entries; only segments are not read into
   * memory by that.
   *
   * @throws HistoryFormatException if it is not
   * @throws IOException if it cannot be read
   */
  public abstract HistorySource open(Path path) throws IOException;

  /**
   * {@code path} as this format, to be gone through once; empty if it can only be read as a whole.
   */
  public Optional<HistoryPass> pass(Path path) throws IOException {
    return Optional.empty();
  }

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
    if (isOwn(path.resolve(IN_REPORT)) || isOwn(path)) {
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
        "no history in a known format; looked for operations.jsonl, operations.jsonl.gz or"
            + " 000001.seg, here or in a folder history (robustness); for folders client-N with operations.json or"
            + " watch.json (etcd's robustness suite); for a file of JSON lines with client, call,"
            + " ret and op (histgen); for history.edn, or a file of operations in EDN with :type,"
            + " :process and :f (jepsen)");
  }

  private static Loaded only(Path path, List<Loaded> all) throws HistoryFormatException {
    if (all.size() != 1) {
      throw new HistoryFormatException(
          path, "", "expected one history, found " + all.size() + " in the same file");
    }
    return all.getFirst();
  }

  /** Where a history of ours is. */
  private static Path folder(Path path) throws IOException {
    Path inReport = path.resolve(IN_REPORT);
    return isOwn(inReport) ? inReport : path;
  }

  private static boolean isOwn(Path folder) throws IOException {
    return HistoryReader.recognizes(folder) || SegmentReader.recognizes(folder);
  }
}
