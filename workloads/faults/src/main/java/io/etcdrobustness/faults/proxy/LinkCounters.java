package io.etcdrobustness.faults.proxy;

/**
 * What a link has carried since it was made.
 *
 * @param dials connections that were asked for
 * @param connections those of them that were made
 * @param outbound bytes of the side that dials
 * @param inbound bytes of the side that was dialled
 */
public record LinkCounters(long dials, long connections, Bytes outbound, Bytes inbound) {

  /**
   * Bytes of one way.
   *
   * @param forwarded that passed
   * @param withheld that were dropped
   */
  public record Bytes(long forwarded, long withheld) {}
}
