package io.etcdrobustness.runs;

/** The environment failed, not etcd's promises: what was tried, what happened, what to do. */
public final class SubstrateException extends Exception {

  private static final long serialVersionUID = 1L;

  public SubstrateException(String message) {
    super(message);
  }

  public SubstrateException(String message, Throwable cause) {
    super(message, cause);
  }
}
