/**
 * The Kubernetes side: what is made of a RobustnessTest in a cluster.
 *
 * <p>{@code model} says what objects a run needs and {@code status} what became of it, both without
 * any client; {@code reconcile} applies the one and writes the other; {@code runner} is the process
 * that carries out one run; {@code reports} keeps what runs leave; {@code metrics} tells
 * Prometheus.
 */
@NullMarked
package io.etcdrobustness.operator;

import org.jspecify.annotations.NullMarked;
