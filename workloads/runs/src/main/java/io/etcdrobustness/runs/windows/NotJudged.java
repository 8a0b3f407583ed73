package io.etcdrobustness.runs.windows;

/**
 * A stretch of a run of which nobody can tell whether all was well.
 *
 * @param window its number
 * @param seconds how long it lasted, as far as it was recorded
 * @param operations that were recorded of it
 * @param why in words
 */
public record NotJudged(int window, double seconds, long operations, String why) {

  /** For people. */
  public String inWords() {
    return "window %d was not judged: %.1f s, %d operations; %s"
        .formatted(window, seconds, operations, why);
  }
}
