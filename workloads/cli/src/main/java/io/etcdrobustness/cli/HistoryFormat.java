package io.etcdrobustness.cli;

/** What kind of history {@code check} is to read. */
enum HistoryFormat {
  /** Whatever it looks like. */
  AUTO,
  /** A report of ours, or its history folder. */
  ROBUSTNESS,
  /** A report directory of etcd's own robustness suite. */
  ETCD,
  /** JSON lines of the history generator. */
  HISTGEN
}
