/**
 * Properties over a history, and the verdict.
 *
 * <p>A {@link io.etcdrobustness.checker.Property} is a named promise of etcd with a reason and an
 * origin. The {@link io.etcdrobustness.checker.Judge} judges each by itself, within its own {@link
 * io.etcdrobustness.checker.Budget}, and {@link io.etcdrobustness.checker.Assessment} merges the
 * findings into one verdict, worst first.
 *
 * <p>Everything here is a function of a {@link io.etcdrobustness.history.History}: no clock, no
 * network, no randomness, no file.
 */
@NullMarked
package io.etcdrobustness.checker;

import org.jspecify.annotations.NullMarked;
