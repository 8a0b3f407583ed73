package io.etcdrobustness.cli;

import org.jspecify.annotations.Nullable;

/** The user's arguments or files are wrong; the message says what to write instead. Exit 64. */
final class UsageException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  UsageException(@Nullable String message) {
    super(message);
  }
}
