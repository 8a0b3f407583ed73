package io.etcdrobustness.history.file;

import java.io.IOException;
import java.nio.file.Path;

/** A file is not what it should be: says which file, where in it, and what was expected there. */
public final class HistoryFormatException extends IOException {

  private static final long serialVersionUID = 1L;

  private final String file;
  private final String position;

  /**
   * @param position {@code line:column}, both from 1, {@code byte N}, from 0, in what is no text;
   *     empty if the file as a whole is meant
   */
  public HistoryFormatException(Path file, String position, String message) {
    super(file + (position.isEmpty() ? "" : ":" + position) + ": " + message);
    this.file = file.toString();
    this.position = position;
  }

  /** The file or folder. */
  public String file() {
    return file;
  }

  /** {@code line:column} or {@code byte N}; empty if the file as a whole is meant. */
  public String position() {
    return position;
  }
}
