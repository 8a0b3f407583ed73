package io.etcdrobustness.cli;

/** The environment failed; the message says what happened and what to do. Exit 3. */
final class EnvironmentException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  EnvironmentException(String message, Throwable cause) {
    super(message, cause);
  }
}
