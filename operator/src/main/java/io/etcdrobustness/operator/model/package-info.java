/**
 * What a run needs in Kubernetes, as pure functions of the run and of the operator's installation:
 * one class per kind of object.
 *
 * <p>For a run {@code R} of {@code m} members: a headless Service {@code R}; per member {@code mI}
 * a StatefulSet {@code R-mI} with one pod {@code R-mI-0}, so that each member can be deleted, lose
 * its volume and change its image by itself; Secrets {@code R-tls} and {@code R-token}; the
 * runner's ServiceAccount, Role and RoleBinding {@code R-runner}; and the runner's Job {@code R},
 * which is made last: where it is, everything is. All of them are owned by the run, so that they go
 * with it.
 *
 * <p>{@link io.etcdrobustness.operator.model.NewRun} is the run that a test makes, {@link
 * io.etcdrobustness.operator.model.NewTest} the test that a suite makes.
 *
 * <p>What must not live here: a client, a clock, a decision about when.
 */
@NullMarked
package io.etcdrobustness.operator.model;

import org.jspecify.annotations.NullMarked;
