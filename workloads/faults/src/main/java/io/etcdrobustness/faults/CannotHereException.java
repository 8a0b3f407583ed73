package io.etcdrobustness.faults;

/** A fault that cannot be made where the cluster lives; that it is so was only seen by trying. */
public final class CannotHereException extends Exception {

  /**
   * An exception.
   *
   * @param reason for whoever planned the fault
   */
  public CannotHereException(String reason) {
    super(reason);
  }
}
