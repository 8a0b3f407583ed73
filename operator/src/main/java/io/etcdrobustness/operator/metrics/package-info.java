/**
 * What Prometheus is told, by the operator about tests and suites, and by a runner about its run.
 *
 * <p>{@link io.etcdrobustness.operator.metrics.Metric} is the catalogue: name, type, labels and
 * meaning of each, from which docs/metrics.md is made. {@link
 * io.etcdrobustness.operator.metrics.OperatorMetrics}, {@link
 * io.etcdrobustness.operator.metrics.SuiteMetrics} and {@link
 * io.etcdrobustness.operator.metrics.RunMetrics} keep the numbers, {@link
 * io.etcdrobustness.operator.metrics.OperatorHttp} shows them. No label holds anything of which
 * there is a new one with each run.
 *
 * <p>What must not live here: anything that talks to Kubernetes.
 */
@NullMarked
package io.etcdrobustness.operator.metrics;

import org.jspecify.annotations.NullMarked;
