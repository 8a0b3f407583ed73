/**
 * The Grafana dashboards, as code: {@link io.etcdrobustness.dashboards.Catalogue} lists them, and
 * the files beside this module are what it makes of them.
 *
 * <p>Each dashboard is a class that reads from top to bottom as a person on call looks: what is
 * broken first, then the strips of verdicts, then traffic, latency, faults and etcd. {@link
 * io.etcdrobustness.dashboards.Panel} knows what Grafana calls things; the dashboards do not.
 *
 * <p>What must not live here: anything that the operator needs. Nothing of this is in its image.
 */
@NullMarked
package io.etcdrobustness.dashboards;

import org.jspecify.annotations.NullMarked;
