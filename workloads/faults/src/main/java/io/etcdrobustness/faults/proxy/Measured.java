package io.etcdrobustness.faults.proxy;

import java.time.Duration;

/**
 * What was counted on the halves of a link that a fault covers, from its begin to its end.
 *
 * @param forwarded bytes that passed
 * @param withheld bytes that were dropped
 * @param held bytes that had to wait for the end of a hold
 * @param delivered those of them that were handed on at its end
 * @param dialsWithheld connections that were asked for and not made
 * @param resets connections that were reset
 * @param lateChunks pieces that were delayed and have passed
 * @param longestDelay that was measured of one of them
 */
public record Measured(
    long forwarded,
    long withheld,
    long held,
    long delivered,
    long dialsWithheld,
    long resets,
    long lateChunks,
    Duration longestDelay) {}
