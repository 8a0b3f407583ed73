package io.etcdrobustness.checker.log;

/**
 * A watch delivered an event that an earlier witness tells otherwise.
 *
 * @param watch id of the watch that delivered it
 * @param change the change as the earlier witness tells it
 * @param what the difference, in words
 * @param time when the event arrived
 */
public record Contradiction(long watch, Change change, String what, long time) {}
