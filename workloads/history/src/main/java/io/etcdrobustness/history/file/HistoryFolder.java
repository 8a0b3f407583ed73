package io.etcdrobustness.history.file;

/** Names and version of the format; see {@code docs/history-format.md}. */
final class HistoryFolder {

  /** Value of {@code format} in the first line of every file. */
  static final String FORMAT = "etcd-robustness-history";

  /**
   * Raised by every change of the format, even if it only adds a field: a reader that skipped what
   * it does not know might give a wrong verdict.
   */
  static final long VERSION = 2;

  /** The first version: the facts told of the start only whether the store was empty. */
  static final long VERSION_OF_EMPTY_OR_NOT = 1;

  static final String OPERATIONS = "operations.jsonl";
  static final String WATCHES = "watches.jsonl";
  static final String EVENTS = "events.jsonl";

  private HistoryFolder() {}
}
