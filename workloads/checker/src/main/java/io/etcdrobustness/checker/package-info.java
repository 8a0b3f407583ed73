/**
 * Properties over a history, and the verdict.
 *
 * <p>A {@link io.etcdrobustness.checker.Property} is a named promise of etcd with a reason and an
 * origin. The {@link io.etcdrobustness.checker.Judge} judges each by itself, within its own {@link
 * io.etcdrobustness.checker.Budget}, and {@link io.etcdrobustness.checker.Assessment} merges the
 * findings into one verdict, worst first.
 *
 * <p>Most histories are in order, and most properties of such a history are proved in {@link
 * io.etcdrobustness.checker.OnePass one pass} by {@link io.etcdrobustness.checker.Follower
 * followers}, without the history in memory. The judges are their oracle: what a follower proves is
 * the finding of its judge, in every field ({@code OnePassTest}).
 *
 * <p>Everything here is a function of a {@link io.etcdrobustness.history.History}: no clock, no
 * network, no randomness, no file.
 */
@NullMarked
package io.etcdrobustness.checker;

import org.jspecify.annotations.NullMarked;
