package io.etcdrobustness.cli;

import io.etcdrobustness.history.formats.HistoryFormats;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/** What kind of history {@code check} and {@code convert} are to read. */
enum HistoryFormat {
  /** Whatever it looks like. */
  AUTO,
  /** A report of ours, or its history folder, of JSON lines or segments. */
  ROBUSTNESS,
  /** A report directory of etcd's own robustness suite. */
  ETCD,
  /** JSON lines of the history generator. */
  HISTGEN,
  /** A history of Jepsen's tests of etcd; its reads were linearizable if its name says nothing. */
  JEPSEN,
  /** The same, of a test that ran with {@code --serializable}. */
  JEPSEN_SERIALIZABLE;

  /** The format to read {@code path} in. */
  HistoryFormats of(Path path) throws IOException {
    return switch (this) {
      case AUTO -> HistoryFormats.detect(path);
      case ROBUSTNESS -> HistoryFormats.ROBUSTNESS;
      case ETCD -> HistoryFormats.ETCD;
      case HISTGEN -> HistoryFormats.HISTGEN;
      case JEPSEN -> HistoryFormats.JEPSEN_LINEARIZABLE;
      case JEPSEN_SERIALIZABLE -> HistoryFormats.JEPSEN_SERIALIZABLE;
    };
  }

  /** As users write it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
