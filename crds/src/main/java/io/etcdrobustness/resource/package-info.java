/**
 * The kinds of object that Kubernetes keeps for us: a {@link
 * io.etcdrobustness.resource.RobustnessTest} says what someone wants to know, a {@link
 * io.etcdrobustness.resource.RobustnessRun} is one execution of it, and a {@link
 * io.etcdrobustness.resource.RobustnessSuite} is a test for each combination of a matrix. Their
 * specs live in {@link io.etcdrobustness.spec}; their statuses live here and are bounded in size,
 * since the API server refuses large objects: operations and logs belong into a report, never into
 * a status.
 *
 * <p>The YAML of the definitions is generated from these classes and kept under {@code crds/}.
 *
 * <p>What must not live here: anything that talks to Kubernetes.
 */
@NullMarked
package io.etcdrobustness.resource;

import org.jspecify.annotations.NullMarked;
