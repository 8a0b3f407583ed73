package io.etcdrobustness.checker.snapshot;

import java.io.IOException;

/** A state that cannot be written, or bytes that are none that fits. */
public final class SnapshotException extends IOException {

  private static final long serialVersionUID = 1L;

  /** With what is wrong, in a sentence. */
  public SnapshotException(String message) {
    super(message);
  }

  SnapshotException(String message, Throwable cause) {
    super(message, cause);
  }
}
