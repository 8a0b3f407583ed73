/** Tests of the dashboards, with what Grafana would ask for put to a real Prometheus. */
@NullMarked
package io.etcdrobustness.dashboards;

import org.jspecify.annotations.NullMarked;
