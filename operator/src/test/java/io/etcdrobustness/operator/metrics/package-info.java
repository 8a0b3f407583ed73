/** Tests of what Prometheus is told. */
@NullMarked
package io.etcdrobustness.operator.metrics;

import org.jspecify.annotations.NullMarked;
