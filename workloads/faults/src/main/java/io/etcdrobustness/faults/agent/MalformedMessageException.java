package io.etcdrobustness.faults.agent;

/** A control message that is not one: what was found, and what was expected. */
final class MalformedMessageException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String reason;

  MalformedMessageException(String reason) {
    super(reason);
    this.reason = reason;
  }

  MalformedMessageException(String reason, Throwable cause) {
    super(reason, cause);
    this.reason = reason;
  }

  String reason() {
    return reason;
  }
}
