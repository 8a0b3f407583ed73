package io.etcdrobustness.cli;

import java.util.Locale;

/** What kind of history {@code check} is to read. */
enum HistoryFormat {
  /** Whatever it looks like. */
  AUTO,
  /** A report of ours, or its history folder. */
  ROBUSTNESS,
  /** A report directory of etcd's own robustness suite. */
  ETCD,
  /** JSON lines of the history generator. */
  HISTGEN,
  /** A history of Jepsen's tests of etcd; its reads were linearizable if its name says nothing. */
  JEPSEN,
  /** The same, of a test that ran with {@code --serializable}. */
  JEPSEN_SERIALIZABLE;

  /** As users write it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
