package io.etcdrobustness.traffic.grpc;

import org.jspecify.annotations.Nullable;

/** A member could not be asked, or refused: who, what was asked, what came of it. */
public final class AdminException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  AdminException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
