/**
 * What acts: three reconcilers that bring Kubernetes from what is to what should be, and nothing
 * more often than something has changed.
 *
 * <p>{@code SuiteReconciler} makes tests of suites; {@code TestReconciler} makes runs of tests;
 * {@code RunReconciler} gives runs their turn, makes their objects, notices runners that are gone,
 * and takes down what is over. None holds any state that is not in the objects: killed at any
 * moment, another one goes on. Each call may see the world a little late, so every step can be done
 * twice, and what cannot be taken back (a verdict, a second runner) is decided on an answer of the
 * API server, never on a cache.
 *
 * <p>Observing and deciding is apart from doing: {@code SuiteDecision}, {@code TestDecision},
 * {@code RunnerSigns}, {@code RunQueue} and {@code Retention} are pure.
 */
@NullMarked
package io.etcdrobustness.operator.reconcile;

import org.jspecify.annotations.NullMarked;
