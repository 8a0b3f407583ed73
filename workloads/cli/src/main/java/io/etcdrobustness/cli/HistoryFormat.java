package io.etcdrobustness.cli;

import io.etcdrobustness.history.formats.HistoryFormats;
import java.io.IOException;
import java.nio.file.Path;

/** What kind of history {@code check} and {@code convert} are to read. */
enum HistoryFormat {
  /** Whatever it looks like. */
  AUTO,
  /** A report of ours, or its history folder, of JSON lines or segments. */
  ROBUSTNESS,
  /** A report directory of etcd's own robustness suite. */
  ETCD,
  /** JSON lines of the history generator. */
  HISTGEN;

  /** The format to read {@code path} in. */
  HistoryFormats of(Path path) throws IOException {
    return switch (this) {
      case AUTO -> HistoryFormats.detect(path);
      case ROBUSTNESS -> HistoryFormats.ROBUSTNESS;
      case ETCD -> HistoryFormats.ETCD;
      case HISTGEN -> HistoryFormats.HISTGEN;
    };
  }
}
