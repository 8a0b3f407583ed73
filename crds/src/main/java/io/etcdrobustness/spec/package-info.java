/**
 * The language a user writes: a {@link io.etcdrobustness.spec.TestSpec} says what someone wants to
 * know about an etcd.
 *
 * <p>The records here are the one definition of a test: the CRD's schema is generated from them,
 * the operator and {@code robustness run} read the same YAML into them. Their constructors put in
 * the defaults, so nothing here is null but what is marked so. Quantities with units are strings
 * ("30m", "500/s", "2Gi") as Kubernetes users write them, with an accessor that parses.
 *
 * <p>What must not live here: anything that runs.
 */
@NullMarked
package io.etcdrobustness.spec;

import org.jspecify.annotations.NullMarked;
