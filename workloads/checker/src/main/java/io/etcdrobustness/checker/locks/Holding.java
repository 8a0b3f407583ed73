package io.etcdrobustness.checker.locks;

import io.etcdrobustness.checker.leases.LeaseBook;
import io.etcdrobustness.history.Operation;

/**
 * A stretch of time in which a client certainly held a lock.
 *
 * @param lock the name of the lock
 * @param key the key that stands for the holding; two answers with one key are one holding
 * @param operation the request that got it
 * @param until till when it was certainly held, exclusive; not after {@link #from} if it never was
 */
record Holding(String lock, String key, long lease, Operation operation, long until) {

  /** From when on it was certainly held. */
  long from() {
    return operation.end();
  }

  boolean certain() {
    return from() < until;
  }

  /**
   * The holding that begins with {@code operation}: till the client's renewals no longer cover it,
   * or till something was called that may have ended it.
   *
   * @param endedBy the first call that may have ended it
   */
  static Holding of(
      String lock, String key, long lease, Operation operation, LeaseBook leases, long endedBy) {
    long until =
        leases.lease(lease).livesOnce() ? leases.lease(lease).aliveThrough(operation.end()) : 0;
    return new Holding(lock, key, lease, operation, Math.min(until, endedBy));
  }
}
