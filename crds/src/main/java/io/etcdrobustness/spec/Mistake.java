package io.etcdrobustness.spec;

/**
 * One thing wrong in a file, where it stands, and what to write instead.
 *
 * @param line from 1
 * @param column from 1
 * @param path of the field, such as {@code spec.faults.steps[2].type}; empty: the whole file
 * @param message what is wrong, and behind a semicolon what to write instead
 */
public record Mistake(String file, int line, int column, String path, String message) {

  /** One line of text: {@code file:line:column: path: message}. */
  @Override
  public String toString() {
    return file + ":" + line + ":" + column + ": " + (path.isEmpty() ? "" : path + ": ") + message;
  }
}
