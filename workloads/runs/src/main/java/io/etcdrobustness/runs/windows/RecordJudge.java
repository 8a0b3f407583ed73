package io.etcdrobustness.runs.windows;

import io.etcdrobustness.runs.Judging;
import java.io.IOException;
import java.nio.file.Path;

/** Judges the record of one window, as {@code robustness check} judges a folder. */
@FunctionalInterface
public interface RecordJudge {

  /**
   * Judges the record in {@code folder}.
   *
   * @throws IOException if it cannot be read
   */
  Judging.Result judge(Path folder) throws IOException;
}
