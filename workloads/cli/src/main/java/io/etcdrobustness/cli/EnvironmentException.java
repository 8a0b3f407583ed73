package io.etcdrobustness.cli;

import org.jspecify.annotations.Nullable;

/** The environment failed; the message says what happened and what to do. Exit 3. */
final class EnvironmentException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  EnvironmentException(@Nullable String message, Throwable cause) {
    super(message, cause);
  }

  EnvironmentException(String message) {
    super(message);
  }
}
