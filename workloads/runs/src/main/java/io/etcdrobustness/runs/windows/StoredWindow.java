package io.etcdrobustness.runs.windows;

import io.etcdrobustness.checker.Verdict;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.HistoryPass;
import io.etcdrobustness.history.file.Loaded;
import io.etcdrobustness.history.segment.SegmentPass;
import io.etcdrobustness.history.segment.SegmentReader;
import io.etcdrobustness.runs.Judging;
import io.etcdrobustness.runs.QuietListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** The stored record of one window. */
public final class StoredWindow {

  private StoredWindow() {}

  /** Judges it by {@code judging}: by one pass over it, and by the whole if that proves not all. */
  public static Judging.Result judge(Path folder, Judging judging) throws IOException {
    Judging.Proofs proofs;
    try (HistoryPass pass = new SegmentPass(SegmentReader.open(folder))) {
      proofs = judging.prove(pass);
    }
    Optional<Judging.Result> settled = judging.settledBy(proofs);
    if (settled.isPresent()) {
      return settled.get();
    }
    Loaded loaded = SegmentReader.read(folder);
    Judging.Result result = judging.judge(loaded.history(), proofs, new QuietListener());
    return loaded.notes().isEmpty()
        ? result
        : new Judging.Result(
            result
                .assessment()
                .and(
                    Verdict.INCONCLUSIVE,
                    "the record is not complete: " + String.join("; ", loaded.notes())),
            result.time());
  }

  /** How many operations it holds. */
  public static long operations(Path folder) throws IOException {
    try (HistoryPass pass = new SegmentPass(SegmentReader.open(folder))) {
      return pass.operations(_ -> true);
    }
  }

  /** The whole of it. */
  public static History read(Path folder) throws IOException {
    return SegmentReader.read(folder).history();
  }
}
