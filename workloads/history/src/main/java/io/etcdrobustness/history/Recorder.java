package io.etcdrobustness.history;

/** Takes the record of a run, entry by entry; may be called from any thread. */
public interface Recorder {

  /** Keeps {@code entry}. */
  void record(Entry entry);
}
