package io.etcdrobustness.runs.vm;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The guest did not do what it was asked for. */
final class RefusedException extends IOException {

  private final int errno;

  RefusedException(int errno) {
    super("the guest says " + Errno.words(errno));
    this.errno = errno;
  }

  int errno() {
    return errno;
  }

  /** The errno of the refusal that is behind a failure. */
  static Optional<Integer> errno(@Nullable Throwable failure) {
    return switch (failure) {
      case null -> Optional.empty();
      case RefusedException refused -> Optional.of(refused.errno);
      case Throwable other -> errno(other.getCause());
    };
  }
}
